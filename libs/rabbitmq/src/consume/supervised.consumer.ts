import { InFlight } from '@app/lifecycle';
import { Logger } from '@nestjs/common';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { RabbitMqConnection } from '../rabbitmq.connection.js';

/** The pause before a consumer that was lost is set up again, in milliseconds. */
const RETRY_AFTER_MS = 500;

/** A message as the broker hands it over: properties, routing fields, bytes. */
export type Delivery = ConsumeMessage;

/** @publicApi */
export interface ConsumerOptions {
  queue: string;
  /** Messages handled at once. */
  prefetch: number;
  /**
   * Deals with a message; it is acknowledged when the promise resolves. A rejection means that nothing is known to
   * have been done: the channel ends, and the broker delivers what is open on it again after a pause.
   */
  handle(message: Delivery): Promise<void>;
}

/**
 * A consumer that is wanted until it is cancelled: after a lost connection, a closed channel or a cancel from the
 * broker's side (its queue was deleted) it comes back by itself. It has a channel of its own, so that one queue's
 * trouble is not another's.
 */
export class SupervisedConsumer {
  private readonly logger = new Logger(SupervisedConsumer.name);
  private readonly inFlight = new InFlight();
  private channel: Channel | undefined;
  private tag: string | undefined;
  private wanted = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: RabbitMqConnection,
    private readonly options: ConsumerOptions,
  ) {}

  get queue(): string {
    return this.options.queue;
  }

  /** Whether the broker delivers to it at this moment. */
  get consuming(): boolean {
    return this.tag !== undefined;
  }

  /** Resolves once the consumer stands, or is being retried. */
  async start(): Promise<void> {
    this.wanted = true;
    await this.setUp();
  }

  /** Takes no more messages; those that were delivered are still handled. */
  async cancel(): Promise<void> {
    this.wanted = false;
    clearTimeout(this.timer);
    const { channel, tag } = this;
    this.tag = undefined;
    // A channel that is gone has no consumer to cancel.
    if (channel && tag) await channel.cancel(tag).catch(() => undefined);
  }

  /** Resolves once every delivered message has been dealt with, and the broker knows; to be cancelled before. */
  async drain(): Promise<void> {
    await this.inFlight.idle();
    // amqplib drops what it has not written yet when a connection closes; the reply to this follows the last ack.
    await this.channel?.close().catch(() => undefined);
  }

  describe(): string[] {
    return this.inFlight.describe();
  }

  private async setUp(): Promise<void> {
    try {
      const channel = await this.connection.openChannel();
      this.channel = channel;
      channel.on('close', () => this.onLost(channel));
      await channel.prefetch(this.options.prefetch);
      const { consumerTag } = await channel.consume(this.queue, (message) =>
        this.onMessage(channel, message),
      );
      this.tag = consumerTag;
      // Cancelled in the meantime: the channel was not known to `cancel` yet.
      if (!this.wanted) await this.cancel();
    } catch (error) {
      if (!this.wanted) return;
      this.logger.warn({ err: error, queue: this.queue }, `no consumer on ${this.queue} yet; trying again`);
      if (this.channel) this.onLost(this.channel);
      else this.retry();
    }
  }

  private async setUpAgain(): Promise<void> {
    // The queue itself may be gone; a failure here shows when it is consumed.
    await this.connection.redeclare().catch(() => undefined);
    if (this.wanted) await this.setUp();
  }

  private onMessage(channel: Channel, message: Delivery | null): void {
    if (message) void this.deal(channel, message);
    else {
      this.logger.warn({ queue: this.queue }, `the broker cancelled the consumer on ${this.queue}`);
      this.end(channel);
    }
  }

  private async deal(channel: Channel, message: Delivery): Promise<void> {
    await this.inFlight.track(`a message of ${this.queue}`, async () => {
      try {
        await this.options.handle(message);
        // The channel may be gone by now; then the broker delivers again, and the inbox knows the message.
        if (this.channel === channel) channel.ack(message);
      } catch (error) {
        this.logger.error(
          { err: error, queue: this.queue },
          'a message could neither be handled nor put aside; it stays in the queue',
        );
        this.end(channel);
      }
    });
  }

  /** Ends a channel from our side; its `close` sets the consumer up again. */
  private end(channel: Channel): void {
    channel.close().catch(() => this.onLost(channel));
  }

  private onLost(channel: Channel): void {
    if (this.channel !== channel) return;
    this.channel = undefined;
    this.tag = undefined;
    this.retry();
  }

  private retry(): void {
    if (!this.wanted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.setUpAgain(), RETRY_AFTER_MS);
  }
}
