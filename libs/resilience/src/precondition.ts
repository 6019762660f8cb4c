import type { WaitLimits } from './call.js';

/**
 * What each attempt needs before it begins, such as a connection.
 *
 * @publicApi
 */
export interface Precondition {
  /**
   * Resolves when nothing is missing any more; undefined when nothing is, or when it is not worth a wait. The wait
   * takes a place in the bulkhead and the call's time, but not the attempt's. A rejection ends the attempt.
   */
  ready(limits: WaitLimits): Promise<void> | undefined;
  /** Whether this is why an attempt failed, before it reached the target: then the call waits again. */
  isUnmet(thrown: unknown): boolean;
}
