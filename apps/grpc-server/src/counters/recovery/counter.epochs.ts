import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { EPOCH_NOT_COMMITTED, CounterLedgerStore, type ShardLedger } from '../drain/counter.ledger.store.js';
import { CounterRestorer } from './counter.restorer.js';
import { CounterStore } from '../shards/counter.store.js';
import { CounterUnsettledError } from '../counters.errors.js';
import { advance, type ShardState } from '../shards/shard.state.js';

/** How often the connection may break while one shard is verified. */
const ATTEMPTS = 3;

interface Verification {
  state: Promise<ShardState>;
  /** The number of ended connections when the verification began. */
  disconnects: number;
}

/**
 * Verifies the data of each shard in Redis against PostgreSQL. The data is valid when Redis has the epoch and all
 * batches of PostgreSQL. When it does not (Redis is empty, or went back to an older state), a new epoch begins, and the
 * shard starts with the values of PostgreSQL. A verification is valid for one connection, and continues on the next one
 * if the same server answers with the same data.
 */
@Injectable()
export class CounterEpochs {
  private readonly logger = new Logger(CounterEpochs.name);
  private readonly verifications = new Map<number, Verification>();
  /**
   * The last verified states. One is removed when Redis holds another state; a failed verification does not remove it.
   */
  private readonly verified = new Map<number, ShardState>();

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly transactions: TransactionHost,
    private readonly restorer: CounterRestorer,
  ) {}

  /** The verified state of a shard. Concurrent callers share one verification. */
  current(shard: number): Promise<ShardState> {
    const known = this.verifications.get(shard);
    if (known?.disconnects === this.store.disconnects) return known.state;
    // The verification is shared, so it must not be cancelled with the first caller.
    const state = RequestContext.detach(() => this.renew(shard, known?.state));
    const verification = { state, disconnects: this.store.disconnects };
    this.verifications.set(shard, verification);
    state.catch(() => this.removeVerification(shard, verification));
    return state;
  }

  /** Redis reported another state, so the shard must be verified again. */
  async invalidate(shard: number, state: ShardState): Promise<void> {
    const verification = this.verifications.get(shard);
    if (this.verified.get(shard) === state) this.verified.delete(shard);
    if (verification && (await verification.state.catch(() => state)) === state)
      this.removeVerification(shard, verification);
  }

  /** Records the sequence of PostgreSQL. Redis must not have a lower one. */
  async recordSequence(shard: number, { epoch, sequence }: ShardLedger): Promise<void> {
    const state = await this.verifications.get(shard)?.state.catch(() => undefined);
    if (state?.epoch === epoch) advance(state, sequence);
  }

  private removeVerification(shard: number, verification: Verification): void {
    if (this.verifications.get(shard) === verification) this.verifications.delete(shard);
  }

  private async renew(shard: number, before: Promise<ShardState> | undefined): Promise<ShardState> {
    await before?.catch(() => undefined);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { disconnects } = this.store;
      const last = this.verified.get(shard);
      const continued = last && (await this.continued(shard, last));
      const state = continued ?? (await this.restorer.bounded(() => this.verify(shard)));
      if (disconnects !== this.store.disconnects) continue;
      this.verified.set(shard, state);
      return state;
    }
    throw CounterUnsettledError.of(shard);
  }

  /** The last verified state, if the same server still has the same data, so that no data can have been lost. */
  private async continued(shard: number, last: ShardState): Promise<ShardState | undefined> {
    const { epoch, sequence, identity } = await this.store.stateOf(shard);
    const same = identity !== '' && identity === last.identity && epoch === last.epoch;
    return same && sequence >= last.sequence ? last : undefined;
  }

  private verify(shard: number): Promise<ShardState> {
    return this.transactions.run(async () => {
      const ledger = await this.ledger.lock(shard);
      const state = await this.store.stateOf(shard);
      if (agree(ledger, state)) return state;
      if (ledger.epoch > 0 && state.epoch > ledger.epoch) {
        // PostgreSQL has not committed this epoch, or has lost it. The drain copies the data of Redis to it.
        await this.ledger.save(shard, { epoch: state.epoch, sequence: EPOCH_NOT_COMMITTED });
        return state;
      }
      const epoch = Math.max(ledger.epoch, state.epoch) + 1;
      if (ledger.epoch > 0)
        this.logger.warn(
          { shard, epoch, sequence: ledger.sequence, redis_sequence: state.sequence },
          'Redis lacks data of this shard that PostgreSQL has: the shard is loaded again',
        );
      // The epoch begins in Redis first, where no process uses it before the commit in PostgreSQL. A process that
      // waits for the lock then finds both equal. No second epoch begins, which would lose increments of this one.
      await this.store.beginEpoch(shard, epoch, { afterLoss: ledger.epoch > 0 });
      await this.ledger.save(shard, { epoch, sequence: 0 });
      return { epoch, sequence: 0, identity: state.identity };
    });
  }
}

/**
 * Whether Redis has all data that PostgreSQL has. It may be ahead, by a batch that is not drained yet or by batches
 * that PostgreSQL has lost. The drain writes these.
 */
function agree(ledger: ShardLedger, state: ShardLedger): boolean {
  return ledger.epoch > 0 && state.epoch === ledger.epoch && state.sequence >= ledger.sequence;
}
