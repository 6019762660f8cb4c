import { type ConfigHandle, InjectConfig } from '@app/config';
import { readTrace } from '@app/context';
import { Lifecycle } from '@app/lifecycle';
import { type PostgresConfig, postgresConfig, TransactionHost } from '@app/postgres';
import { type BrokerMessage, ConfirmPublisher } from '@app/rabbitmq';
import { Spans } from '@app/telemetry';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { contextHeaders, Header } from '../headers.js';
import { messageSpan } from '../message.span.js';
import { type MessagingConfig, messagingConfig } from '../messaging.config.js';
import { OutboxListener } from './outbox.listener.js';
import { type OutboxStream, OutboxSource } from './outbox.source.js';
import { RelayLoop } from './relay.loop.js';
import { RelayMetrics } from './relay.metrics.js';

/** Each stream has a loop of its own, so that neither waits for the other. */
const STREAMS: readonly OutboxStream[] = ['ordered', 'unordered'];

/** Publishes the events of every outbox to the broker: those of `messaging.relay.sources`, and the worker's own. */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap {
  private readonly loops: RelayLoop[] = [];

  constructor(
    @InjectConfig(messagingConfig) config: ConfigHandle<MessagingConfig>,
    @InjectConfig(postgresConfig) postgres: ConfigHandle<PostgresConfig>,
    transactions: TransactionHost,
    publisher: ConfirmPublisher,
    metrics: RelayMetrics,
    private readonly listener: OutboxListener,
    spans: Spans,
    lifecycle: Lifecycle,
  ) {
    const { sources, ...options } = config.current.relay;
    for (const schema of new Set([...sources, postgres.current.schema])) {
      const source = new OutboxSource(schema, transactions);
      metrics.watch(source);
      for (const stream of STREAMS) {
        const relay = async (limit: number) =>
          metrics.count(
            schema,
            await source.relay(stream, limit, (message) => send(message, publisher, spans)),
          );
        this.loops.push(new RelayLoop({ source: schema, ...options, relay }));
      }
    }
    lifecycle.register({
      name: 'outbox relay',
      // The rows stay in the outbox until their messages are confirmed.
      isRepeatable: true,
      stopIntake: () => this.stop(),
      drain: () => this.idle(),
      pending: () => this.loops.filter(({ busy }) => busy).map(({ source }) => `a batch of ${source}`),
    });
  }

  onApplicationBootstrap(): void {
    this.listener.start((schema) => {
      for (const loop of this.loops) if (loop.source === schema) loop.wake();
    });
    for (const loop of this.loops) loop.wake();
  }

  private async stop(): Promise<void> {
    for (const loop of this.loops) loop.stop();
    await this.listener.stop();
  }

  private async idle(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.idle()));
  }
}

/** Sends a message with a span in the trace in which it was written, if that trace is sampled. */
function send(message: BrokerMessage, publisher: ConfirmPublisher, spans: Spans): Promise<void> {
  const { queue, messageId, headers = {} } = message;
  const traceparent = headers[Header.traceparent];
  const origin = typeof traceparent === 'string' ? readTrace(traceparent) : undefined;
  if (!origin?.sampled) return publisher.publish(message);
  return spans.merged(`send ${queue}`, messageSpan('producer', queue, messageId), [origin], () => {
    const step = spans.enabled ? contextHeaders()[Header.traceparent] : traceparent;
    return publisher.publish({ ...message, headers: { ...headers, [Header.traceparent]: step } });
  });
}
