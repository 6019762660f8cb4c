import type { Lock } from '../locks.js';

export interface CampaignOptions {
  /** How long a crashed leader keeps the leadership, in milliseconds. @default 10000 */
  ttl?: number;
  /**
   * Milliseconds between two attempts to take the lock. Set it for background work that may pause when its leader
   * crashes: candidates then send fewer queries to the database.
   * @default waits for the lock like `Locks.acquire`
   */
  pollInterval?: number;
}

/**
 * The work of a leader. `signal` is aborted when the leadership is lost or the app stops. When the promise settles, the
 * leader gives up the leadership.
 *
 * @param leadership the lock of the leader, with its fence
 */
export type LeaderWork = (signal: AbortSignal, leadership: Lock) => Promise<void>;

/** @publicApi */
export interface Candidacy {
  readonly leading: boolean;
  /** Stops the candidacy. Resolves once the work has ended. */
  withdraw(): Promise<void>;
}

/**
 * Leader election: one of many processes runs some work. When that process stops or fails, another one takes over.
 *
 * @publicApi
 */
export abstract class LeaderElection {
  /**
   * Takes part in the election for a name until it is withdrawn or the app stops. When this process is elected, it runs
   * `work`. When `work` ends or fails, the process is a candidate again. Two processes may lead for a moment; then the
   * fence of the older leader is rejected.
   */
  abstract campaign(name: string, options: CampaignOptions, work: LeaderWork): Candidacy;
}
