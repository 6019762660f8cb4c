/**
 * An exclusive right for a limited time. It renews itself every third of its time to live, until it is released.
 *
 * @publicApi
 */
export interface Lease {
  readonly name: string;
  /** The fencing token: each new holder of the name has a greater number. */
  readonly fence: number;
  /**
   * Aborted with a `LeaseLostError` when another holder has taken the lease, or when it was not renewed within its time
   * to live by this process's monotonic clock. Stop the work then.
   */
  readonly signal: AbortSignal;
  /** Extends the lease by its time to live, in addition to automatic renewal. @throws LeaseLostError */
  renew(): Promise<void>;
  /** Releases the lease; others may take it at once. Never throws: if releasing fails, the lease expires. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  /** How long the lease lasts after its holder crashed, in milliseconds. */
  ttl: number;
}

/** @publicApi */
export abstract class Leases {
  /**
   * Takes the lease. Returns undefined when another holder has it.
   *
   * @throws PostgresUnavailableError when the database is unavailable
   */
  abstract acquire(name: string, options: LeaseOptions): Promise<Lease | undefined>;

  /**
   * Milliseconds until the lease expires, by the database's clock. Negative when it has expired; undefined when it was
   * released or never held.
   *
   * @throws PostgresUnavailableError when the database is unavailable
   */
  abstract expiresIn(name: string): Promise<number | undefined>;
}
