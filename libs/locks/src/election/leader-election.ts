import type { Lock } from '../locks.js';

export interface CampaignOptions {
  /** How long a leader that died is still taken for one, in milliseconds. @default 10000 */
  ttl?: number;
  /**
   * Milliseconds between two looks at whether the lock is free. For housekeeping that may pause for a moment when its leader
   * is gone; it spares the server the questions of those that wait.
   * @default waits for the lock, as its driver does it
   */
  lookEvery?: number;
}

/**
 * What a leader does while it leads. `signal` is aborted when the leadership is lost or the app stops; when the promise
 * settles, the leadership is given up.
 *
 * @param leadership the lock behind it, with its fence
 */
export type LeaderWork = (signal: AbortSignal, leadership: Lock) => Promise<void>;

/** @publicApi */
export interface Candidacy {
  readonly leading: boolean;
  /** Gives up, once the work has ended; resolves then. */
  withdraw(): Promise<void>;
}

/**
 * One of many processes does something as long as it lives; when it does not any more, another one does.
 *
 * @publicApi
 */
export abstract class LeaderElection {
  /**
   * Stands for a name until it is withdrawn or the app stops: whenever this process is elected it runs `work`, and when
   * that ends, or fails, it stands again. Two may lead for a moment; the fence of the older one is refused.
   */
  abstract stand(name: string, options: CampaignOptions, work: LeaderWork): Candidacy;
}
