import { type ConfigHandle, InjectConfig } from '@app/config';
import { CountersIncremented, counterEvents } from '@app/contracts';
import { toAppError } from '@app/errors';
import { Lifecycle, type Participant } from '@app/lifecycle';
import { logError } from '@app/logging';
import { EventOutbox } from '@app/messaging';
import { TransactionHost } from '@app/postgres';
import { Spans } from '@app/telemetry';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CounterEpochs } from './counter.epochs.js';
import { keyOfField, SHARDS } from './counter.key.js';
import { CounterLedgerStore, type ShardLedger } from './counter.ledger.store.js';
import { CounterOrigins } from './counter.origins.js';
import { CounterStore, type SealReply } from './counter.store.js';
import { type CountersConfig, countersConfig } from './counters.config.js';

/** How many counters one event tells of at most. */
const DELTAS_PER_EVENT = 500;

/**
 * Brings the journal to PostgreSQL, shard by shard, as long as the app runs, and tells of it in events. A batch
 * carries a sequence number that PostgreSQL keeps in the same transaction as the values, so that a batch that is
 * drained twice (a crash in between) changes nothing.
 */
@Injectable()
export class CounterDrain implements OnApplicationBootstrap, Participant {
  readonly name = 'counter drain';
  private readonly logger = new Logger(CounterDrain.name);
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly epochs: CounterEpochs,
    private readonly transactions: TransactionHost,
    private readonly outbox: EventOutbox,
    private readonly origins: CounterOrigins,
    private readonly spans: Spans,
    @InjectConfig(countersConfig) private readonly config: ConfigHandle<CountersConfig>,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register(this);
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  /** The last pass, after the last increment was answered. */
  async flush(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.pass;
    await this.drainAll();
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.pass = this.drainAll().finally(() => this.schedule());
    }, this.config.current.drainInterval);
  }

  private async drainAll(): Promise<void> {
    try {
      for (let shard = 0; shard < SHARDS; shard++) await this.drainShard(shard);
    } catch (error) {
      logError(this.logger, toAppError(error));
    }
  }

  private async drainShard(shard: number): Promise<void> {
    const reply = await this.transactions.run(async (): Promise<SealReply | undefined> => {
      const ledger = await this.ledger.tryLock(shard);
      if (!ledger) return undefined;
      const sealed = await this.store.seal(shard, ledger);
      if (sealed.state === 'SEALED') {
        const origins = this.origins.take(shard);
        await this.spans.merged('drain counters', {}, origins, () => this.apply(shard, ledger, sealed));
      }
      return sealed;
    });
    if (reply?.state === 'BEHIND' || reply?.state === 'STALE') await this.restore(shard);
  }

  private async apply(
    shard: number,
    { epoch }: ShardLedger,
    { sequence, deltas }: Extract<SealReply, { state: 'SEALED' }>,
  ) {
    await this.ledger.add(deltas);
    await this.ledger.save(shard, { epoch, sequence });
    const entries = [...deltas].map(([field, delta]) => ({ ...keyOfField(field), delta }));
    for (let start = 0; start < entries.length; start += DELTAS_PER_EVENT) {
      const event = {
        shard,
        epoch,
        sequence,
        occurredAt: new Date(),
        deltas: entries.slice(start, start + DELTAS_PER_EVENT),
      };
      await this.outbox.add({
        type: 'counters.incremented.v1',
        queue: counterEvents,
        payload: CountersIncremented.toJSON(event),
      });
    }
  }

  /** Redis is not what PostgreSQL has seen: a new epoch begins, and what was counted since is lost. */
  private async restore(shard: number): Promise<void> {
    await this.epochs.distrust(shard, await this.epochs.current(shard));
    await this.epochs.current(shard);
  }
}
