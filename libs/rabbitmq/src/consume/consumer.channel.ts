import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { BrokerConnection } from '../connection/broker.connection.js';
import { closeChannel } from '../connection/close-channel.js';
import { untilClosed } from '../connection/until-closed.js';
import { limitBodies } from './body-limit.js';

export interface ConsumerChannelOptions {
  queue: string;
  prefetch: number;
  /** Largest body that is read, in bytes. */
  maxSize(): number;
  /** How long the broker may take to answer each call, in milliseconds. */
  within: number;
  onMessage(channel: ConsumerChannel, message: ConsumeMessage): void;
}

/** Why a channel ended that ended with its connection. */
export const CONNECTION_LOST = 'connection lost';

/** A channel with one consumer on it, from the broker's agreement to its end. */
export class ConsumerChannel {
  private readonly ending = Promise.withResolvers<string>();
  private tag: string | undefined;
  private open = true;
  private cancelled = false;
  private renewal: Promise<void> = Promise.resolve();

  private constructor(
    model: ChannelModel,
    private readonly channel: Channel,
    private readonly options: ConsumerChannelOptions,
  ) {
    limitBodies(channel, () => options.maxSize());
    let connectionLost = false;
    model.once('close', () => {
      connectionLost = true;
    });
    let reason = 'the broker closed its channel';
    channel.once('error', (error: Error) => {
      reason = error.message;
    });
    channel.once('close', () => {
      this.open = false;
      // amqplib closes the channels before it says that their connection is closed.
      process.nextTick(() => this.ending.resolve(connectionLost ? CONNECTION_LOST : reason));
    });
  }

  /**
   * Begins to consume.
   *
   * @throws when the broker refuses, such as for a queue that it does not have, or does not reply in time
   */
  static async begin(
    connection: BrokerConnection,
    options: ConsumerChannelOptions,
  ): Promise<ConsumerChannel> {
    const channel = await connection.openChannel();
    const consumer = new ConsumerChannel(await connection.model(), channel, options);
    try {
      await consumer.consume();
      return consumer;
    } catch (error) {
      if (consumer.open) void closeChannel(channel);
      throw error;
    }
  }

  /** Resolves with the reason once the broker delivers nothing on it any more; `CONNECTION_LOST` is one. */
  get ended(): Promise<string> {
    return this.ending.promise;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** The broker is to forget the message. Does nothing once the channel is closed: the broker delivers it again. */
  acknowledge(message: ConsumeMessage): void {
    if (this.open) this.channel.ack(message);
  }

  /** The broker is to make a dead letter of the message. Does nothing once the channel is closed. */
  reject(message: ConsumeMessage): void {
    if (this.open) this.channel.nack(message, false, false);
  }

  /**
   * Leaves a message unacknowledged in its queue until the channel closes. A new consumer takes over: the message would
   * take a place of the prefetch from the others.
   */
  keep(): Promise<void> {
    this.renewal = this.renewal.then(() => this.renew());
    return this.renewal;
  }

  /**
   * Whether the queue has a consumer at all; the broker may lose one without a word when a queue is deleted and
   * declared again at once. A queue that is gone closes the channel.
   */
  async isKnown(): Promise<boolean> {
    const { queue } = this.options;
    try {
      const { consumerCount } = await this.reply(`check ${queue}`, this.channel.checkQueue(queue));
      return consumerCount > 0;
    } catch {
      // A channel that is closed has ended; one that does not reply is left to its connection's heartbeat.
      return true;
    }
  }

  /** Takes no more messages; those that were delivered can still be acknowledged. */
  async cancel(): Promise<void> {
    this.cancelled = true;
    await this.cancelConsumer(this.tag).catch(() => undefined);
  }

  /** Ends the channel, acknowledgements first. The broker delivers again what was not acknowledged. */
  async close(reason = 'closed'): Promise<void> {
    if (!this.open) return;
    this.open = false;
    this.ending.resolve(reason);
    await closeChannel(this.channel);
  }

  private async renew(): Promise<void> {
    const { tag: before } = this;
    if (!this.open || this.cancelled) return;
    try {
      await this.consume();
      await this.cancelConsumer(before);
      if (this.cancelled) await this.cancelConsumer(this.tag);
    } catch (error) {
      await this.close((error as Error).message);
    }
  }

  private async cancelConsumer(tag: string | undefined): Promise<void> {
    if (this.open && tag !== undefined) await this.reply('cancel a consumer', this.channel.cancel(tag));
  }

  private async consume(): Promise<void> {
    const { queue, prefetch } = this.options;
    await this.reply('set the prefetch', this.channel.prefetch(prefetch));
    const consuming = this.channel.consume(queue, (message) => this.onMessage(message));
    const { consumerTag } = await this.reply(`consume ${queue}`, consuming);
    this.tag = consumerTag;
  }

  /** The broker sends null when it cancels the consumer, such as when the queue is deleted. */
  private onMessage(message: ConsumeMessage | null): void {
    if (message) this.options.onMessage(this, message);
    else void this.close('the broker cancelled it');
  }

  private reply<T>(operation: string, reply: PromiseLike<T>): Promise<T> {
    return untilClosed(reply, { owner: this.channel, operation, within: this.options.within });
  }
}
