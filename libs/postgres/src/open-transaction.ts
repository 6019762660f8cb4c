import { RequestContext } from '@app/context';
import type { QueryRunner } from 'typeorm';
import { TransactionUndoneError } from './postgres.errors.js';

export type CommitHook = () => Promise<void> | void;

/** A transaction that has begun, or a savepoint inside one, and the hooks that wait for its commit. */
export class OpenTransaction {
  readonly hooks: CommitHook[] = [];
  private state: 'open' | 'committed' | 'undone' = 'open';
  private lastNested: Promise<void> = Promise.resolve();

  /** @param outer the one that this is a savepoint of */
  constructor(
    readonly runner: QueryRunner,
    private readonly outer?: OpenTransaction,
  ) {}

  /**
   * The one of the work that runs here. A timer or a promise that was started inside and goes on after the commit
   * has none: it works on the pool, like everything else outside; after the release of a savepoint it works in
   * what that was part of.
   *
   * @throws TransactionUndoneError when it was rolled back: a handler that outlived its deadline must not go on to
   * write what is done again by its next attempt
   */
  static current(): OpenTransaction | undefined {
    const transaction = RequestContext.current()?.transaction;
    return transaction instanceof OpenTransaction ? transaction.living() : undefined;
  }

  /** Said before COMMIT or ROLLBACK is sent: what comes from now on is no part of it. */
  end(state: 'committed' | 'undone'): void {
    this.state = state;
  }

  /** Runs `work` in this transaction. */
  enter<T>(work: () => T): T {
    return RequestContext.currentOr('background').fork({ transaction: this }).run(work);
  }

  /** Savepoints of one session lie in each other: those that are asked for at the same time come one by one. */
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
