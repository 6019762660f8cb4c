/** Callbacks of a listener in addition to the notifications. */
export interface ListenOptions {
  /**
   * Called each time the subscription is established, including the first time. Notifications that were sent
   * before, or while it was lost, are missing: look for the work here.
   */
  onListening?: () => void;
}

/** A subscription; it ends with `close`. */
export interface Subscription {
  /** No notification is delivered after it resolves. */
  close(): Promise<void>;
}

/**
 * Receives what other sessions NOTIFY. Use a notification as a hint that there is work, never as the only sign of
 * it: one that is sent while the database or the connection is unavailable is lost.
 *
 * @publicApi
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export abstract class Notifications {
  /**
   * Calls `listener` with the payload of each notification on `channel`. Does not wait for the database: the
   * subscription is made when the database is available, and again after every loss.
   */
  abstract listen(
    channel: string,
    listener: (payload: string) => void,
    options?: ListenOptions,
  ): Subscription;
}
