import type { Destination } from '@app/contracts';

/** @publicApi */
export interface OutboxEvent {
  /** What happened: `<slices>.<event>.v1`. */
  type: string;
  /** Any JSON value. */
  payload: unknown;
  /** Where it goes: a queue, or an exchange for whoever listens to it. */
  queue: Destination;
  /**
   * Events of one key for one queue are published in the order in which they were added, by whatever transactions.
   * So `add` waits while another transaction that added an event of this key and queue is open. An event that cannot
   * be published holds back those behind it.
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
   * @returns the id under which it will be published
   * @throws NoTransactionError outside a transaction
   * @throws MessageTooLargeError when its payload is beyond `messaging.max_message_size`
   * @throws TransactionConflictError when two transactions that added events of the same keys in different orders wait
   *   for each other (retryable); `addAll` avoids it
   */
  abstract add(event: OutboxEvent): Promise<{ messageId: string }>;

  /**
   * Writes several events as `add` does, in their order. It waits for all their keys at once and in a fixed order, so
   * that transactions which add all their events in one call never wait for each other crosswise.
   *
   * @returns the ids in the order of the events
   * @throws NoTransactionError outside a transaction
   * @throws MessageTooLargeError when a payload is beyond `messaging.max_message_size`
   */
  abstract addAll(events: readonly OutboxEvent[]): Promise<{ messageId: string }[]>;
}
