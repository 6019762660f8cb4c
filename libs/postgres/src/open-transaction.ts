import { RequestContext } from '@app/context';
import type { QueryRunner } from 'typeorm';
import { TransactionUndoneError } from './postgres.errors.js';

export type CommitHook = () => Promise<void> | void;

/** A transaction that has begun and the hooks that wait for its commit. */
export class OpenTransaction {
  readonly hooks: CommitHook[] = [];
  private state: 'open' | 'committed' | 'undone' = 'open';

  constructor(readonly runner: QueryRunner) {}

  /**
   * The one of the work that runs here. A timer or a promise that was started inside and goes on after the commit
   * has none: it works on the pool, like everything else outside.
   *
   * @throws TransactionUndoneError when it was rolled back: a handler that outlived its deadline must not go on to
   * write what is done again by its next attempt
   */
  static current(): OpenTransaction | undefined {
    const transaction = RequestContext.current()?.transaction;
    if (!(transaction instanceof OpenTransaction) || transaction.state === 'committed') return undefined;
    if (transaction.state === 'undone') throw TransactionUndoneError.create();
    return transaction;
  }

  /** Said before COMMIT or ROLLBACK is sent: what comes from now on is no part of it. */
  end(state: 'committed' | 'undone'): void {
    this.state = state;
  }

  /** Runs `work` in this transaction. */
  enter<T>(work: () => T): T {
    return contextHere().fork({ transaction: this }).run(work);
  }
}

/** Background work (a relay, a drain) has no context of its own; its transactions get one. */
function contextHere(): RequestContext {
  return RequestContext.current() ?? new RequestContext({ door: 'cron', operation: 'background' });
}
