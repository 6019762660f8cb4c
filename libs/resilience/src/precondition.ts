import type { WaitLimits } from './call.js';

/**
 * A condition that each attempt needs before it begins, such as a connection.
 *
 * @publicApi
 */
export interface Precondition {
  /**
   * Resolves when the condition is met; undefined when it is met already, or when waiting is useless. The wait counts
   * for the bulkhead and the call's time, but not for the attempt's. A rejection ends the attempt.
   */
  ready(limits: WaitLimits): Promise<void> | undefined;
  /** Whether an attempt failed because of this condition, before it reached the target; then the call waits again. */
  isUnmet(thrown: unknown): boolean;
}
