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

/** An error that says nothing about the target, on its way past cockatiel's count. */
class IgnoredError extends Error {
  constructor(readonly error: unknown) {
    super('ended without saying anything about the target');
  }
}

/** An error with which the target answered: for the count a success. */
class NeutralResult {
  constructor(readonly error: unknown) {}
}

const counted = handleWhen((thrown) => !(thrown instanceof IgnoredError));

/**
 * The circuit breaker of one target: cockatiel's, with three differences. While a trial is under way the other
 * calls are refused at once instead of waiting for its end, which may be later than their deadlines. A trial that
 * takes longer than the pause does not keep them out: the next call is another one, and the first that succeeds
 * closes the circuit. And a trial that ended without saying anything about the target neither closes nor opens
 * the circuit: the next call is the trial.
 */
export class Circuit {
  private policy: CircuitBreakerPolicy;
  private listener: IDisposable;
  /** When it was opened or its trial began; 0 when the next call is the trial. By `Date.now()`, as cockatiel's. */
  private pausedAt = 0;

  constructor(
    private readonly target: string,
    private settings: BreakerSettings,
    private readonly changed: (condition: CircuitCondition) => void,
  ) {
    [this.policy, this.listener] = this.make();
  }

  /** Half-open: the next call is the trial, or it is under way. So an open circuit is one that refuses calls. */
  get condition(): CircuitCondition {
    if (this.policy.state === CircuitState.Closed) return 'closed';
    return this.policy.state === CircuitState.Open && this.pauseLeft > 0 ? 'open' : 'half_open';
  }

  /** Closes it, and forgets what was counted; a trial that is under way is forgotten too. */
  reset(): void {
    const { condition } = this;
    this.listener.dispose();
    [this.policy, this.listener] = this.make();
    if (condition !== 'closed') this.changed('closed');
  }

  /**
   * Other thresholds from now on. An open circuit stays open, unless the breaker is switched off or on; the count goes
   * on unless its window changed.
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
      // Captured before cockatiel, which knows success and failure alone, takes the trial for a success.
      if (isTrial && policy === this.policy) this.restore(true);
      throw new IgnoredError(thrown);
    }
  }

  private refusal(): CircuitOpenError {
    return CircuitOpenError.of(this.target, this.pauseLeft);
  }

  /** Milliseconds until it lets the next trial through. */
  private get pauseLeft(): number {
    return Math.max(0, this.pausedAt + this.settings.halfOpenAfter - Date.now());
  }

  /** Goes on as a new breaker in the old one's state; a trial that is under way is forgotten unless it succeeds. */
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
