import { Injectable, Logger } from '@nestjs/common';
import { CounterEvents } from './counter.events.js';
import { CounterLedgerStore, type ShardLedger } from './counter.ledger.store.js';
import { STALE } from '../shards/counter.replies.js';
import { CounterStore } from '../shards/counter.store.js';
import { CountersMetrics } from '../counters.metrics.js';

/** How many counters are taken over at once. */
const PAGE = 1000;

/**
 * For a PostgreSQL that has lost more batches than Redis keeps, such as a restored backup: it takes over the value of
 * each counter that Redis holds. A counter that Redis does not hold stays as PostgreSQL has it. The deltas that wait in
 * the journal are part of the values. A crash in between changes nothing in PostgreSQL, and the next drain begins again.
 */
@Injectable()
export class CounterCatchUp {
  private readonly logger = new Logger(CounterCatchUp.name);

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly events: CounterEvents,
    private readonly metrics: CountersMetrics,
  ) {}

  /**
   * Part of the transaction that holds the lock of the shard's row.
   *
   * @returns what PostgreSQL has after the commit; undefined when Redis changed its data meanwhile
   */
  async run(shard: number, behind: ShardLedger): Promise<ShardLedger | undefined> {
    const { epoch } = behind;
    const sequence = await this.store.beginCatchUp(shard, behind);
    if (sequence === undefined) return undefined;
    const next = { epoch, sequence };
    let changed = 0;
    for await (const fields of this.store.heldFields(shard, PAGE)) {
      const values = await this.store.takeOver(shard, next, fields);
      if (values === STALE) return undefined;
      const deltas = await this.ledger.set(values);
      await this.events.add(shard, next, deltas);
      changed += deltas.size;
    }
    await this.ledger.save(shard, next);
    this.metrics.caughtUp();
    this.logger.error(
      { shard, epoch, sequence: behind.sequence, redis_sequence: sequence - 1, changed },
      'PostgreSQL has lost more drained batches than Redis keeps: it took over the values that Redis holds. ' +
        'Counters that Redis does not hold may have gone back; compare them with a backup',
    );
    return next;
  }
}
