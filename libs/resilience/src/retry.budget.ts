import type { RetrySettings } from './resilience.config.js';

const SLICES = 10;

/**
 * Limits retries to a share of the calls in a sliding window. When everything fails, retries must not multiply the
 * load of a target that may be failing because of it.
 *
 * @see https://sre.google/sre-book/handling-overload/ (per-client retry budget)
 */
export class RetryBudget {
  private readonly calls = new Float64Array(SLICES);
  private readonly retries = new Float64Array(SLICES);
  private slice = 0;
  private sliceEnds = 0;

  constructor(private settings: RetrySettings) {}

  /** Sets another share; the counts are kept. */
  configure(settings: RetrySettings): void {
    this.settings = settings;
  }

  /** Records a call, at `now` of the monotonic clock. */
  note(now: number): void {
    if (now >= this.sliceEnds) this.advance(now);
    this.calls[this.slice] = (this.calls[this.slice] ?? 0) + 1;
  }

  /** Takes one retry out of the budget; false when there is none left. */
  take(now: number): boolean {
    if (now >= this.sliceEnds) this.advance(now);
    const { budget, budgetReserve } = this.settings;
    if (sum(this.retries) + 1 > Math.max(budgetReserve, budget * sum(this.calls))) return false;
    this.retries[this.slice] = (this.retries[this.slice] ?? 0) + 1;
    return true;
  }

  private advance(now: number): void {
    const length = this.settings.budgetWindow / SLICES;
    const passed = this.sliceEnds === 0 ? SLICES : Math.floor((now - this.sliceEnds) / length) + 1;
    for (let step = 0; step < Math.min(passed, SLICES); step++) {
      this.slice = (this.slice + 1) % SLICES;
      this.calls[this.slice] = 0;
      this.retries[this.slice] = 0;
    }
    this.sliceEnds = this.sliceEnds === 0 ? now + length : this.sliceEnds + passed * length;
  }
}

function sum(slices: Float64Array): number {
  return slices.reduce((total, count) => total + count, 0);
}
