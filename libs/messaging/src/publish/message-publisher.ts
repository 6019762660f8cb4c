import type { Destination } from '@app/contracts';

/** @publicApi */
export interface OutgoingMessage {
  /** The type: `<slices>.<event>.v1`. */
  type: string;
  /** Any JSON value. */
  payload: unknown;
  /** A UUID; the same id has one effect. @default a new UUIDv7 */
  messageId?: string;
  /** Groups related messages. @default the request id of the context */
  correlationId?: string;
  /**
   * Milliseconds until it is published to its queue. They are counted by the database's clock from the time when the
   * worker stores it, so the sender's clock does not matter. If it waits for the worker for longer than a minute, it is
   * due one minute after the due time by the sender's clock. @default 0
   */
  delayMs?: number;
}

/** @publicApi */
export interface PublishOptions {
  /** Cancels the publish. The broker may have accepted the message nevertheless. */
  signal?: AbortSignal;
}

/**
 * Publishes messages to the broker.
 *
 * @publicApi
 */
export abstract class MessagePublisher {
  /**
   * Resolves once the broker has confirmed the message: from then on it is not lost. Waits for a reconnect as long as
   * the deadline and `rabbitmq.confirm_timeout` allow. Uses the resilience policy `rabbitmq`.
   *
   * @throws CircuitOpenError at once, while too many publishes were not confirmed (retryable)
   * @throws QueueNotFoundError when the queue does not exist, or no queue is bound to the exchange (final)
   * @throws MessageTooLargeError when the payload is beyond `messaging.max_message_size` (final)
   * @throws PublishRefusedError when the broker rejected it (retryable)
   * @throws PublishUnconfirmedError when no confirm came in time (retryable). With `outcome: 'unknown'` the broker may
   *   have accepted the message. Publish it again under the id in `details.message_id`, which has one effect
   */
  abstract publish(
    queue: Destination,
    message: OutgoingMessage,
    options?: PublishOptions,
  ): Promise<{ messageId: string }>;
}
