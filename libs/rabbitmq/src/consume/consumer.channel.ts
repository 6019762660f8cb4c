import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { BrokerConnection } from '../connection/broker.connection.js';
import { closeChannel } from '../connection/close-channel.js';
import { untilClosed } from '../connection/until-closed.js';
import { limitBodies } from './body-limit.js';

export interface ConsumerChannelOptions {
  queue: string;
  prefetch: number;
  /** The largest body that is read, in bytes. */
  maxSize(): number;
  /** How long the broker may take to reply to each call, in milliseconds. */
  within: number;
  onMessage(channel: ConsumerChannel, message: ConsumeMessage): void;
}

/** The reason of a channel that ended with its connection. */
export const CONNECTION_LOST = 'connection lost';

/** A channel with one consumer. */
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
      // amqplib emits `close` on the channels before it emits `close` on their connection.
      process.nextTick(() => this.ending.resolve(connectionLost ? CONNECTION_LOST : reason));
    });
  }

  /**
   * Opens a channel and starts to consume.
   *
   * @throws when the broker rejects it, for example because the queue does not exist, or does not reply in time
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

  /** Resolves with the reason once the channel has ended; `CONNECTION_LOST` is one reason. */
  get ended(): Promise<string> {
    return this.ending.promise;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Acknowledges a message. Does nothing once the channel is closed: then the broker redelivers the message. */
  acknowledge(message: ConsumeMessage): void {
    if (this.open) this.channel.ack(message);
  }

  /** Rejects a message, which makes it a dead letter. Does nothing once the channel is closed. */
  reject(message: ConsumeMessage): void {
    if (this.open) this.channel.nack(message, false, false);
  }

  /**
   * Keeps a message unacknowledged in its queue until the channel closes. It starts a new consumer on the channel,
   * because the message would occupy one slot of the old consumer's prefetch.
   */
  keep(): Promise<void> {
    this.renewal = this.renewal.then(() => this.renew());
    return this.renewal;
  }

  /**
   * Whether the queue has at least one consumer. The broker may lose a consumer without a notification when a queue is deleted
   * and declared again at once. If the queue is missing, the check closes the channel.
   */
  async isKnown(): Promise<boolean> {
    const { queue } = this.options;
    try {
      const { consumerCount } = await this.reply(`check ${queue}`, this.channel.checkQueue(queue));
      return consumerCount > 0;
    } catch {
      // A closed channel has ended already. If the broker does not reply, the heartbeat ends the connection.
      return true;
    }
  }

  /** Stops receiving messages. Messages that were delivered can still be acknowledged. */
  async cancel(): Promise<void> {
    this.cancelled = true;
    await this.cancelConsumer(this.tag).catch(() => undefined);
  }

  /** Closes the channel after its acknowledgements. The broker redelivers unacknowledged messages. */
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

  /** The broker sends null when it cancels the consumer, for example because the queue was deleted. */
  private onMessage(message: ConsumeMessage | null): void {
    if (message) this.options.onMessage(this, message);
    else void this.close('the broker cancelled it');
  }

  private reply<T>(operation: string, reply: PromiseLike<T>): Promise<T> {
    return untilClosed(reply, { owner: this.channel, operation, within: this.options.within });
  }
}
