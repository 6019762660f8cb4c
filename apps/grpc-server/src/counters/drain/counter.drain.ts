import { type ConfigHandle, InjectConfig } from '@app/config';
import { DataError, TransactionHost } from '@app/postgres';
import { Spans } from '@app/telemetry';
import { Injectable, Logger } from '@nestjs/common';
import { ATTEMPT_RETENTION_MS } from '../calls/call.keys.js';
import { CounterCatchUp } from './counter.catch-up.js';
import { CounterEpochs } from '../recovery/counter.epochs.js';
import { CounterEvents } from './counter.events.js';
import { SHARDS } from '../counter.key.js';
import { CounterLedgerStore, type ShardLedger } from './counter.ledger.store.js';
import { CounterOrigins } from '../shards/counter.origins.js';
import { BEHIND, type SealedBatch, STALE, type SweepReply } from '../shards/counter.replies.js';
import { CounterStore } from '../shards/counter.store.js';
import { type CountersConfig, countersConfig } from '../counters.config.js';
import { CountersMetrics } from '../counters.metrics.js';

/** The most counters of one batch, so that a batch does not block Redis or PostgreSQL for long. */
const COUNTERS_PER_BATCH = 5000;

/** How many shards are drained at the same time. Each uses a connection of the pool, which others need as well. */
const SHARDS_AT_ONCE = 3;

interface Drained {
  /** The ledger of PostgreSQL now. */
  ledger: ShardLedger;
  /** Whether more deltas are pending. */
  more: boolean;
}

/**
 * Moves increments from the journal of each shard in Redis to PostgreSQL. A shard is drained in batches. One transaction
 * adds the deltas of a batch to the counters, stores the sequence number of the batch, and writes its events to the
 * outbox. So a batch that is drained twice, after a crash, changes nothing. Redis keeps the last two batches; they are
 * drained again when PostgreSQL has lost them in a failover.
 */
@Injectable()
export class CounterDrain {
  private readonly logger = new Logger(CounterDrain.name);

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly epochs: CounterEpochs,
    private readonly transactions: TransactionHost,
    private readonly events: CounterEvents,
    private readonly catchUp: CounterCatchUp,
    private readonly origins: CounterOrigins,
    private readonly spans: Spans,
    private readonly metrics: CountersMetrics,
    @InjectConfig(countersConfig) private readonly config: ConfigHandle<CountersConfig>,
  ) {}

  /**
   * Drains every shard once. When this resolves, the deltas that were pending are in PostgreSQL. Exceptions: a shard that
   * another process is draining, and a shard that had to be verified again. The next pass drains these.
   *
   * @throws DataError when PostgreSQL refused the data of a shard; all other shards are drained first
   */
  async drainAll(): Promise<void> {
    // Reads PostgreSQL before Redis: then a lower sequence in Redis means that Redis went back to older data.
    const ledgers = await this.ledger.all();
    // The concurrent loops share this iterator, so each shard is drained once.
    const remaining = ledgers.entries();
    const refused: DataError[] = [];
    const drainShards = async () => {
      for (const [shard, ledger] of remaining) {
        try {
          await this.drainShard(shard, ledger);
        } catch (error) {
          // PostgreSQL refused the data of this shard; the other shards must not wait for it.
          if (!(error instanceof DataError)) throw error;
          refused.push(error);
        }
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: SHARDS_AT_ONCE }, drainShards));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    for (const error of refused) throw error;
  }

  private async drainShard(shard: number, known: ShardLedger): Promise<void> {
    await this.epochs.recordSequence(shard, known);
    let asOf = performance.now();
    const { waiting, needsBatch } = await this.sweep(shard, known);
    let more = waiting > 0 || needsBatch;
    // At most one empty batch per pass. A failover of PostgreSQL loses the commits of its last moments: of batches that
    // follow each other at once, it could lose all.
    for (let allowEmpty = needsBatch; more; allowEmpty = false) {
      asOf = performance.now();
      const drained = await this.drainBatch(shard, allowEmpty);
      if (!drained) return;
      await this.epochs.recordSequence(shard, drained.ledger);
      await this.sweep(shard, drained.ledger);
      more = drained.more;
    }
    this.metrics.drained(shard, asOf);
  }

  private async sweep(
    shard: number,
    ledger: ShardLedger,
  ): Promise<Pick<SweepReply, 'waiting' | 'needsBatch'>> {
    const { coldAfter, maxHeld, idempotencyRetention } = this.config.current;
    const limits = {
      coldAfterMs: coldAfter,
      // A shard has two generations of counters: `values` and `cold`.
      generationSize: Math.ceil(maxHeld / SHARDS / 2),
      keysMs: idempotencyRetention,
      attemptsMs: ATTEMPT_RETENTION_MS,
    };
    const reply = await this.store.sweep(shard, ledger, limits);
    if (reply === STALE) {
      await this.verifyAgain(shard);
      return { waiting: 0, needsBatch: false };
    }
    this.metrics.dropped(reply.dropped);
    return reply;
  }

  /** Undefined when another process drains the shard, or when Redis holds another state than PostgreSQL expects. */
  private async drainBatch(shard: number, allowEmpty: boolean): Promise<Drained | undefined> {
    const outcome = await this.transactions.run(async () => {
      const ledger = await this.ledger.tryLock(shard);
      return ledger && this.drainLocked(shard, ledger, allowEmpty);
    });
    if (outcome === STALE) await this.verifyAgain(shard);
    return outcome === STALE ? undefined : outcome;
  }

  private async drainLocked(
    shard: number,
    ledger: ShardLedger,
    allowEmpty: boolean,
  ): Promise<Drained | typeof STALE> {
    const sealed = await this.store.seal(shard, ledger, { most: COUNTERS_PER_BATCH, allowEmpty });
    switch (sealed.state) {
      case 'SEALED':
        return this.drainSealed(shard, ledger, sealed);
      case 'EMPTY':
        return { ledger, more: false };
      case BEHIND: {
        const caughtUp = await this.catchUp.run(shard, ledger);
        return caughtUp ? { ledger: caughtUp, more: true } : STALE;
      }
      case STALE:
        return STALE;
    }
  }

  private async drainSealed(shard: number, ledger: ShardLedger, sealed: SealedBatch): Promise<Drained> {
    if (sealed.lost > 0) this.reportLoss(shard, ledger, sealed);
    const next = { epoch: ledger.epoch, sequence: sealed.sequence };
    await this.spans.merged('drain counters', {}, this.origins.take(shard), () =>
      this.apply(shard, next, sealed),
    );
    return { ledger: next, more: sealed.more };
  }

  private async apply(shard: number, next: ShardLedger, { deltas }: SealedBatch): Promise<void> {
    if (deltas.size > 0) await this.ledger.add(deltas);
    await this.ledger.save(shard, next);
    await this.events.add(shard, next, deltas);
  }

  /** Logs lost batches. The usual cause is a failover to a replica that lagged. */
  private reportLoss(shard: number, { epoch, sequence }: ShardLedger, { lost }: SealedBatch): void {
    this.metrics.drainedAgain(lost);
    this.logger.warn(
      { shard, epoch, sequence, lost },
      'PostgreSQL has lost committed batches of counters; they are drained again from Redis',
    );
  }

  /**
   * Verifies a shard whose state in Redis is not the expected one. If Redis lacks data that PostgreSQL has, a new epoch
   * begins, and increments since the last batch are lost.
   */
  private async verifyAgain(shard: number): Promise<void> {
    await this.epochs.invalidate(shard, await this.epochs.current(shard));
    await this.epochs.current(shard);
  }
}
