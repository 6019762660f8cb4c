import { childBudgetMs, type Deadline, deadlineIn, earliest, RequestContext } from '@app/context';
import { type AppError, type Outcome, Status, toAppError } from '@app/errors';
import type { TimeLimit } from './time-limit.js';

/** One attempt, as the work that observes its limits by itself sees it. */
export interface Attempt {
  /** By when it must have ended. */
  readonly deadline: Deadline;
  /** Aborted when the caller has gone away, or a repeated call has run out of its total time. */
  readonly signal: AbortSignal | undefined;
}

/** @publicApi */
export interface CallLimits {
  /** Gives the call up. @default when the caller of the current context has gone away */
  signal?: AbortSignal;
  /** The caller's own deadline; that of the current context holds as well. */
  deadline?: Deadline;
}

/** What bounds the wait for something that an attempt needs. */
export interface WaitLimits {
  /** Milliseconds that are left of the call's time. */
  readonly ms: number;
  /** Aborted when the caller has gone away, or a repeated call has run out of its total time. */
  readonly signal: AbortSignal | undefined;
}

/** What a call is told of its work, beside the limits. */
export interface CallOptions extends CallLimits {
  /** Whether the work changes nothing, so that a failure has no outcome to report. @default false */
  readOnly?: boolean;
}

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** One call through a policy, with all its attempts. */
export class Call implements TimeLimit {
  /** When the caller stops waiting, less the margin in which it makes an answer of a failure. */
  private readonly callersDeadline: Deadline;
  private readonly deadline: Deadline;
  private readonly context = RequestContext.current();
  /** Whether what an attempt needs did not come: the call has waited for it, and another attempt would not get it. */
  isUnmet = false;
  private pause = FIRST_PAUSE_MS / 2;
  /** Whether the work of the last attempt has begun and not failed. */
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

  /** Aborted when the caller goes away. The caller's deadline is arithmetic here: its signal would cost a timer. */
  get signal(): AbortSignal | undefined {
    return this.limits.signal ?? this.context?.callerSignal;
  }

  get ms(): number {
    return this.remaining;
  }

  /** Milliseconds that are left for everything. */
  get remaining(): number {
    return this.deadline - performance.now();
  }

  /** Whether the time is up; what fails then may call it by another name. A timer may be a millisecond early. */
  get isOutOfTime(): boolean {
    return this.remaining < 1;
  }

  /** An attempt that begins now. */
  attempt(timeout: number, signal: AbortSignal | undefined): Attempt {
    this.underWay = true;
    return { deadline: Math.min(performance.now() + timeout, this.deadline), signal };
  }

  /** How long to pause before the target is tried again that has not begun the work, in milliseconds. */
  nextPause(): number {
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2);
    return this.pause;
  }

  /** Notes how an attempt failed. */
  failed(error: AppError): void {
    this.underWay = false;
    if (error.outcome === 'unknown') this.uncertain = error;
  }

  /** What a time-out at this moment says of the work; nothing for work that changes nothing. */
  get outcome(): Outcome | undefined {
    if (this.limits.readOnly) return undefined;
    return this.underWay || this.uncertain ? 'unknown' : 'refused';
  }

  /**
   * The error to report after the last attempt. An earlier attempt that may have taken effect outweighs a later one
   * that was refused. It does not outweigh an answer: the target gives the same answer to a repeated request.
   */
  reported(thrown: unknown): unknown {
    if (!this.uncertain) return thrown;
    const { status, outcome } = toAppError(thrown);
    const isAnswer = status.http < 500 && status.http !== Status.RESOURCE_EXHAUSTED.http;
    return isAnswer || outcome === 'unknown' ? thrown : this.uncertain;
  }

  /** Whether the caller has gone away. */
  get isGivenUp(): boolean {
    return this.signal?.aborted === true;
  }

  /** Whether the caller's own deadline ends this attempt before the policy would. */
  shortens({ deadline }: Attempt): boolean {
    return deadline === this.callersDeadline;
  }
}
