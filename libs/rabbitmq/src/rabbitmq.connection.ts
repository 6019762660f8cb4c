import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle, type LifecycleConfig, lifecycleConfig, Readiness } from '@app/lifecycle';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
  connect,
  type RecoveringChannelModel,
} from 'amqplib';
import { type RabbitMqConfig, rabbitmqConfig } from './rabbitmq.config.js';
import { BrokerUnreachableError, TopologyConflictError } from './rabbitmq.errors.js';
import { RABBITMQ_OPTIONS, type RabbitMqOptions } from './rabbitmq.options.js';
import { Topology } from './topology/topology.js';
import { guardHeaders } from './unreadable-headers.js';

/** How often a broker that stays away is mentioned, in milliseconds. */
const MENTION_EVERY_MS = 5_000;

/**
 * The app's one connection. amqplib reconnects by itself; a connection counts only once the topology is declared
 * on it, so that nobody publishes or consumes before.
 */
@Injectable()
export class RabbitMqConnection implements OnModuleInit {
  private readonly logger = new Logger(RabbitMqConnection.name);
  private readonly first = Promise.withResolvers<void>();
  private readonly needed: boolean;
  private recovering: RecoveringChannelModel | undefined;
  private live: ChannelModel | undefined;
  private trouble: Error | undefined;
  private mentionedAt = -Infinity;

  constructor(
    @InjectConfig(rabbitmqConfig) private readonly config: ConfigHandle<RabbitMqConfig>,
    @InjectConfig(lifecycleConfig) private readonly limits: ConfigHandle<LifecycleConfig>,
    @Inject(RABBITMQ_OPTIONS) { needed = true }: RabbitMqOptions,
    private readonly topology: Topology,
    lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    this.needed = needed;
    lifecycle.register({ name: 'rabbitmq', close: async () => this.recovering?.close() });
    readiness.register({ name: 'rabbitmq', needed, check: async () => this.assertConnected() });
  }

  /**
   * @throws BrokerUnreachableError when the app needs the broker and it stays away for `lifecycle.start_timeout`
   * @throws TopologyConflictError when the app needs the broker and it has a queue with other arguments
   */
  async onModuleInit(): Promise<void> {
    this.first.promise.catch(() => undefined);
    this.recovering = await this.open();
    if (this.needed) await this.awaitFirst();
  }

  /** A channel; waits for the connection. It ends with the connection, or when the broker finds fault with it. */
  async openChannel(): Promise<Channel> {
    return this.watch(await this.model().createChannel());
  }

  /** A channel on which the broker confirms every message; waits for the connection. */
  async openConfirmChannel(): Promise<ConfirmChannel> {
    return this.watch(await this.model().createConfirmChannel());
  }

  /** Declares the topology once more: somebody may have deleted a queue while the connection stood. */
  async redeclare(): Promise<void> {
    if (this.live) await this.topology.declare(this.live);
  }

  private async open(): Promise<RecoveringChannelModel> {
    const { url, heartbeat, connectTimeout, reconnectDelay, reconnectMaxDelay } = this.config.current;
    const address = new URL(url.href);
    address.searchParams.set('heartbeat', String(Math.max(1, Math.round(heartbeat / 1000))));
    const recovering = await connect(address.href, {
      noDelay: true,
      timeout: connectTimeout,
      recovery: {
        initialDelay: reconnectDelay,
        maxDelay: reconnectMaxDelay,
        waitForConnect: false,
        setup: (connection: ChannelModel) => {
          // amqplib listens once this is done. A connection that breaks meanwhile fails the declaration; without a
          // listener it would end the process as well.
          connection.on('error', () => undefined);
          guardHeaders(connection);
          return this.topology.declare(connection);
        },
      },
    });
    recovering.on('connect', (connection) => this.onConnect(connection));
    recovering.on('disconnect', (error) => this.onTrouble(error));
    recovering.on('connect-failed', (error) => this.onTrouble(error));
    recovering.on('error', (error: Error) =>
      this.logger.debug({ err: error }, 'the connection to RabbitMQ failed'),
    );
    recovering.on('blocked', (reason) => this.logger.warn({ reason }, 'RabbitMQ takes no messages for now'));
    recovering.on('unblocked', () => this.logger.log('RabbitMQ takes messages again'));
    return recovering;
  }

  private onConnect(connection: ChannelModel): void {
    this.live = connection;
    this.trouble = undefined;
    this.first.resolve();
    this.logger.log(`connected to RabbitMQ at ${this.config.current.url.host}`);
  }

  private onTrouble(error: Error): void {
    this.live = undefined;
    this.trouble = error;
    // Waiting does not mend a conflict: an app that needs the broker gives up its start.
    if (error instanceof TopologyConflictError) this.first.reject(error);
    const now = performance.now();
    if (now - this.mentionedAt < MENTION_EVERY_MS) return;
    this.mentionedAt = now;
    this.logger.warn(
      { reason: error.message },
      `no connection to RabbitMQ at ${this.config.current.url.host}; trying again`,
    );
  }

  private async awaitFirst(): Promise<void> {
    const { startTimeout } = this.limits.current;
    const timer = setTimeout(() => {
      this.first.reject(BrokerUnreachableError.of(this.config.current.url.host, this.trouble));
    }, startTimeout);
    try {
      await this.first.promise;
    } catch (error) {
      await this.recovering?.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private model(): RecoveringChannelModel {
    if (!this.recovering)
      throw new Error('The connection to RabbitMQ is opened in onModuleInit; use it after that.');
    return this.recovering;
  }

  private assertConnected(): void {
    if (!this.live) throw this.trouble ?? new Error('not connected yet');
  }

  /** An error of a channel is told by its `close`; without a listener it would end the process. */
  private watch<T extends Channel>(channel: T): T {
    channel.on('error', (error: Error) =>
      this.logger.warn({ reason: error.message }, 'RabbitMQ closed a channel'),
    );
    channel.on('handler-error', (error: Error) =>
      this.logger.error({ err: error }, 'a channel listener failed'),
    );
    return channel;
  }
}
