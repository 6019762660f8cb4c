import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { BEFORE_THE_EPOCH, CounterLedgerStore, type ShardLedger } from '../drain/counter.ledger.store.js';
import { CounterRestorer } from './counter.restorer.js';
import { CounterStore } from '../shards/counter.store.js';
import { CounterUnsettledError } from '../counters.errors.js';
import { advance, type ShardGeneration } from '../shards/shard.generation.js';

/** How often the connection may break while one shard is proved. */
const ATTEMPTS = 3;

interface Proof {
  life: Promise<ShardGeneration>;
  /** How many connections had been broken when it was begun. */
  breaks: number;
}

/**
 * Knows which life of Redis's data each shard is in. It is proved when Redis has the epoch and all batches of
 * PostgreSQL; where it does not (Redis is empty, or has gone back to an older state), a new epoch begins: the shard
 * starts from what PostgreSQL knows. A proof ends with the connection on which it was made, unless
 * the same server answers on the next one with the same data.
 */
@Injectable()
export class CounterEpochs {
  private readonly logger = new Logger(CounterEpochs.name);
  private readonly proofs = new Map<number, Proof>();
  /** What was proved last, for as long as nothing speaks against it: attempts to take it up again may fail. */
  private readonly lives = new Map<number, ShardGeneration>();

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly transactions: TransactionHost,
    private readonly restorer: CounterRestorer,
  ) {}

  /** The proved life of a shard. Callers at the same time share one proof. */
  current(shard: number): Promise<ShardGeneration> {
    const known = this.proofs.get(shard);
    if (known?.breaks === this.store.breaks) return known.life;
    // The proof is nobody's own: it goes on when the caller who happened to ask first has gone away.
    const life = RequestContext.detach(() => this.renew(shard, known?.life));
    const proof = { life, breaks: this.store.breaks };
    this.proofs.set(shard, proof);
    life.catch(() => this.forget(shard, proof));
    return life;
  }

  /** Redis did not agree with this life: the shard has to be proved again. */
  async invalidate(shard: number, life: ShardGeneration): Promise<void> {
    const proof = this.proofs.get(shard);
    if (this.lives.get(shard) === life) this.lives.delete(shard);
    if (proof && (await proof.life.catch(() => life)) === life) this.forget(shard, proof);
  }

  /** PostgreSQL has this: Redis must not have less. */
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

  /** The life as it was, when the same server still has the same data: nothing can have gone back. */
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
        // PostgreSQL has not committed this epoch, or has lost it: the drain brings it what Redis holds.
        await this.ledger.save(shard, { epoch: state.epoch, sequence: BEFORE_THE_EPOCH });
        return state;
      }
      const epoch = Math.max(ledger.epoch, state.epoch) + 1;
      if (ledger.epoch > 0)
        this.logger.warn(
          { shard, epoch, sequence: ledger.sequence, redis_sequence: state.sequence },
          'Redis does not hold what PostgreSQL knows of this shard: it is loaded anew',
        );
      // First in Redis, where nobody believes in it before it is committed here: another process that waits for
      // the lock finds both alike, and none begins a second epoch in which what was answered in this one is lost.
      await this.store.beginEpoch(shard, epoch, { afterLoss: ledger.epoch > 0 });
      await this.ledger.save(shard, { epoch, sequence: 0 });
      return { epoch, sequence: 0, identity: state.identity };
    });
  }
}

/**
 * Redis has everything that PostgreSQL has. It may be ahead, by a batch that is not drained yet or by batches that
 * PostgreSQL has lost: the drain brings them.
 */
function agree(ledger: ShardLedger, state: ShardLedger): boolean {
  return ledger.epoch > 0 && state.epoch === ledger.epoch && state.sequence >= ledger.sequence;
}
