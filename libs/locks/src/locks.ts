import type { Fence } from './fencing.js';

export interface LockOptions {
  /** How long the lock outlives a holder that died, in milliseconds. @default 10000 */
  ttl?: number;
  /** How long to wait while others hold it, in milliseconds; no longer than the context's deadline. @default 5000 */
  wait?: number;
  /** How many of this process may wait for the name at once. @default 256 */
  maxWaiters?: number;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/** @publicApi */
export interface Lock {
  readonly name: string;
  /** Aborted with a `LeaseLostError` when the lock is lost, by this process's own monotonic clock too. Stop then. */
  readonly signal: AbortSignal;
  /** To check in the transaction of an effect, see `Fencing`: it refuses the writes of earlier holders. */
  readonly fence: Fence;
  /** Extends it by its time to live, beside what happens by itself. @throws LeaseLostError */
  renew(): Promise<void>;
  /** Never throws: what cannot be released runs out. */
  release(): Promise<void>;
}

/**
 * One holder of a name at a time, among all processes.
 *
 * @publicApi
 */
export abstract class Locks {
  /**
   * Waits for the lock and keeps it until it is released or lost. Those that wait in one process come in their order.
   *
   * @throws LockBusyError when others held it for the whole wait
   * @throws LockQueueFullError when too many wait already
   * @throws CancelledError when `signal` or the caller's is aborted
   * @throws PostgresUnavailableError
   */
  abstract acquire(name: string, options?: LockOptions): Promise<Lock>;

  /** Runs `work` while the lock is held, and returns what it returns. @throws as {@link acquire} */
  abstract withLock<T>(name: string, options: LockOptions, work: (lock: Lock) => Promise<T>): Promise<T>;
}
