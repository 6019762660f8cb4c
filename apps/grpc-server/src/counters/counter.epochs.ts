import { TransactionHost } from '@app/postgres';
import { Injectable, Logger } from '@nestjs/common';
import { CounterLedgerStore, type ShardLedger } from './counter.ledger.store.js';
import { CounterStore, type ShardState } from './counter.store.js';

/**
 * Knows which life of Redis's data each shard is in. An epoch is proved when Redis and PostgreSQL agree on it
 * and on the batches that were drained; where they do not (Redis is empty, or has gone back to an older state),
 * a new epoch begins: the shard starts from what PostgreSQL knows.
 */
@Injectable()
export class CounterEpochs {
  private readonly logger = new Logger(CounterEpochs.name);
  private readonly proved = new Map<number, Promise<number>>();

  constructor(
    private readonly store: CounterStore,
    private readonly ledger: CounterLedgerStore,
    private readonly transactions: TransactionHost,
  ) {}

  /** The proved epoch of a shard. Callers at the same time share one proof. */
  current(shard: number): Promise<number> {
    let epoch = this.proved.get(shard);
    if (!epoch) {
      epoch = this.prove(shard);
      this.proved.set(shard, epoch);
      epoch.catch(() => this.forget(shard, epoch));
    }
    return epoch;
  }

  /** Redis did not agree: the shard has to be proved again. */
  async distrust(shard: number, epoch: number): Promise<void> {
    const known = this.proved.get(shard);
    if (known && (await known.catch(() => epoch)) === epoch) this.forget(shard, known);
  }

  private forget(shard: number, epoch: Promise<number> | undefined): void {
    if (this.proved.get(shard) === epoch) this.proved.delete(shard);
  }

  private async prove(shard: number): Promise<number> {
    const { epoch, begins, first } = await this.transactions.run(async () => {
      const [ledger, state] = [await this.ledger.lock(shard), await this.store.stateOf(shard)];
      if (agree(ledger, state)) return { epoch: ledger.epoch, begins: false, first: false };
      const next = Math.max(ledger.epoch, state.epoch ?? 0) + 1;
      await this.ledger.save(shard, { epoch: next, sequence: 0 });
      return { epoch: next, begins: true, first: ledger.epoch === 0 };
    });
    if (!begins) return epoch;
    if (!first)
      this.logger.warn(
        { shard, epoch },
        'Redis does not hold what PostgreSQL knows of this shard: it is loaded anew',
      );
    return this.store.beginEpoch(shard, epoch);
  }
}

/** Redis may be one batch ahead: sealed, and not drained yet. */
function agree(ledger: ShardLedger, state: ShardState): boolean {
  const ahead = state.sequence - ledger.sequence;
  return state.epoch === ledger.epoch && (ahead === 0 || ahead === 1);
}
