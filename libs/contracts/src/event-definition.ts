import type { ExchangeDefinition } from './exchange-definition.js';
import type { MessageContract } from './message-contract.js';
import type { Destination } from './queue-definition.js';

/** The name of an event's type: `<slices>.<event>.v<version>`. */
export type EventType = `${string}.${string}.v${number}`;

/** @publicApi */
export interface EventOptions<Valid> {
  /** Events of one key are published in the order in which they were added. @default no order */
  keyOf?: (message: Valid) => string;
}

/** An event that is ready for `EventOutbox.add` or `MessagePublisher.publish`. */
export interface EventToSend<To extends Destination = Destination> {
  type: EventType;
  queue: To;
  payload: unknown;
  aggregateKey?: string;
}

/** The definition of an event, shared by its producer and its consumers. @publicApi */
export interface EventDefinition<Valid = unknown, To extends Destination = Destination> {
  readonly type: EventType;
  /** The shape of the payload; undefined for one that may be any JSON. */
  readonly contract: MessageContract | undefined;
  /** Where it goes: a queue, or an exchange for every queue that is defined `from` it. */
  readonly queue: To;
  /** The event about `message`, with the payload in the form that the consumer reads. */
  of(message: Valid): EventToSend<To>;
}

/**
 * Declares an event: its type, the message that it carries, and where it goes.
 *
 *     export const orderPlacedEvent = defineEvent('orders.placed.v1', OrderPlacedContract, orderEvents);
 *     await outbox.add(orderPlacedEvent.of({ orderId, placedAt })); // the producer
 *     @Consume({ event: orderPlacedEvent })                         // the consumer
 *
 * @param contract `undefined` for a payload that may be any JSON and is kept exactly as it is
 */
export function defineEvent<Message, Valid extends Message, To extends Destination>(
  type: EventType,
  contract: MessageContract<Message, Valid> | undefined,
  queue: To,
  { keyOf }: EventOptions<Valid> = {},
): EventDefinition<Valid, To> {
  return {
    type,
    // The consumer reads any JSON and receives only messages that the contract accepts.
    contract: contract as MessageContract | undefined,
    queue,
    of: (message) => ({
      type,
      queue,
      payload: contract ? contract.codec.toJSON(message) : message,
      ...(keyOf && { aggregateKey: keyOf(message) }),
    }),
  };
}

/** Whether an event goes to an exchange, so that a consumer must say by which queue it receives it. */
export function goesToExchange(
  event: EventDefinition<never>,
): event is EventDefinition<never, ExchangeDefinition> {
  return 'exchange' in event.queue;
}
