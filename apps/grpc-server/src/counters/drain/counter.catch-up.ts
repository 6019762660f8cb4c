import { Injectable, Logger } from '@nestjs/common';
import { CounterEvents } from './counter.events.js';
import { CounterLedgerStore, type ShardLedger } from './counter.ledger.store.js';
import { STALE } from '../shards/counter.replies.js';
import { CounterStore } from '../shards/counter.store.js';
import { CountersMetrics } from '../counters.metrics.js';

/** How many counters are copied at once. */
const PAGE = 1000;

/**
 * Repairs a PostgreSQL that has lost more batches than Redis keeps, such as a restored backup. Copies the value of each
 * counter that Redis holds to PostgreSQL. Other counters keep their value in PostgreSQL. The values include the pending
 * deltas of the journal. After a crash nothing has changed in PostgreSQL, and the next drain starts again.
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
   * Runs in the transaction that holds the lock of the shard's row.
   *
   * @returns the ledger of PostgreSQL after the commit; undefined when Redis lost or changed its data meanwhile
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
      'PostgreSQL has lost more drained batches than Redis keeps. The values that Redis holds were copied to it. ' +
        'Counters that Redis does not hold may have an older value; compare them with a backup',
    );
    return next;
  }
}
