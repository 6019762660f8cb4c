/**
 * Remembers for a while which messages the broker has accepted, until the worker has them. It is for gateways of the
 * release before, and for their messages: the ids of this release say it themselves (`acceptedAt`).
 */
export abstract class AcceptedMessages {
  /**
   * Best effort: the message is accepted whether or not it can be noted, so this never fails.
   *
   * @param delayMs how long it waits before it goes to its queue, in milliseconds
   */
  abstract note(messageId: string, delayMs: number): Promise<void>;

  /**
   * When a message was accepted; undefined when nobody knows of it any more.
   *
   * @throws RedisUnavailableError when it cannot be looked up
   */
  abstract since(messageId: string): Promise<Date | undefined>;
}
