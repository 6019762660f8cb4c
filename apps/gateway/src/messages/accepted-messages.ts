/**
 * Stores for a while which messages the broker has accepted, until the worker has them. Only gateways of the previous
 * release and their messages need it: ids of this release contain the time of acceptance (`acceptedAt`).
 */
export abstract class AcceptedMessages {
  /**
   * Stores that a message was accepted. Best effort: a failure does not affect the message, so this never rejects.
   *
   * @param delayMs the delay before the message goes to its queue, in milliseconds
   */
  abstract note(messageId: string, delayMs: number): Promise<void>;

  /**
   * The time at which a message was accepted; undefined when there is no entry.
   *
   * @throws RedisUnavailableError
   */
  abstract since(messageId: string): Promise<Date | undefined>;
}
