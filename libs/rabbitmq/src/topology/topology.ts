import type { QueueDefinition } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import type { ChannelModel } from 'amqplib';
import { TopologyConflictError } from '../rabbitmq.errors.js';
import { type BrokerQueue, brokerQueuesOf } from './queue-arguments.js';

const PRECONDITION_FAILED = 406;

/** The queues that this app publishes to or consumes from, as the broker is to have them. */
@Injectable()
export class Topology {
  private readonly definitions = new Map<string, QueueDefinition>();
  private readonly names = new Set<string>();

  /** Adds queues; each is declared with the next connection. Adding one twice changes nothing. */
  add(...queues: readonly QueueDefinition[]): void {
    for (const queue of queues) {
      this.definitions.set(queue.name, queue);
      for (const { name } of brokerQueuesOf(queue)) this.names.add(name);
    }
  }

  /** The definition of a queue of this app, by its name. */
  find(name: string): QueueDefinition | undefined {
    return this.definitions.get(name);
  }

  /** Whether a queue of this name, retry and dead-letter queues included, belongs to this app's definitions. */
  declares(name: string): boolean {
    return this.names.has(name);
  }

  /**
   * Declares everything; what the broker already has is left as it is.
   *
   * @throws TopologyConflictError when the broker has a queue with other arguments
   */
  async declare(connection: ChannelModel): Promise<void> {
    const queues = [...this.definitions.values()].flatMap(brokerQueuesOf);
    const channel = await connection.createChannel();
    // The error also rejects the call that caused it; without a listener it would end the process.
    channel.on('error', () => undefined);
    // At once, not one after the other: the channel sends them in their order and saves the round trips.
    await Promise.all(queues.map((queue) => assertQueue(channel, queue)));
    await channel.close();
  }
}

type Channel = Awaited<ReturnType<ChannelModel['createChannel']>>;

async function assertQueue(channel: Channel, queue: BrokerQueue): Promise<void> {
  try {
    await channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments });
  } catch (error) {
    const conflict =
      error instanceof Error && (error as Error & { code?: number }).code === PRECONDITION_FAILED;
    throw conflict ? TopologyConflictError.of(queue.name, error) : error;
  }
}
