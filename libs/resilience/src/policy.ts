import { RequestContext, remainingMs } from '@app/context';
import {
  type AppError,
  CancelledError,
  DeadlineExceededError,
  type Outcome,
  Status,
  toAppError,
} from '@app/errors';
import { Bulkhead } from './bulkhead.js';
import { type Attempt, Call, type CallOptions } from './call.js';
import { Circuit, type CircuitCondition } from './circuit.js';
import { pause } from './pause.js';
import type { Precondition } from './precondition.js';
import type { PolicySettings } from './resilience.config.js';
import { BulkheadFullError, CircuitOpenError } from './resilience.errors.js';
import type { CallOutcome, PolicyMetrics } from './resilience.metrics.js';
import { RetryBudget } from './retry.budget.js';
import { retryAfter, type RetryOptions } from './retries.js';
import { within } from './time-limit.js';
import { isDegradable, type CallClassification, classificationOf } from './call-classification.js';

/** A wait for a precondition ends this much before the call, so that the error can name the precondition. */
const PRECONDITION_MARGIN_MS = 50;

/** @publicApi */
export interface ExecuteOptions<T> extends CallOptions {
  /** Whether the work may be repeated after any failure. @default false */
  idempotent?: boolean;
  /** A condition that each attempt needs before it begins. @default none */
  precondition?: Precondition;
  /**
   * Whether the work may be repeated after a failure with the outcome `refused`. Only for work that consists of one
   * call: with several, an earlier one may have taken effect. @default false
   */
  retryRefused?: boolean;
  /** Provides the result when the call failed; not when the target rejected the request, or the caller cancelled. */
  fallback?: (error: AppError) => T | Promise<T>;
}

export interface PolicyParts {
  readonly name: string;
  /** The called target, in addition to the policy's name; empty when the policy has only one target. */
  readonly target: string;
  readonly settings: PolicySettings;
  readonly metrics: PolicyMetrics;
  readonly changed: (policy: Policy, condition: CircuitCondition) => void;
}

/**
 * Makes the calls to one target: total time-out → retry → circuit breaker → bulkhead → attempt time-out, with a
 * fallback around all of it. The time-outs are passed to the attempt as its deadline. Only `execute`, which is for work
 * that does not observe a deadline itself, and waits create timers.
 *
 * @publicApi
 */
export class Policy {
  readonly name: string;
  readonly target: string;
  private readonly title: string;
  private readonly metrics: PolicyMetrics;
  private readonly circuit: Circuit;
  private readonly bulkhead: Bulkhead;
  private readonly budget: RetryBudget;
  private settings: PolicySettings;

  constructor({ name, target, settings, metrics, changed }: PolicyParts) {
    this.name = name;
    this.target = target;
    this.title = target || name;
    this.metrics = metrics;
    this.settings = settings;
    this.circuit = new Circuit(this.title, settings.breaker, (condition) => changed(this, condition));
    this.bulkhead = new Bulkhead(this.title, settings.bulkhead);
    this.budget = new RetryBudget(settings.retry);
  }

  get condition(): CircuitCondition {
    return this.circuit.condition;
  }

  get active(): number {
    return this.bulkhead.active;
  }

  get waiting(): number {
    return this.bulkhead.waiting;
  }

  /** Closes the circuit and clears its counts; for when the cause of the failures no longer exists. */
  reset(): void {
    this.circuit.reset();
  }

  /** Sets other settings for later calls; the circuit keeps its state. */
  configure(settings: PolicySettings): void {
    this.settings = settings;
    this.circuit.configure(settings.breaker);
    this.bulkhead.configure(settings.bulkhead);
    this.budget.configure(settings.retry);
  }

  /**
   * Calls `work` with a signal that is aborted when its time is up or the caller cancels, in a context
   * that ends with the attempt.
   *
   * @throws DeadlineExceededError when the time is up, even if `work` ignores the signal
   * @throws CircuitOpenError, BulkheadFullError without calling `work`
   * @throws CancelledError when the caller cancels
   */
  execute<T>(work: (signal: AbortSignal) => Promise<T>, options: ExecuteOptions<T> = {}): Promise<T> {
    const outcome = options.readOnly ? undefined : 'unknown';
    return this.run((attempt) => this.timed(work, attempt, outcome), options);
  }

  /** Like `execute`, for work that observes the attempt's deadline and signal itself: it creates no timer. */
  async run<T>(work: (attempt: Attempt) => Promise<T>, options: ExecuteOptions<T> = {}): Promise<T> {
    const now = performance.now();
    const call = new Call(`the call to ${this.title}`, this.settings.totalTimeout, options, now);
    this.budget.note(now);
    try {
      const result = await this.attempt(work, call, call.signal, options);
      this.metrics.calls.success.inc();
      return result;
    } catch (thrown) {
      return this.recover(thrown, work, call, options);
    }
  }

