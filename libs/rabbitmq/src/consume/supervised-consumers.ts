import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle } from '@app/lifecycle';
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type RabbitMqConfig, rabbitmqConfig } from '../rabbitmq.config.js';
import { RabbitMqConnections } from '../rabbitmq.connections.js';
import { Topology } from '../topology/topology.js';
import { type ConsumerOptions, SupervisedConsumer } from './supervised.consumer.js';

/** How long a consumer may be missing before it is restarted, in milliseconds. */
const MAX_MISSING_MS = 60_000;

/**
 * Creates consumers and supervises them. Every 30 s it checks at the broker that each consumer still exists. As a last
 * resort, a consumer that is missing for a minute while the broker is connected is restarted on a connection of its
 * own.
 */
@Injectable()
export class SupervisedConsumers implements OnModuleInit {
  private readonly logger = new Logger(SupervisedConsumers.name);
  private readonly consumers: SupervisedConsumer[] = [];
  private watchdog: NodeJS.Timeout | undefined;

  constructor(
    @InjectConfig(rabbitmqConfig) private readonly config: ConfigHandle<RabbitMqConfig>,
    private readonly connections: RabbitMqConnections,
    private readonly topology: Topology,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({ name: 'consumer watchdog', stopIntake: () => clearInterval(this.watchdog) });
  }

  onModuleInit(): void {
    this.watchdog = setInterval(() => this.watch(), MAX_MISSING_MS / 2).unref();
  }

  /** Creates a consumer. It consumes from `start` to `cancel`. */
  create(options: ConsumerOptions): SupervisedConsumer {
    const replyTimeout = (): number => this.config.current.replyTimeout;
    const consumer = new SupervisedConsumer(this.connections, this.topology, { ...options, replyTimeout });
    this.consumers.push(consumer);
    return consumer;
  }

  private watch(): void {
    for (const consumer of this.consumers) void consumer.verify();
    this.restartMissing();
  }

  private restartMissing(): void {
    if (this.connections.publishing.trouble) return;
    for (const consumer of this.consumers.filter(({ missingForMs }) => missingForMs > MAX_MISSING_MS)) {
      this.logger.error(
        { queue: consumer.queue, missing_ms: Math.round(consumer.missingForMs) },
        `no consumer on ${consumer.queue} for a minute; it begins anew on a connection of its own`,
      );
      consumer.restart();
    }
  }
}
