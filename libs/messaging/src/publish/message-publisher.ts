import type { Destination } from '@app/contracts';

/** @publicApi */
export interface OutgoingMessage {
  /** What it is: `<slices>.<event>.v1`. */
  type: string;
  /** Any JSON value. */
  payload: unknown;
  /** A UUID; the same id has one effect. @default a new UUIDv7 */
  messageId?: string;
  /** What it belongs to. @default the request id of the context */
  correlationId?: string;
  /**
   * Milliseconds from now until it is published to its queue. Counted by the clock of the database from the moment at
   * which the worker has stored it, so that no other clock matters. Where it waits for the worker for longer than a
   * minute, it is due a minute after the time that the clock of the sender says. @default 0
   */
  delayMs?: number;
}

/** @publicApi */
export interface PublishOptions {
  /** Gives the publish up; the message may have been accepted nevertheless. */
  signal?: AbortSignal;
}

/**
 * Hands messages to the broker.
 *
 * @publicApi
 */
export abstract class MessagePublisher {
  /**
   * Resolves once the broker has confirmed the message: from then on it is not lost. Waits through a reconnect
   * as long as the deadline and `rabbitmq.confirm_timeout` allow. Goes through the policy `rabbitmq`.
   *
   * @throws CircuitOpenError at once, while too many publishes were not confirmed (retryable)
   * @throws QueueNotFoundError when there is no such queue, or nobody listens to the exchange (final)
   * @throws MessageTooLargeError when the payload is beyond `messaging.max_message_size` (final)
   * @throws PublishRefusedError when the broker refused it (retryable)
   * @throws PublishUnconfirmedError when no confirm came in time (retryable). With `outcome: 'unknown'` the message may
   *   be accepted, and its id stands in `details.message_id`: publish it again under that id, which has one effect
   */
  abstract publish(
    queue: Destination,
    message: OutgoingMessage,
    options?: PublishOptions,
  ): Promise<{ messageId: string }>;
}
