import { setTimeout as delay } from 'node:timers/promises';
import type { AppError } from '@app/errors';
import { isConnectionFailure, isQueryCanceled } from '../translate-error.js';
import { type CancelTarget, sendCancelRequest } from './cancel-request.js';
import type { StatementLimit } from './statement.limit.js';

/** How long the server may take to end a statement after the cancel request, in milliseconds. */
const GRACE_MS = 500;
/** Interval between cancel requests, in milliseconds. A request that arrives before its statement has no effect. */
const CANCEL_INTERVAL_MS = 50;

/** The operations on the session of the statement. */
export interface EndableSession {
  cancelTarget(): CancelTarget;
  /** Closes the connection: everything that runs on it fails at once. */
  abandon(): void;
}

/** Ends a statement early: sends cancel requests, and closes the connection when the server does not react. */
export class StatementEnding {
  private readonly answered = new AbortController();
  private readonly done: Promise<void>;

  /** @param reason the error of the statement when this has ended it */
  constructor(
    private readonly session: EndableSession,
    private readonly limit: StatementLimit,
    private readonly reason: AppError,
  ) {
    this.done = this.run();
  }

  /** Translates the failure of the statement. A constraint violation just before the cancel keeps its own error. */
  meaningOf(error: unknown): unknown {
    const ended = this.limit.cancellable && (isQueryCanceled(error) || isConnectionFailure(error));
    return ended ? this.reason : error;
  }

  /** Called when the statement has its reply. Resolves when no cancel request is in progress. */
  async settle(): Promise<void> {
    this.answered.abort();
    await this.done;
  }

  private async run(): Promise<void> {
    let returned = true;
    if (this.limit.cancellable) {
      const target = this.session.cancelTarget();
      const grace = AbortSignal.timeout(GRACE_MS);
      while (returned && !grace.aborted && !this.answered.signal.aborted) {
        returned = await sendCancelRequest(target, grace);
        await this.pause();
      }
    }
    if (!returned || !this.answered.signal.aborted) this.session.abandon();
  }

  /** Waits until the statement has its reply, at most until the next cancel request. */
  private async pause(): Promise<void> {
    await delay(CANCEL_INTERVAL_MS, undefined, { signal: this.answered.signal }).catch(() => undefined);
  }
}
