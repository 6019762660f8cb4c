import { RequestContext } from '@app/context';
import type { QueryRunner } from 'typeorm';

export type CommitHook = () => Promise<void> | void;

/** A transaction that has begun and the hooks that wait for its commit. */
export class OpenTransaction {
  readonly hooks: CommitHook[] = [];
  private ended = false;

  constructor(readonly runner: QueryRunner) {}

  /**
   * The one of the work that runs here. A timer or a promise that was started inside and goes on after the end
   * has none: it works on the pool, like everything else outside.
   */
  static current(): OpenTransaction | undefined {
    const transaction = RequestContext.current()?.transaction;
    return transaction instanceof OpenTransaction && !transaction.ended ? transaction : undefined;
  }

  /** Gives the connection back; what comes later is no part of it. */
  async end(): Promise<void> {
    this.ended = true;
    await this.runner.release();
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
