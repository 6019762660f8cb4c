/** Called with each message, one after another. Its errors are logged. */
export type MessageHandler = (message: string) => Promise<void> | void;

export interface SubscribeOptions {
  /** Largest number of messages that wait for the handler; beyond it the oldest are dropped. @default 1000 */
  maxWaiting?: number;
  /** Messages may have been missed: the connection was lost, or some were dropped. Read the current state then. */
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
 * Notifies other processes that listen at this moment, at most once each. Use it for hints; for messages that must
 * arrive use `@app/messaging`. Messages arrive in the order of publication, except on a cluster, where any node
 * accepts them.
 *
 * @publicApi
 */
export abstract class PubSub {
  /** @throws RedisUnavailableError */
  abstract publish(channel: string, message: string): Promise<void>;

  /**
   * Resolves when the subscription is active. It lasts until it is closed, even if the connection is lost meanwhile.
   *
   * @throws RedisUnavailableError when that takes longer than the command time-out; then there is no subscription
   */
  abstract subscribe(
    channel: string,
    handler: MessageHandler,
    options?: SubscribeOptions,
  ): Promise<Subscription>;
}
