import { readTrace } from '@app/context';
import type { Delivery } from '@app/rabbitmq';
import { Logger } from '@nestjs/common';
import type { MessageHandler } from '@nestjs/microservices';
import { batchSpan } from '../message.span.js';
import type { ConsumeOutcome } from '../messaging.metrics.js';
import { BatchCollector } from './batch.collector.js';
import { BatchContext } from './batch.context.js';
import type { ConsumeOptions } from './consume.decorator.js';
import { type IncomingMessage, readMessage } from './incoming-message.js';
import { isUncounted } from './outage.js';
import { QueueSubscription, type ReceiveOptions, type SubscriptionParts } from './queue.subscription.js';
import { readPayload } from './read-payload.js';

/** The largest prefetch that AMQP allows. */
const MAX_PREFETCH = 65_535;

/** A message and its validated payload. */
interface Readable {
  readonly message: IncomingMessage;
  readonly payload: unknown;
}

/** Consumes messages in batches. The handler runs in one transaction with the inbox rows of the whole batch. */
export class BatchSubscription extends QueueSubscription {
  private readonly logger = new Logger(BatchSubscription.name);
  private readonly collector: BatchCollector<IncomingMessage>;
  private readonly size: number;

  /** @param waitMs how long a batch that is not full waits, in milliseconds */
  constructor(
    options: ConsumeOptions & Required<Pick<ConsumeOptions, 'batch'>>,
    waitMs: number,
    handler: MessageHandler,
    parts: SubscriptionParts,
  ) {
    super(options, handler, parts);
    this.size = options.batch.size;
    this.collector = new BatchCollector(this.size, waitMs, (messages) => this.deal(messages));
  }

  prefetch(): number {
    return Math.min(this.size * (this.options.concurrency ?? 1), MAX_PREFETCH);
  }

  receive(delivery: Delivery, options: ReceiveOptions = {}): Promise<void> {
    const message = readMessage(this.options.queue.name, delivery);
    return this.handleOrQuarantine(
      message,
      options,
      () => (options.quarantined ? this.deal([message]) : this.collector.add(message)),
      () => this.quarantine(message),
    );
  }

  flush(): void {
    this.collector.flush();
  }

  private async quarantine(message: IncomingMessage): Promise<void> {
    const started = performance.now();
    await this.contextOf(message).run(() => this.parts.failures.quarantine(this.options.queue, message));
    this.report(message, 'quarantined', started);
  }

  private async deal(messages: readonly IncomingMessage[]): Promise<void> {
    const started = performance.now();
    const batch: Readable[] = [];
    for (const message of messages) {
      try {
        batch.push({ message, payload: await readPayload(message, this.options.schema) });
      } catch (thrown) {
        await this.route(message, thrown, started);
      }
    }
    if (batch.length > 0) await this.attempt(batch);
  }

  /**
   * Handles a batch. A batch that fails is halved and tried again, until one message fails alone. Only that message
   * is retried with a delay. The others are processed in smaller batches, in order, and no attempt of theirs is
   * counted.
   */
  private async attempt(batch: readonly Readable[]): Promise<void> {
    const started = performance.now();
    try {
      const fresh = await this.takeEffect(batch);
      for (const [index, { message }] of batch.entries())
        this.report(message, fresh[index] ? 'done' : 'duplicate', started);
    } catch (thrown) {
      if (batch.length === 1 || isUncounted(thrown)) return this.fail(batch, thrown, started);
      this.logger.debug({ err: thrown, size: batch.length }, 'a batch failed and is tried again in halves');
      const middle = Math.ceil(batch.length / 2);
      await this.attempt(batch.slice(0, middle));
      await this.attempt(batch.slice(middle));
    }
  }

  /** @returns for each message, whether the handler was called with it */
  private takeEffect(batch: readonly Readable[]): Promise<readonly boolean[]> {
    const { name } = this.options.queue;
    const origins = batch.map(({ message: { traceparent } }) =>
      traceparent === undefined ? undefined : readTrace(traceparent),
    );
    return this.contextOf().run(() =>
      this.parts.spans.merged(`process ${name}`, batchSpan(name, batch.length), origins, () =>
        this.once(batch),
      ),
    );
  }

  private async once(batch: readonly Readable[]): Promise<readonly boolean[]> {
    if (this.options.inbox === false) {
      await this.handle(batch);
      return batch.map(() => true);
    }
    const ids = batch.map(({ message }) => message.id);
    return this.parts.inbox.onceEach(ids, this.options.queue.name, async (fresh) => {
      await this.handle(batch.filter((_, index) => fresh[index]));
    });
  }

  private async handle(batch: readonly Readable[]): Promise<void> {
    const messages = batch.map(({ message }) => message);
    await this.call(
      batch.map(({ payload }) => payload),
      new BatchContext([messages]),
    );
  }

  private async fail(batch: readonly Readable[], thrown: unknown, started: number): Promise<void> {
    await Promise.all(batch.map(({ message }) => this.route(message, thrown, started)));
  }

  private async route(message: IncomingMessage, thrown: unknown, started: number): Promise<void> {
    const routed = () => this.parts.failures.route(this.options.queue, message, thrown);
    this.report(message, await this.contextOf(message).run(routed), started);
  }

  /** Counts and logs the outcome of one message, in that message's own context instead of the batch's. */
  private report(message: IncomingMessage, outcome: ConsumeOutcome, started: number): void {
    const duration = performance.now() - started;
    this.parts.count(outcome, duration);
    const fields = { message_id: message.id, outcome, duration_ms: Math.round(duration) };
    this.contextOf(message).run(() => this.logger.debug(fields, 'message'));
  }
}
