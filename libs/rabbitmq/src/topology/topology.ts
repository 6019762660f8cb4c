import type { Destination, ExchangeDefinition, QueueDefinition } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { ChannelModel } from 'amqplib';
import { TopologyConflictError } from '../rabbitmq.errors.js';
import { type BrokerQueue, brokerQueuesOf } from './queue-arguments.js';

const PRECONDITION_FAILED = 406;

/** The queues and exchanges that this app publishes to or consumes from, as the broker is to have them. */
@Injectable()
export class Topology {
  private readonly definitions = new Map<string, QueueDefinition>();
  private readonly exchanges = new Map<string, ExchangeDefinition>();
  private readonly names = new Set<string>();

  /** Adds queues and exchanges; each is declared with the next connection. Adding one twice changes nothing. */
  add(...destinations: readonly Destination[]): void {
    for (const destination of destinations) {
      if ('exchange' in destination) this.addExchange(destination);
      else this.addQueue(destination);
    }
  }

  /** The definition of a queue of this app, by its name. */
  find(name: string): QueueDefinition | undefined {
    return this.definitions.get(name);
  }

  /** The definition of an exchange of this app, by its name. */
  findExchange(name: string): ExchangeDefinition | undefined {
    return this.exchanges.get(name);
  }

  /** Whether an exchange or a queue of this name, retry and dead-letter queues included, belongs to this app's definitions. */
  declares(name: string): boolean {
    return this.names.has(name);
  }

  /**
   * Declares everything; what the broker already has is left as it is.
   *
   * @throws TopologyConflictError when the broker has a queue or an exchange with other arguments
   */
  async declare(connection: ChannelModel): Promise<void> {
    const queues = [...this.definitions.values()].flatMap(brokerQueuesOf);
    const channel = await connection.createChannel();
    // The error also rejects the call that caused it; without a listener it would end the process.
    channel.on('error', () => undefined);
    // At once, not one after the other: the channel sends them in their order and saves the round trips.
    await Promise.all([
      ...[...this.exchanges.values()].map((exchange) => assertExchange(channel, exchange)),
      ...queues.map((queue) => assertQueue(channel, queue)),
    ]);
    await Promise.all([...this.definitions.values()].map((queue) => bind(channel, queue)));
    await channel.close();
  }

  private addExchange(exchange: ExchangeDefinition): void {
    this.exchanges.set(exchange.name, exchange);
    this.names.add(exchange.name);
  }

  private addQueue(queue: QueueDefinition): void {
    const known = this.definitions.get(queue.name)?.retry ?? [];
    this.definitions.set(queue.name, { ...queue, retry: [...new Set([...known, ...queue.retry])] });
    for (const { name } of brokerQueuesOf(queue)) this.names.add(name);
    if (queue.from) this.addExchange(queue.from);
  }
}

type Channel = Awaited<ReturnType<ChannelModel['createChannel']>>;

async function assertQueue(channel: Channel, { name, arguments: wanted }: BrokerQueue): Promise<void> {
  await unlessConflicting('queue', name, () =>
    channel.assertQueue(name, { durable: true, arguments: wanted }),
  );
}

async function assertExchange(channel: Channel, { name }: ExchangeDefinition): Promise<void> {
  await unlessConflicting('exchange', name, () => channel.assertExchange(name, 'fanout', { durable: true }));
}

/** Every queue that listens to an exchange gets a copy of its own of each event. */
async function bind(channel: Channel, { name, from }: QueueDefinition): Promise<void> {
  if (from) await channel.bindQueue(name, from.name, '');
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
