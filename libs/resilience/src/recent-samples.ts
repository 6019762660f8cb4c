import { type CircuitState, SamplingBreaker } from 'cockatiel';
import type { BreakerSettings } from './resilience.config.js';

/**
 * Cockatiel's sampling breaker with our settings. Cockatiel drops old samples one slice per call, so after a pause
 * without calls, old failures would still count. Here such a pause empties the window.
 */
export class RecentSamples extends SamplingBreaker {
  private readonly empty = this.state;
  private readonly window: number;
  private latest = Date.now();

  constructor({ failureRatio, window, minimumCalls }: BreakerSettings) {
    // Half a call less than the minimum, because the comparison uses floating-point numbers.
    super({
      threshold: failureRatio,
      duration: window,
      minimumRps: ((minimumCalls - 0.5) * 1000) / window,
    });
    this.window = window;
  }

  override success(state: CircuitState): void {
    this.forgetOld();
    super.success(state);
  }

  override failure(state: CircuitState): boolean {
    this.forgetOld();
    return super.failure(state);
  }

  private forgetOld(): void {
    const now = Date.now();
    if (now - this.latest > this.window) this.state = this.empty;
    this.latest = now;
  }
}
