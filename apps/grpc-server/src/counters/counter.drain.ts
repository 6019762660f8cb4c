import { type ConfigHandle, InjectConfig } from '@app/config';
import { CountersIncremented, counterEvents } from '@app/contracts';
import { EventOutbox } from '@app/messaging';
import { DataError, TransactionHost } from '@app/postgres';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { CounterEpochs } from './counter.epochs.js';
import { keyOfField, SHARDS } from './counter.key.js';
import { CounterLedgerStore, type ShardLedger } from './counter.ledger.store.js';
import { CounterOrigins } from './counter.origins.js';
import { CounterStore, type SealReply, STALE } from './counter.store.js';
import { type CountersConfig, countersConfig } from './counters.config.js';
import { CountersMetrics } from './counters.metrics.js';

/** How many counters one event tells of at most. */
const DELTAS_PER_EVENT = 500;

/** How many counters one batch has at most, so that neither Redis nor PostgreSQL is held up by one. */
const COUNTERS_PER_BATCH = 5000;

/** How many shards are drained at the same time: a part of the pool, which others need as well. */
const SHARDS_AT_ONCE = 3;

type Sealed = Extract<SealReply, { state: 'SEALED' }>;

/**
 * Brings the journals to PostgreSQL and tells of it in events. A batch carries a sequence number that PostgreSQL keeps
 * in the same transaction as the values, so that a batch that is drained twice (a crash in between) changes nothing.
 */
@Injectable()
export class CounterDrain {
  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly epochs: CounterEpochs,
    private readonly transactions: TransactionHost,
    private readonly outbox: EventOutbox,
    private readonly origins: CounterOrigins,
    private readonly spans: Spans,
    private readonly metrics: CountersMetrics,
    @InjectConfig(countersConfig) private readonly config: ConfigHandle<CountersConfig>,
  ) {}

  /** Looks after every shard once: what waits in its journal is in PostgreSQL when this resolves. */
  async drainAll(): Promise<void> {
    // PostgreSQL before Redis: then a lower sequence in Redis means that it has gone back.
    const ledgers = [...(await this.ledger.all())];
    const next = ledgers.values();
    const refused: DataError[] = [];
    const drainNext = async () => {
      for (const [shard, ledger] of next) {
        try {
          await this.drainShard(shard, ledger);
        } catch (error) {
          // Refused for what this shard holds: the others must not wait for it.
          if (!(error instanceof DataError)) throw error;
          refused.push(error);
        }
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: SHARDS_AT_ONCE }, drainNext));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    for (const error of refused) throw error;
  }

  private async drainShard(shard: number, known: ShardLedger): Promise<void> {
    await this.epochs.learn(shard, known);
    let asOf = performance.now();
    let more = (await this.sweep(shard, known)) > 0;
    while (more) {
      asOf = performance.now();
      const drained = await this.drainBatch(shard);
      if (!drained) return;
      await this.epochs.learn(shard, drained.ledger);
      await this.sweep(shard, drained.ledger);
      more = drained.more;
    }
    this.metrics.drained(shard, asOf);
  }

  /** How many counters wait in the journal. */
  private async sweep(shard: number, ledger: ShardLedger): Promise<number> {
    const { coldAfter, maxHeld } = this.config.current;
    // Two generations share what may be held.
    const limits = { coldAfterMs: coldAfter, generationSize: Math.ceil(maxHeld / SHARDS / 2) };
    const reply = await this.store.sweep(shard, ledger, limits);
    if (reply === STALE) {
      await this.reprove(shard);
      return 0;
    }
    this.metrics.dropped(reply.dropped);
    return reply.waiting;
  }

  /** What PostgreSQL has now; undefined when another process is at it, or Redis is not what PostgreSQL has seen. */
  private async drainBatch(shard: number): Promise<{ ledger: ShardLedger; more: boolean } | undefined> {
    const outcome = await this.transactions.run(async () => {
      const ledger = await this.ledger.tryLock(shard);
      if (!ledger) return undefined;
      const sealed = await this.store.seal(shard, ledger, COUNTERS_PER_BATCH);
      if (sealed.state !== 'SEALED') return { ledger, more: false, stale: sealed.state === STALE };
      const next = { epoch: ledger.epoch, sequence: sealed.sequence };
      await this.spans.merged('drain counters', {}, this.origins.take(shard), () =>
        this.apply(shard, next, sealed),
      );
      return { ledger: next, more: sealed.more, stale: false };
    });
    if (outcome?.stale) await this.reprove(shard);
    return outcome?.stale ? undefined : outcome;
  }

  private async apply(shard: number, ledger: ShardLedger, { deltas }: Sealed): Promise<void> {
    await this.ledger.add(deltas);
    await this.ledger.save(shard, ledger);
    const entries = [...deltas].map(([field, delta]) => ({ ...keyOfField(field), delta: Number(delta) }));
    for (let start = 0; start < entries.length; start += DELTAS_PER_EVENT) {
      const event = {
        shard,
        ...ledger,
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

  /** Redis is not what PostgreSQL has seen: a new epoch begins, and what was counted since the last batch is lost. */
  private async reprove(shard: number): Promise<void> {
    await this.epochs.distrust(shard, await this.epochs.current(shard));
    await this.epochs.current(shard);
  }
}
