/** Called with each message, one after another. What it throws is logged. */
export type MessageHandler = (message: string) => Promise<void> | void;

export interface SubscribeOptions {
  /** How many messages may wait for the handler; the oldest are dropped beyond that. @default 1000 */
  maxWaiting?: number;
  /** Messages may have been missed: the connection was unavailable, or some were dropped. Look for yourself then. */
  onGap?: () => void;
}

/** @publicApi */
export interface Subscription {
  /** Whether messages arrive at the moment. */
  readonly established: boolean;
  /** No message is handled after it resolves. */
  close(): Promise<void>;
}

/**
 * Tells other processes at once, those that listen, at most once each: a hint, for what must arrive use
 * `@app/messaging`. They come in the order in which they were published, but not on a cluster, where any node takes them.
 *
 * @publicApi
 */
export abstract class PubSub {
  /** @throws RedisUnavailableError */
  abstract publish(channel: string, message: string): Promise<void>;

  /**
   * Resolves when messages arrive from now on; the subscription stays until it is closed, also over lost connections.
   *
   * @throws RedisUnavailableError when that takes longer than a command may; nothing is left then
   */
  abstract subscribe(
    channel: string,
    handler: MessageHandler,
    options?: SubscribeOptions,
  ): Promise<Subscription>;
}
