import type { QueueDefinition } from '@app/contracts';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { type MeasuredGauges, Metrics, type Reading } from '@app/telemetry';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Channel } from 'amqplib';
import { closeChannel } from '../connection/close-channel.js';
import { untilClosed } from '../connection/until-closed.js';
import { type RabbitMqConfig, rabbitmqConfig } from '../rabbitmq.config.js';
import { RabbitMqConnections } from '../rabbitmq.connections.js';
import { brokerQueuesOf } from './queue-arguments.js';
import { Topology } from './topology.js';

/** How often each queue is measured, in milliseconds. */
const EVERY_MS = 10_000;

/**
 * Measures the messages and consumers of each queue of this app in the background, by passive declarations. Each
 * definition has a channel of its own, so that a queue that is missing or without a leader does not affect others.
 */
@Injectable()
export class QueueDepths implements OnApplicationBootstrap {
  private readonly gauges: MeasuredGauges<'messages' | 'consumers'>;

  constructor(
    metrics: Metrics,
    private readonly topology: Topology,
    private readonly connections: RabbitMqConnections,
    @InjectConfig(rabbitmqConfig) private readonly config: ConfigHandle<RabbitMqConfig>,
  ) {
    this.gauges = metrics.measuredGauges({
      name: 'amqp_queue',
      labelNames: ['queue'],
      every: EVERY_MS,
      gauges: {
        messages: {
          name: 'amqp_queue_messages',
          help: 'Messages that are ready in a queue; those under way at a consumer are not counted.',
        },
        consumers: { name: 'amqp_queue_consumers', help: 'Consumers that the broker sees on a queue.' },
      },
    });
  }

  /** At this time, every slice has added its queues. */
  onApplicationBootstrap(): void {
    for (const queue of this.topology.queues)
      this.gauges.add({ queue: queue.name }, () => this.measure(queue));
  }

  private async measure(
    queue: QueueDefinition,
  ): Promise<Record<'messages' | 'consumers', readonly Reading[]>> {
    const connection = this.connections.measuring;
    if (connection.trouble) throw connection.trouble;
    const channel = await connection.openChannel();
    try {
      const found = await untilClosed(countsOf(channel, queue), {
        owner: channel,
        operation: 'count the messages of a queue',
        within: this.config.current.replyTimeout,
      });
      const readings = (value: (count: QueueCount) => number): Reading[] =>
        found.map((count) => ({ labels: { queue: count.queue }, value: value(count) }));
      return {
        messages: readings(({ messageCount }) => messageCount),
        consumers: readings(({ consumerCount }) => consumerCount),
      };
    } finally {
      await closeChannel(channel);
    }
  }
}

type QueueCount = Awaited<ReturnType<Channel['checkQueue']>>;

function countsOf(channel: Channel, queue: QueueDefinition): Promise<QueueCount[]> {
  return Promise.all(brokerQueuesOf(queue).map(async ({ name }) => channel.checkQueue(name)));
}
