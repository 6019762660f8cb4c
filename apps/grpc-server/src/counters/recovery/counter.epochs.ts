import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { BEFORE_THE_EPOCH, CounterLedgerStore, type ShardLedger } from '../drain/counter.ledger.store.js';
import { CounterRestorer } from './counter.restorer.js';
import { CounterStore } from '../shards/counter.store.js';
import { CounterUnsettledError } from '../counters.errors.js';
import { advance, type ShardGeneration } from '../shards/shard.generation.js';

/** How often the connection may break while one shard is verified. */
const ATTEMPTS = 3;

interface Proof {
  life: Promise<ShardGeneration>;
  /** The number of broken connections when the verification began. */
  breaks: number;
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
  private readonly proofs = new Map<number, Proof>();
  /** The last verified generations, until Redis contradicts them. Attempts to continue one may fail in between. */
  private readonly lives = new Map<number, ShardGeneration>();

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly transactions: TransactionHost,
    private readonly restorer: CounterRestorer,
  ) {}

  /** The verified generation of a shard. Concurrent callers share one verification. */
  current(shard: number): Promise<ShardGeneration> {
    const known = this.proofs.get(shard);
    if (known?.breaks === this.store.breaks) return known.life;
    // The verification is shared, so it must not be cancelled with the first caller.
    const life = RequestContext.detach(() => this.renew(shard, known?.life));
    const proof = { life, breaks: this.store.breaks };
    this.proofs.set(shard, proof);
    life.catch(() => this.forget(shard, proof));
    return life;
  }

  /** Redis reported another generation, so the shard must be verified again. */
  async invalidate(shard: number, life: ShardGeneration): Promise<void> {
    const proof = this.proofs.get(shard);
    if (this.lives.get(shard) === life) this.lives.delete(shard);
    if (proof && (await proof.life.catch(() => life)) === life) this.forget(shard, proof);
  }

  /** Records the sequence of PostgreSQL. Redis must not have a lower one. */
  async learn(shard: number, { epoch, sequence }: ShardLedger): Promise<void> {
    const life = await this.proofs.get(shard)?.life.catch(() => undefined);
    if (life?.epoch === epoch) advance(life, sequence);
  }

  private forget(shard: number, proof: Proof): void {
    if (this.proofs.get(shard) === proof) this.proofs.delete(shard);
  }

  private async renew(shard: number, before: Promise<ShardGeneration> | undefined): Promise<ShardGeneration> {
    await before?.catch(() => undefined);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { breaks } = this.store;
      const last = this.lives.get(shard);
      const continued = last && (await this.continued(shard, last));
      const life = continued ?? (await this.restorer.bounded(() => this.prove(shard)));
      if (breaks !== this.store.breaks) continue;
      this.lives.set(shard, life);
      return life;
    }
    throw CounterUnsettledError.of(shard);
  }

  /** The last generation, when the same server still has the same data, so that nothing can have gone back. */
  private async continued(shard: number, last: ShardGeneration): Promise<ShardGeneration | undefined> {
    const { epoch, sequence, identity } = await this.store.stateOf(shard);
    const same = identity !== '' && identity === last.identity && epoch === last.epoch;
    return same && sequence >= last.sequence ? last : undefined;
  }

  private prove(shard: number): Promise<ShardGeneration> {
    return this.transactions.run(async () => {
      const ledger = await this.ledger.lock(shard);
      const state = await this.store.stateOf(shard);
      if (agree(ledger, state)) return state;
      if (ledger.epoch > 0 && state.epoch > ledger.epoch) {
        // PostgreSQL has not committed this epoch, or has lost it. The drain copies the data of Redis to it.
        await this.ledger.save(shard, { epoch: state.epoch, sequence: BEFORE_THE_EPOCH });
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
