import type { Fence } from './fencing.js';

export interface LockOptions {
  /** How long the lock lasts after its holder crashed, in milliseconds. @default 10000 */
  ttl?: number;
  /** How long to wait while others hold it, in milliseconds; at most until the context's deadline. @default 5000 */
  wait?: number;
  /** How many callers of this process may wait for the name at once. @default 256 */
  maxWaiters?: number;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/** @publicApi */
export interface Lock {
  readonly name: string;
  /** Aborted with a `LeaseLostError` when the lock is lost, also by this process's monotonic clock. Stop then. */
  readonly signal: AbortSignal;
  /** The fencing token. Check it in the transaction of an effect with `Fencing`, which rejects earlier holders. */
  readonly fence: Fence;
  /** Extends it by its time to live, in addition to automatic renewal. @throws LeaseLostError */
  renew(): Promise<void>;
  /** Releases the lock. Never throws: if releasing fails, the lock expires. */
  release(): Promise<void>;
}

/**
 * Mutual exclusion across processes: a name has one holder at a time.
 *
 * @publicApi
 */
export abstract class Locks {
  /**
   * Waits for the lock and keeps it until it is released or lost. Waiters of one process acquire it in their order.
   *
   * @throws LockBusyError when others held it for the whole wait
   * @throws LockQueueFullError when too many wait already
   * @throws CancelledError when `signal` or the caller's is aborted
   * @throws PostgresUnavailableError
   */
  abstract acquire(name: string, options?: LockOptions): Promise<Lock>;

  /** Runs `work` while the lock is held, and returns its result. @throws as {@link acquire} */
  abstract withLock<T>(name: string, options: LockOptions, work: (lock: Lock) => Promise<T>): Promise<T>;
}
