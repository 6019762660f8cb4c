/** What a listener may want to know beside the notifications themselves. */
export interface ListenOptions {
  /**
   * Called each time the subscription stands, the first time too. What was sent while it did not stand is lost:
   * look for it here.
   */
  onListening?: () => void;
}

/** A subscription, until it is closed. */
export interface Subscription {
  /** Nothing is delivered any more once it resolves. */
  close(): Promise<void>;
}

/**
 * Hears what other sessions NOTIFY. A hint that something is to be done, never the only one: a notification
 * that is sent while the database or the connection is unavailable is lost.
 *
 * @publicApi
 * @see https://www.postgresql.org/docs/current/sql-notify.html
 */
export abstract class Notifications {
  /**
   * Calls `listener` with the payload of each notification on `channel`. Does not wait for the database: the
   * subscription is made when it is there, and made again after every loss.
   */
  abstract listen(
    channel: string,
    listener: (payload: string) => void,
    options?: ListenOptions,
  ): Subscription;
}
