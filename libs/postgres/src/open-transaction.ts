import { RequestContext } from '@app/context';
import type { QueryRunner } from 'typeorm';
import { TransactionUndoneError } from './postgres.errors.js';

export type CommitHook = () => Promise<void> | void;

/** A transaction that has begun, or a savepoint inside one, with the hooks that run after its commit. */
export class OpenTransaction {
  readonly hooks: CommitHook[] = [];
  private state: 'open' | 'committed' | 'undone' = 'open';
  private lastNested: Promise<void> = Promise.resolve();

  /** @param outer the transaction that contains this savepoint */
  constructor(
    readonly runner: QueryRunner,
    private readonly outer?: OpenTransaction,
  ) {}

  /**
   * The open transaction of the code that runs here. A timer or promise that was started inside a transaction may
   * still run after the commit. It then has no transaction and works on the pool, like code outside. After the
   * release of a savepoint, such code works in the outer transaction.
   *
   * @throws TransactionUndoneError when it was rolled back. A handler that outlived its deadline must not write
   * what its next attempt writes again.
   */
  static current(): OpenTransaction | undefined {
    const transaction = RequestContext.current()?.transaction;
    return transaction instanceof OpenTransaction ? transaction.living() : undefined;
  }

  /** Called before COMMIT or ROLLBACK is sent. Statements from now on do not belong to the transaction. */
  end(state: 'committed' | 'undone'): void {
    this.state = state;
  }

  /** Runs `work` in this transaction. */
  enter<T>(work: () => T): T {
    return RequestContext.currentOr('background').fork({ transaction: this }).run(work);
  }

  /**
   * Savepoints of one session are nested in each other. Those that are requested at the same time run one after the
   * other.
   */
  async nest<T>(work: () => Promise<T>): Promise<T> {
    const before = this.lastNested;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.lastNested = promise;
    await before;
    try {
      return await work();
    } finally {
      resolve();
    }
  }

  private living(): OpenTransaction | undefined {
    if (this.state === 'undone') throw TransactionUndoneError.create();
    if (!this.outer) return this.state === 'open' ? this : undefined;
    const outer = this.outer.living();
    return this.state === 'open' && outer ? this : outer;
  }
}
