import type { Lock } from './locks.js';

/** What a driver is asked for, with nothing left open. */
export interface LockRequest {
  readonly name: string;
  readonly ttl: number;
  /** Milliseconds. */
  readonly wait: number;
  /** Ends the wait. */
  readonly signal: AbortSignal | undefined;
}

/** One driver of locks. */
export interface LockBackend {
  /** Undefined when others held it for the whole wait. @throws the signal's reason */
  acquire(request: LockRequest): Promise<Lock | undefined>;
}

/** Where the driver on Redis is found, in apps that have it. */
export const REDIS_LOCKS = Symbol('locks on redis');
/** Where the driver on PostgreSQL is found, in apps that have it. */
export const POSTGRES_LOCKS = Symbol('locks on postgres');
