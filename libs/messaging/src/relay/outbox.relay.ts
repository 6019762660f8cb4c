import { type ConfigHandle, InjectConfig } from '@app/config';
import { Lifecycle } from '@app/lifecycle';
import { type PostgresConfig, postgresConfig, TransactionHost } from '@app/postgres';
import { ConfirmPublisher } from '@app/rabbitmq';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type MessagingConfig, messagingConfig } from '../messaging.config.js';
import { OutboxListener } from './outbox.listener.js';
import { OutboxSource } from './outbox.source.js';
import { RelayLoop } from './relay.loop.js';
import { RelayMetrics } from './relay.metrics.js';

/** Brings the events of every outbox to the broker: those of `messaging.relay.sources`, and the worker's own. */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap {
  private readonly loops = new Map<string, RelayLoop>();

  constructor(
    @InjectConfig(messagingConfig) config: ConfigHandle<MessagingConfig>,
    @InjectConfig(postgresConfig) postgres: ConfigHandle<PostgresConfig>,
    transactions: TransactionHost,
    publisher: ConfirmPublisher,
    metrics: RelayMetrics,
    private readonly listener: OutboxListener,
    lifecycle: Lifecycle,
  ) {
    const { sources, ...options } = config.current.relay;
    for (const schema of new Set([...sources, postgres.current.schema])) {
      const source = new OutboxSource(schema, transactions);
      metrics.watch(source);
      const relay = async (limit: number) =>
        metrics.count(schema, await source.relay(limit, (message) => publisher.publish(message)));
      this.loops.set(schema, new RelayLoop({ name: schema, ...options, relay }));
    }
    lifecycle.register({
      name: 'outbox relay',
      stopIntake: () => this.stop(),
      drain: () => this.idle(),
      pending: () =>
        [...this.loops].filter(([, loop]) => loop.busy).map(([schema]) => `a batch of ${schema}`),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.listener.start((schema) => this.loops.get(schema)?.wake());
    for (const loop of this.loops.values()) loop.wake();
  }

  private async stop(): Promise<void> {
    for (const loop of this.loops.values()) loop.stop();
    await this.listener.stop();
  }

  private async idle(): Promise<void> {
    await Promise.all([...this.loops.values()].map((loop) => loop.idle()));
  }
}
