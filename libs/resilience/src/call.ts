import { childBudgetMs, type Deadline, deadlineIn, earliest, RequestContext } from '@app/context';

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

/** One call through a policy, with all its attempts. */
export class Call {
  /** When the caller stops waiting, less the margin in which it makes an answer of a failure. */
  private readonly callersDeadline: Deadline;
  private readonly deadline: Deadline;
  private readonly context = RequestContext.current();
  /** Whether what an attempt needs did not come: the call has waited for it, and another attempt would not get it. */
  isUnmet = false;

  constructor(
    readonly what: string,
    totalTimeout: number,
    private readonly limits: CallLimits,
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
    return { deadline: Math.min(performance.now() + timeout, this.deadline), signal };
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
