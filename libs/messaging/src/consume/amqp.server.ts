import { type ConfigHandle, duration, InjectConfig } from '@app/config';
import { Lifecycle, Readiness } from '@app/lifecycle';
import {
  deadLetterQueueOf,
  quarantineOf,
  type SupervisedConsumer,
  SupervisedConsumers,
  Topology,
} from '@app/rabbitmq';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { HandlerStarts } from '../inbox/handler-starts.js';
import { Inbox } from '../inbox/inbox.js';
import { type MessagingConfig, messagingConfig } from '../messaging.config.js';
import { QueueTakenError } from '../messaging.errors.js';
import { MessagingMetrics } from '../messaging.metrics.js';
import { AMQP, type ConsumeOptions } from './consume.decorator.js';
import { DeadLetterConsumer } from './dead-letter.consumer.js';
import { FailureRouter } from './failure.router.js';
import { BatchSubscription } from './batch.subscription.js';
import type { QueueSubscription } from './queue.subscription.js';
import { SingleSubscription } from './single.subscription.js';

/**
 * Nest's transport for `@Consume` handlers. Each queue has three consumers: one for its messages, one for its
 * quarantine (one message at a time), and one that stores its dead letters in their table.
 */
@Injectable()
export class AmqpServer extends Server implements CustomTransportStrategy {
  override readonly transportId = AMQP;
  override readonly propagatesEventHandlerErrors = true;
  private readonly subscriptions = new Map<string, QueueSubscription>();
  private consumers: readonly SupervisedConsumer[] = [];

  constructor(
    @InjectConfig(messagingConfig) private readonly config: ConfigHandle<MessagingConfig>,
    private readonly broker: SupervisedConsumers,
    private readonly topology: Topology,
    private readonly inbox: Inbox,
    private readonly failures: FailureRouter,
    private readonly starts: HandlerStarts,
    private readonly deadLetters: DeadLetterConsumer,
    private readonly metrics: MessagingMetrics,
    private readonly spans: Spans,
    lifecycle: Lifecycle,
    readiness: Readiness,
  ) {
    super();
    lifecycle.register({
      name: 'amqp consumers',
      stopIntake: () => this.cancel(),
      drain: () => this.drain(),
      pending: () => this.consumers.flatMap((consumer) => consumer.describe()),
    });
    const check = async () => this.assertConsuming();
    // No outage log here: the connection logs an outage of RabbitMQ, and a consumer logs why its queue is refused.
    readiness.register({ name: 'consumers', needed: true, logsOutages: false, check });
  }

  /** @throws QueueTakenError when a queue has a handler already */
  override addHandler(
    pattern: string,
    handler: MessageHandler,
    isEvent?: boolean,
    extras?: { consume?: ConsumeOptions },
  ): void {
    if (!extras?.consume) return;
    const { retry, ...options } = extras.consume;
    const queue = retry ? { ...options.queue, retry } : options.queue;
    if (this.subscriptions.has(queue.name)) throw QueueTakenError.of(queue.name);
    this.subscriptions.set(queue.name, this.subscribe({ ...options, queue }, handler));
    this.topology.add(queue);
    super.addHandler(pattern, handler, isEvent, extras);
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    this.consumers = [...this.subscriptions.values()].flatMap((subscription) =>
      this.consumersOf(subscription),
    );
    await Promise.all(this.consumers.map((consumer) => consumer.start()));
    callback();
  }

  /** For a server that is closed alone. During shutdown, `stopIntake` has cancelled the consumers already. */
  close(): Promise<void> {
    return this.cancel();
  }

  on(): never {
    throw new Error('AmqpServer has no events of its own; its consumers are supervised by @app/rabbitmq.');
  }

  unwrap<T>(): T {
    return this.broker as T;
  }

  private subscribe(options: ConsumeOptions, handler: MessageHandler): QueueSubscription {
    const own = options.deadline === undefined ? undefined : duration({ min: '1ms' }).parse(options.deadline);
    const parts = {
      inbox: this.inbox,
      starts: this.starts,
      failures: this.failures,
      spans: this.spans,
      count: this.metrics.of(options.queue.name),
      timeout: () => {
        const { handlerTimeout, minHandlerTimeout = 0 } = this.config.current;
        return Math.max(own ?? handlerTimeout, minHandlerTimeout);
      },
    };
    const { batch } = options;
    if (!batch) return new SingleSubscription(options, handler, parts);
    return new BatchSubscription({ ...options, batch }, duration().parse(batch.wait), handler, parts);
  }

  private consumersOf(subscription: QueueSubscription): SupervisedConsumer[] {
    const { name } = subscription.options.queue;
    const maxSize = (): number => this.config.current.maxMessageSize;
    const count = this.metrics.of(name);
    const rejecting = { maxSize, beyond: 'reject', onBeyond: () => count('too_large', 0) } as const;
    return [
      this.broker.create({
        queue: name,
        prefetch: subscription.prefetch(this.config.current.concurrency),
        limit: rejecting,
        handle: (message) => subscription.receive(message),
      }),
      this.broker.create({
        queue: quarantineOf(name),
        prefetch: 1,
        limit: rejecting,
        handle: (message) => subscription.receive(message, { quarantined: true }),
      }),
      this.broker.create({
        queue: deadLetterQueueOf(name),
        prefetch: this.config.current.concurrency,
        // The queue of dead letters has no dead-letter queue: a rejected message would be lost.
        limit: { maxSize, beyond: 'keep' },
        handle: (message) => this.deadLetters.take(subscription.options.queue, message),
      }),
    ];
  }

  private async cancel(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.cancel()));
    for (const subscription of this.subscriptions.values()) subscription.flush();
  }

  private async drain(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.drain()));
  }

  private assertConsuming(): void {
    const lost = this.consumers.filter(({ consuming }) => !consuming).map(({ queue }) => queue);
    if (lost.length > 0) throw new Error(`not consuming ${lost.join(', ')}`);
  }
}
