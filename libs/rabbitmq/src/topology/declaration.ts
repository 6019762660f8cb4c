import type { ExchangeDefinition, QueueDefinition } from '@app/contracts';
import type { Channel } from 'amqplib';
import { TopologyConflictError } from '../rabbitmq.errors.js';
import { brokerQueuesOf } from './queue-arguments.js';

const PRECONDITION_FAILED = 406;

/**
 * Declares a queue with its retry queues, quarantine and dead-letter queue, and the exchange that it is bound to.
 * Existing queues stay as they are.
 *
 * @throws TopologyConflictError when the broker has one of them with other arguments
 */
export async function declareQueue(channel: Channel, queue: QueueDefinition): Promise<void> {
  const { name, from } = queue;
  const exchange = from ? declareExchange(channel, from) : Promise.resolve();
  // In parallel: the channel sends them in order, without a round trip for each.
  const queues = brokerQueuesOf(queue).map((each) =>
    unlessConflicting('queue', each.name, () =>
      channel.assertQueue(each.name, { durable: true, arguments: each.arguments }),
    ),
  );
  await Promise.all([exchange, ...queues]);
  // Every queue that is bound to an exchange receives its own copy of each event.
  if (from) await channel.bindQueue(name, from.name, '');
}

/** @throws TopologyConflictError when the broker has an exchange of this name and another type */
export async function declareExchange(channel: Channel, { name }: ExchangeDefinition): Promise<void> {
  await unlessConflicting('exchange', name, () => channel.assertExchange(name, 'fanout', { durable: true }));
}

async function unlessConflicting(
  kind: 'queue' | 'exchange',
  name: string,
  declare: () => PromiseLike<unknown>,
): Promise<void> {
  try {
    await declare();
  } catch (error) {
    const conflict =
      error instanceof Error && (error as Error & { code?: number }).code === PRECONDITION_FAILED;
    throw conflict ? TopologyConflictError.of(kind, name, error) : error;
  }
}
