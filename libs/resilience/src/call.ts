import { childBudgetMs, type Deadline, deadlineIn, earliest, RequestContext } from '@app/context';
import { type AppError, errorOfRepeated, type Outcome } from '@app/errors';
import type { TimeLimit } from './time-limit.js';

/** The limits of one attempt, for work that observes them itself. */
export interface Attempt {
  /** When it must have ended. */
  readonly deadline: Deadline;
  /** Aborted when the caller cancels, or when the total time of a repeated call has passed. */
  readonly signal: AbortSignal | undefined;
}

/** @publicApi */
export interface CallLimits {
  /** Cancels the call. @default the caller's signal of the current context */
  signal?: AbortSignal;
  /** The caller's own deadline; that of the current context applies too. */
  deadline?: Deadline;
}

/** Limits of the wait for a precondition. */
export interface WaitLimits {
  /** The remaining time of the call, in milliseconds. */
  readonly ms: number;
  /** Aborted when the caller cancels, or when the total time of a repeated call has passed. */
  readonly signal: AbortSignal | undefined;
}

/** Options of a call. */
export interface CallOptions extends CallLimits {
  /** Whether the work changes nothing, so that its errors have no outcome. @default false */
  readOnly?: boolean;
}

const FIRST_PAUSE_MS = 10;
const MAX_PAUSE_MS = 250;

/** One call through a policy, with all its attempts. */
export class Call implements TimeLimit {
  /** When the caller stops waiting, minus the margin in which it can still answer. */
  private readonly callersDeadline: Deadline;
  private readonly deadline: Deadline;
  private readonly context = RequestContext.current();
  /** Whether the wait for the precondition failed; another attempt would fail too. */
  isUnmet = false;
  private pause = FIRST_PAUSE_MS / 2;
  /** Whether the work of the last attempt has started and not failed. */
  private underWay = false;
  /** The last failure whose attempt may have taken effect. */
  private uncertain: AppError | undefined;

  constructor(
    readonly what: string,
    totalTimeout: number,
    private readonly limits: CallOptions,
    readonly started: number,
  ) {
    const contexts = this.context?.deadline;
    const inherited = contexts === undefined ? undefined : deadlineIn(childBudgetMs(contexts));
    this.callersDeadline = earliest(inherited, limits.deadline) ?? Infinity;
    this.deadline = Math.min(started + totalTimeout, this.callersDeadline);
  }

  /** Aborted when the caller cancels. It does not include the caller's deadline, whose signal would cost a timer. */
  get signal(): AbortSignal | undefined {
    return this.limits.signal ?? this.context?.callerSignal;
  }

  get ms(): number {
    return this.remaining;
  }

  /** The remaining time of the whole call, in milliseconds. */
  get remaining(): number {
    return this.deadline - performance.now();
  }

  /** Whether the time is up, with any error of the work. A timer may fire a millisecond early. */
  get isOutOfTime(): boolean {
    return this.remaining < 1;
  }

  /** Starts an attempt. */
  attempt(timeout: number, signal: AbortSignal | undefined): Attempt {
    this.underWay = true;
    return { deadline: Math.min(performance.now() + timeout, this.deadline), signal };
  }

  /** The pause before an attempt starts again because of its precondition, in milliseconds. */
  nextPause(): number {
    this.pause = Math.min(MAX_PAUSE_MS, this.pause * 2);
    return this.pause;
  }

  /** Records the failure of an attempt. */
  failed(error: AppError): void {
    this.underWay = false;
    if (error.outcome === 'unknown') this.uncertain = error;
  }

  /** The outcome of the work if it times out now; undefined for read-only work. */
  get outcome(): Outcome | undefined {
    if (this.limits.readOnly) return undefined;
    return this.underWay || this.uncertain ? 'unknown' : 'refused';
  }

  /** The error to report after the last attempt. */
  reported(thrown: unknown): unknown {
    return this.uncertain ? errorOfRepeated(this.uncertain, thrown) : thrown;
  }

  /** Whether the caller has cancelled. */
  get isGivenUp(): boolean {
    return this.signal?.aborted === true;
  }

  /** Whether the caller's own deadline ends this attempt before the policy's time-out. */
  shortens({ deadline }: Attempt): boolean {
    return deadline === this.callersDeadline;
  }
}
