import { isDeepStrictEqual } from 'node:util';
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  handleWhen,
  type IDisposable,
} from 'cockatiel';
import { RecentSamples } from './recent-samples.js';
import type { BreakerSettings } from './resilience.config.js';
import { CircuitOpenError } from './resilience.errors.js';
import type { CallClassification } from './call-classification.js';

export type CircuitCondition = 'closed' | 'half_open' | 'open';

/** Wraps an error without information about the target, so that cockatiel does not count it. */
class IgnoredError extends Error {
  constructor(readonly error: unknown) {
    super('ended without saying anything about the target');
  }
}

/** Wraps an error with which the target answered, so that cockatiel counts it as a success. */
class NeutralResult {
  constructor(readonly error: unknown) {}
}

const counted = handleWhen((thrown) => !(thrown instanceof IgnoredError));

/**
 * The circuit breaker of one target: cockatiel's, with three differences. During a trial other calls are rejected at
 * once; they do not wait for its end, which may be later than their deadlines. When a trial takes longer than the
 * pause, the next call is another trial, and the first success closes the circuit. A trial without a result about the
 * target neither closes nor opens the circuit: the next call is the trial.
 */
export class Circuit {
  private policy: CircuitBreakerPolicy;
  private listener: IDisposable;
  /** When it was opened or its trial began, as `Date.now()` like in cockatiel; 0 when the next call is the trial. */
  private pausedAt = 0;

  constructor(
    private readonly target: string,
    private settings: BreakerSettings,
    private readonly changed: (condition: CircuitCondition) => void,
  ) {
    [this.policy, this.listener] = this.make();
  }

  /** Half-open: the next call is the trial, or a trial is running. Open: calls are rejected. */
  get condition(): CircuitCondition {
    if (this.policy.state === CircuitState.Closed) return 'closed';
    return this.policy.state === CircuitState.Open && this.pauseLeft > 0 ? 'open' : 'half_open';
  }

  /** Closes it, and clears its counts; a running trial is ignored. */
  reset(): void {
    const { condition } = this;
    this.listener.dispose();
    [this.policy, this.listener] = this.make();
    if (condition !== 'closed') this.changed('closed');
  }

  /**
   * Sets other thresholds. An open circuit stays open, unless the breaker is disabled or enabled; the counts are kept
   * unless the window changed.
   */
  configure(settings: BreakerSettings): void {
    if (isDeepStrictEqual(settings, this.settings)) return;
    const { enabled, window } = this.settings;
    if (enabled !== settings.enabled) this.reset();
    this.settings = settings;
    this.restore(window === settings.window);
  }

  /** @throws CircuitOpenError without calling `work` */
  async execute<T>(work: () => Promise<T>, classify: (thrown: unknown) => CallClassification): Promise<T> {
    if (!this.settings.enabled) return work();
    if (this.policy.state === CircuitState.HalfOpen) {
      if (this.pauseLeft > 0) throw this.refusal();
      this.restore(true);
    }
    let outcome: T | NeutralResult;
    try {
      outcome = await this.policy.execute(() => this.observe(work, classify));
    } catch (thrown) {
      if (thrown instanceof IgnoredError) throw thrown.error;
      throw thrown instanceof BrokenCircuitError ? this.refusal() : thrown;
    }
    if (outcome instanceof NeutralResult) throw outcome.error;
    return outcome;
  }

  private async observe<T>(
    work: () => Promise<T>,
    classify: (thrown: unknown) => CallClassification,
  ): Promise<T | NeutralResult> {
    const { policy } = this;
    const isTrial = policy.state === CircuitState.HalfOpen;
    const answered = <R>(result: R): R => {
      if (isTrial && policy !== this.policy && this.policy.state !== CircuitState.Closed) this.reset();
      return result;
    };
    try {
      return answered(await work());
    } catch (thrown) {
      const classification = classify(thrown);
      if (classification === 'failure') throw thrown;
      if (classification === 'answered') return answered(new NeutralResult(thrown));
      // Before cockatiel, which has only success and failure, counts the trial as a success.
      if (isTrial && policy === this.policy) this.restore(true);
      throw new IgnoredError(thrown);
    }
  }

  private refusal(): CircuitOpenError {
    return CircuitOpenError.of(this.target, this.pauseLeft);
  }

  /** Milliseconds until the next trial. */
  private get pauseLeft(): number {
    return Math.max(0, this.pausedAt + this.settings.halfOpenAfter - Date.now());
  }

  /** Replaces the breaker by a new one in the same state; a running trial is ignored unless it succeeds. */
  private restore(keepCount: boolean): void {
    this.listener.dispose();
    if (this.policy.state === CircuitState.HalfOpen) this.pausedAt = 0;
    const { ownState, breakerState } = this.policy.toJSON() as { ownState: unknown; breakerState: unknown };
    [this.policy, this.listener] = this.make({
      ownState,
      breakerState: keepCount ? breakerState : undefined,
    });
  }

  private make(state?: { ownState: unknown; breakerState: unknown }): [CircuitBreakerPolicy, IDisposable] {
    const breaker = new RecentSamples(this.settings);
    const { halfOpenAfter } = this.settings;
    const initialState = state && { ...state, breakerState: state.breakerState ?? breaker.state };
    const policy = circuitBreaker(counted, { halfOpenAfter, breaker, initialState });
    return [policy, policy.onStateChange(() => this.note())];
  }

  private note(): void {
    if (this.policy.state !== CircuitState.Closed) this.pausedAt = Date.now();
    this.changed(this.condition);
  }
}
