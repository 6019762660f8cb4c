import { type EventDefinition, goesToExchange, type QueueDefinition } from '@app/contracts';
import { contractSchema } from './contract-schema.js';
import type { StandardSchema } from './standard-schema.js';

/**
 * Returns the queue and the schema for a handler of events.
 *
 * @param events events with the same queue or exchange, and the same proto message
 * @param queue for events of an exchange: the queue of this handler, defined `from` that exchange
 * @throws Error at the start of the app, when the declarations contradict each other
 */
export function receiveBy(
  events: readonly EventDefinition<never>[],
  queue: QueueDefinition | undefined,
): { queue: QueueDefinition; schema?: StandardSchema } {
  const [first, ...others] = events;
  if (!first) throw new Error('@Consume has an empty list of events. Name at least one.');
  for (const { type, queue: to, contract } of others) {
    if (to === first.queue && contract === first.contract) continue;
    throw new Error(
      `${type} and ${first.type} differ in their queue or in their message. Write a handler for each.`,
    );
  }
  const { contract } = first;
  return {
    queue: queueOf(first, queue),
    ...(contract && { schema: contractSchema(contract.codec, contract.validate) }),
  };
}

function queueOf(event: EventDefinition<never>, queue: QueueDefinition | undefined): QueueDefinition {
  if (queue?.from && queue.from === event.queue) return queue;
  if (goesToExchange(event)) {
    const { name } = event.queue;
    throw new Error(
      `${event.type} goes to the exchange ${name}. Name a queue that is defined from it: @Consume({ event, queue }).`,
    );
  }
  const own = event.queue as QueueDefinition;
  if (queue && queue !== own)
    throw new Error(
      `${event.type} goes to the queue ${own.name}, not to ${queue.name}. Leave out the queue.`,
    );
  return own;
}
