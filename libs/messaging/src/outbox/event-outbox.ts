import type { Destination } from '@app/contracts';

/** @publicApi */
export interface OutboxEvent {
  /** What happened: `<slices>.<event>.v1`. */
  type: string;
  /** Any JSON value. */
  payload: unknown;
  /** The destination: a queue, or an exchange with any number of queues. */
  queue: Destination;
  /**
   * Events with the same key and queue are published in the order in which they were added, across transactions. So
   * `add` waits while another transaction is open that added an event of this key and queue. An event that cannot be
   * published holds back the events behind it.
   * @default no order
   */
  aggregateKey?: string;
}

/**
 * Events that are published if and only if the transaction that adds them commits.
 *
 *     @Transactional()
 *     async place(order: Order): Promise<void> {
 *       await this.store.insert(order);
 *       await this.outbox.add(orderPlacedEvent.of({ orderId: order.id, placedAt: order.placedAt }));
 *     }
 *
 * @publicApi
 */
export abstract class EventOutbox {
  /**
   * Writes an event into the open transaction; the worker's relay publishes it after the commit.
   *
   * @returns the message id of the event
   * @throws NoTransactionError outside a transaction
   * @throws MessageTooLargeError when its payload is beyond `messaging.max_message_size`
   * @throws TransactionConflictError when two transactions added events of the same keys in different orders and
   *   deadlock (retryable); `addAll` avoids it
   */
  abstract add(event: OutboxEvent): Promise<{ messageId: string }>;

  /**
   * Writes several events as `add` does, in their order. It locks all their keys first, in a fixed order, so that
   * transactions which add all their events in one call cannot deadlock.
   *
   * @returns the ids in the order of the events
   * @throws NoTransactionError outside a transaction
   * @throws MessageTooLargeError when a payload is beyond `messaging.max_message_size`
   */
  abstract addAll(events: readonly OutboxEvent[]): Promise<{ messageId: string }[]>;
}
