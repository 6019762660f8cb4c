import { RequestContext } from '@app/context';
import type { QueryRunner } from 'typeorm';

export type CommitHook = () => Promise<void> | void;

/** A transaction that has begun and the hooks that wait for its commit. */
export class OpenTransaction {
  readonly hooks: CommitHook[] = [];

  constructor(readonly runner: QueryRunner) {}

  /** The one of the work that runs here. */
  static current(): OpenTransaction | undefined {
    const transaction = RequestContext.current()?.transaction;
    return transaction instanceof OpenTransaction ? transaction : undefined;
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