  private async attempt<T>(
    work: (attempt: Attempt) => Promise<T>,
    call: Call,
    signal: AbortSignal | undefined,
    options: ExecuteOptions<T>,
  ): Promise<T> {
    const { precondition } = options;
    if (signal?.aborted) throw CancelledError.of(call.what, signal.reason);
    if (call.remaining <= 0) throw DeadlineExceededError.of(call.what, undefined, call.outcome);
    let attempt: Attempt | undefined;
    const start = () => work((attempt = call.attempt(this.settings.attemptTimeout, signal)));
    const begin = () => {
      const missing = precondition?.ready({ ms: call.remaining - PRECONDITION_MARGIN_MS, signal });
      if (!missing) return start();
      return missing.then(start, (thrown: unknown) => {
        call.isUnmet = true;
        throw thrown;
      });
    };
    try {
      return await this.circuit.execute(
        () => this.bulkhead.execute(begin, () => ({ ms: call.remaining, signal })),
        (thrown) => {
          const classification = classify(thrown, call, attempt);
          return precondition?.isUnmet(thrown) ? 'unknown' : classification;
        },
      );
    } catch (thrown) {
      // The attempt did not reach the target, so this is not a retry and does not use the retry budget.
      if (!precondition?.isUnmet(thrown)) throw thrown;
      const wait = call.nextPause();
      if (call.remaining <= wait) throw thrown;
      await pause(wait, signal);
      return this.attempt(work, call, signal, options);
    }
  }

  private async recover<T>(
    failed: unknown,
    work: (attempt: Attempt) => Promise<T>,
    call: Call,
    options: ExecuteOptions<T>,
  ): Promise<T> {
    let thrown = failed;
    const { idempotent = false, retryRefused = false } = options;
    const mayRepeat = ({ outcome }: AppError) => idempotent || (retryRefused && outcome === 'refused');
    if (!call.isUnmet && mayRepeat(toAppError(failed))) {
      try {
        const result = await this.retry(failed, work, call, { ...options, mayRepeat });
        this.metrics.calls.success.inc();
        return result;
      } catch (last) {
        thrown = call.reported(last);
      }
    }
    const error = toAppError(thrown);
    const { fallback } = options;
    const degraded = fallback !== undefined && isDegradable(error);
    this.metrics.calls[degraded ? 'fallback' : outcomeOf(error)].inc();
    if (degraded) return fallback(error);
    throw thrown;
  }

  private retry<T>(
    failed: unknown,
    work: (attempt: Attempt) => Promise<T>,
    call: Call,
    options: ExecuteOptions<T> & Pick<RetryOptions, 'mayRepeat'>,
  ): Promise<T> {
    return retryAfter(failed, (signal) => this.attempt(work, call, signal, options), call, {
      mayRepeat: options.mayRepeat,
      settings: this.settings.retry,
      budget: this.budget,
      decided: (decision) => this.metrics.retries[decision].inc(),
    });
  }

  private timed<T>(
    work: (signal: AbortSignal) => Promise<T>,
    attempt: Attempt,
    outcome: Outcome | undefined,
  ): Promise<T> {
    const { deadline, signal } = attempt;
    const context = RequestContext.current()?.fork({ deadline });
    const limit = { ms: remainingMs(deadline), what: `the call to ${this.title}`, signal, outcome };
    return within(limit, (ended) => (context ? context.run(() => work(ended)) : work(ended)));
  }
}

/**
 * Classifies the error of a call. If the call was not started, was cancelled by the caller, or exceeded the caller's
 * shorter deadline, the error says nothing about the target.
 */
function classify(thrown: unknown, call: Call, attempt: Attempt | undefined): CallClassification {
  const error = toAppError(thrown);
  call.failed(error);
  const classification = classificationOf(error);
  if (classification !== 'failure') return classification;
  if (!attempt) return 'unknown';
  const outOfTime = error.status.http === Status.DEADLINE_EXCEEDED.http || call.isOutOfTime;
  return call.isGivenUp || (outOfTime && call.shortens(attempt)) ? 'unknown' : classification;
}

function outcomeOf(error: AppError): CallOutcome {
  if (error instanceof CircuitOpenError) return 'circuit_open';
  if (error instanceof BulkheadFullError) return 'bulkhead_full';
  if (error.status.http === Status.CANCELLED.http) return 'cancelled';
  const classification = classificationOf(error);
  return classification === 'unknown' ? 'rejected' : classification;
}
