/** Limits for a body that arrives slowly. */
export interface PaceLimits {
  /** Time for the whole body, in milliseconds; undefined when only the rate is limited. */
  timeout: number | undefined;
  /** Minimum rate, in bytes a second. */
  minRate: number;
  /** Time over which the rate is measured, in milliseconds. */
  window: number;
}

/**
 * Measures how fast one body arrives, in one window after the other. An average over the whole body would let a
 * client that began fast send a byte a minute for the rest of the hour.
 */
export class BodyPace {
  private spent = 0;
  private spentInWindow = 0;

  /** @param windowStart bytes that had arrived before the body */
  constructor(private windowStart: number) {}

  /**
   * Counts the time in which the server waited for the client. Call it for no other time.
   *
   * @param elapsed in milliseconds
   * @param arrived bytes that have arrived by now
   * @returns whether the body is too slow
   */
  isSlow(elapsed: number, arrived: number, { timeout, minRate, window }: PaceLimits): boolean {
    this.spent += elapsed;
    this.spentInWindow += elapsed;
    if (timeout !== undefined && this.spent >= timeout) return true;
    if (this.spentInWindow < window) return false;
    if (arrived - this.windowStart < (minRate * this.spentInWindow) / 1000) return true;
    this.spentInWindow = 0;
    this.windowStart = arrived;
    return false;
  }
}
