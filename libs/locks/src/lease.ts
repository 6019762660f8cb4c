/**
 * The right to do something alone, for a while. It is renewed by itself every third of its time to live until
 * it is released.
 *
 * @publicApi
 */
export interface Lease {
  readonly name: string;
  /** The fencing number: greater for each new holder of the name, for ever. */
  readonly fence: number;
  /**
   * Aborted with a `LeaseLostError` when the lease is lost: taken over, or not renewed within its time to live
   * by this process's own monotonic clock. Stop then.
   */
  readonly signal: AbortSignal;
  /** Extends the lease by its time to live, beside what happens by itself. @throws LeaseLostError */
  renew(): Promise<void>;
  /** Gives the lease up; others may take it at once. Never throws: what cannot be released runs out. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  /** How long the lease outlives a holder that died, in milliseconds. */
  ttl: number;
}

/** @publicApi */
export abstract class Leases {
  /**
   * Takes the lease; undefined when another holds it.
   *
   * @throws PostgresUnavailableError when the database is unavailable
   */
  abstract acquire(name: string, options: LeaseOptions): Promise<Lease | undefined>;

  /**
   * Milliseconds until the lease ends if its holder does not renew it, by the clock of the database: negative when the
   * holder let it expire, undefined when it was released or never held.
   *
   * @throws PostgresUnavailableError when the database is unavailable
   */
  abstract expiresIn(name: string): Promise<number | undefined>;
}
