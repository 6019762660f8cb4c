import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle, type Participant, Readiness } from '@app/lifecycle';
import { Injectable, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { connectSubscriber } from '../connection/connect-subscriber.js';
import { ConnectionWatch } from '../connection/connection.watch.js';
import { type RedisConfig, redisConfig } from '../redis.config.js';
import { RedisUnavailableError } from '../redis.errors.js';
import { RedisMetrics } from '../redis.metrics.js';
import { InjectRedis } from '../redis.role.js';
import { withRedisErrors } from '../to-redis-error.js';
import { MessageQueue } from './message.queue.js';
import { type MessageHandler, PubSub, type SubscribeOptions, type Subscription } from './pub-sub.js';
import { PubSubMetrics } from './pub-sub.metrics.js';
import { Subscriber } from './subscriber.js';

/** Messages that may wait for a slow handler, unless the subscriber sets another limit. */
const MAX_WAITING = 1000;

interface Listener {
  readonly queue: MessageQueue;
  readonly onGap: () => void;
}

interface Connection {
  readonly client: Redis;
  readonly watch: ConnectionWatch;
  readonly subscriber: Subscriber;
}

/**
 * Publishes on the connection for commands. Subscriptions share a second connection, which the first one opens: Redis
 * accepts no other commands on a connection with subscriptions.
 */
@Injectable()
export class RedisPubSub extends PubSub implements Participant {
  readonly name = 'redis pub/sub';
  private readonly logger = new Logger('Redis');
  private readonly listeners = new Map<string, Set<Listener>>();
  private connection: Connection | undefined;

  constructor(
    @InjectRedis('state') private readonly redis: Redis,
    @InjectConfig(redisConfig) private readonly config: ConfigHandle<RedisConfig>,
    private readonly metrics: PubSubMetrics,
    private readonly connections: RedisMetrics,
    private readonly readiness: Readiness,
    lifecycle: Lifecycle,
  ) {
    super();
    lifecycle.register(this);
  }

  async publish(channel: string, message: string): Promise<void> {
    await withRedisErrors(() => this.redis.publish(channel, message));
  }

  async subscribe(
    channel: string,
    handler: MessageHandler,
    { maxWaiting = MAX_WAITING, onGap = () => undefined }: SubscribeOptions = {},
  ): Promise<Subscription> {
    const { subscriber } = (this.connection ??= this.connect());
    const queue = new MessageQueue(handler, maxWaiting, (error) => this.reportFailure(channel, error));
    const listener = { queue, onGap };
    const close = () => this.unsubscribe(channel, listener);
    this.listenersOf(channel).add(listener);
    try {
      await subscriber.add(channel, this.config.current.commandTimeout);
    } catch (error) {
      await close();
      throw RedisUnavailableError.because(error);
    }
    return {
      get established() {
        return subscriber.has(channel);
      },
      close,
    };
  }

  async flush(): Promise<void> {
    const all = [...this.listeners.values()].flatMap((listeners) => [...listeners]);
    await Promise.all(all.map(({ queue }) => queue.idle()));
  }

  close(): Promise<void> {
    this.connection?.watch.stop();
    this.connection?.client.disconnect();
    return Promise.resolve();
  }

  private connect(): Connection {
    const server = this.config.current.state;
    const client = connectSubscriber(server, this.config.current);
    this.connections.watch('subscriber', client);
    const subscriber = new Subscriber(
      client,
      (channel, message) => this.deliver(channel, message),
      (channels) => this.reportGaps(channels),
    );
    const { host } = server.url;
    const signal = this.readiness.dependency('redis', `Redis at ${host}`).connection('subscriptions');
    const watch = new ConnectionWatch(client, `${host} (subscriptions)`, signal);
    return { client, subscriber, watch };
  }

  private deliver(channel: string, message: string): void {
    for (const { queue, onGap } of this.listeners.get(channel) ?? []) {
      this.metrics.received.inc();
      if (queue.push(message)) continue;
      this.metrics.dropped.inc();
      onGap();
    }
  }

  private reportGaps(channels: readonly string[]): void {
    for (const channel of channels) for (const { onGap } of this.listeners.get(channel) ?? []) onGap();
  }

  private listenersOf(channel: string): Set<Listener> {
    const listeners = this.listeners.get(channel) ?? new Set<Listener>();
    this.listeners.set(channel, listeners);
    return listeners;
  }

  private async unsubscribe(channel: string, listener: Listener): Promise<void> {
    const listeners = this.listenersOf(channel);
    listeners.delete(listener);
    if (listeners.size === 0) {
      this.listeners.delete(channel);
      await this.connection?.subscriber.remove(channel);
    }
    await listener.queue.close();
  }

  private reportFailure(channel: string, error: unknown): void {
    this.metrics.failed.inc();
    this.logger.error({ err: error, channel }, 'a message could not be handled');
  }
}
