import { setTimeout as delay } from 'node:timers/promises';
import type { AppError } from '@app/errors';
import { isConnectionFailure, isQueryCanceled } from '../translate-error.js';
import { type CancelTarget, sendCancelRequest } from './cancel-request.js';
import type { StatementLimit } from './statement.limit.js';

/** How long the server may take to give up a statement that it was asked to cancel, in milliseconds. */
const GRACE_MS = 500;
/** When it is asked again: a request that overtakes its statement finds nothing to cancel. */
const AGAIN_MS = 50;

/** What an ending can do to the session of its statement. */
export interface EndableSession {
  cancelTarget(): CancelTarget;
  /** Breaks the connection: whatever runs on it fails at once. */
  abandon(): void;
}

/** The end of a statement before its own: the server is asked to cancel it, and left when it does not answer. */
export class StatementEnding {
  private readonly answered = new AbortController();
  private readonly done: Promise<void>;

  /** @param reason what the statement fails with when this has ended it */
  constructor(
    private readonly session: EndableSession,
    private readonly limit: StatementLimit,
    private readonly reason: AppError,
  ) {
    this.done = this.run();
  }

  /** What the statement's failure means: a constraint that broke just before is still that. */
  meaningOf(error: unknown): unknown {
    const ended = this.limit.cancellable && (isQueryCanceled(error) || isConnectionFailure(error));
    return ended ? this.reason : error;
  }

  /** Called when the statement has its answer; resolves when no cancel is under way any more. */
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

  /** Until the statement has its answer, at most until it is time to ask again. */
  private async pause(): Promise<void> {
    await delay(AGAIN_MS, undefined, { signal: this.answered.signal }).catch(() => undefined);
  }
}
