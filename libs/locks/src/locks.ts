import type { Fence } from './fencing.js';

/**
 * Where a lock is kept, and so what it is good for. `redis` is for efficiency: fast and fair, but when Redis loses its
 * data or fails over there may be two holders. `postgres` is for correctness: slower, and each holder has a fence that
 * refuses the writes of those before it.
 */
export type LockDriver = 'redis' | 'postgres';

export interface LockOptions {
  /** @default the first driver of the app */
  driver?: LockDriver;
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
  /** To check in the transaction of an effect, see `Fencing`; undefined where the driver has none. */
  readonly fence: Fence | undefined;
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
   * Waits for the lock, in the order of coming, and keeps it until it is released or lost.
   *
   * @throws LockBusyError when others held it for the whole wait
   * @throws LockQueueFullError when too many wait already
   * @throws CancelledError when `signal` or the caller's is aborted
   * @throws RedisUnavailableError, PostgresUnavailableError
   */
  abstract acquire(name: string, options?: LockOptions): Promise<Lock>;

  /** Runs `work` while the lock is held, and returns what it returns. @throws as {@link acquire} */
  abstract withLock<T>(name: string, options: LockOptions, work: (lock: Lock) => Promise<T>): Promise<T>;
}
