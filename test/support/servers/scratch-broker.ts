import { randomBytes } from 'node:crypto';
import { loadConfig } from '@app/config';
import {
  defineExchange,
  defineQueue,
  type Delay,
  type ExchangeDefinition,
  type QueueDefinition,
} from '@app/contracts';
import { deadLetterQueueOf, quarantineOf, rabbitmqConfig, retryQueueOf } from '@app/rabbitmq';
import { eventually } from '../assertions/eventually.js';
import { nestedHeadersFrames } from '../network/nested-headers.js';
import { type Channel, type ChannelModel, connect, type GetMessage, type Options } from 'amqplib';

/** Members of amqplib's channel that its types omit. */
interface RawChannel {
  readonly ch: number;
  readonly connection: { readonly stream: { write(bytes: Buffer): void } };
}

/** Private queues on the broker of the test stack, read from outside the apps. `drop` removes them all. */
export class ScratchBroker {
  private readonly queues: QueueDefinition[] = [];
  private readonly exchanges: ExchangeDefinition[] = [];

  private constructor(
    readonly url: string,
    private readonly connection: ChannelModel,
    private readonly channel: Channel,
  ) {}

  static async create(): Promise<ScratchBroker> {
    const environment = { ...process.env, APP_ENV: 'test' };
    const store = await loadConfig({ app: 'worker', definitions: [rabbitmqConfig], environment });
    const url = store.handle(rabbitmqConfig).current.url.href;
    const connection = await connect(url);
    return new ScratchBroker(url, connection, await connection.createChannel());
  }

  /** A unique queue, which an app declares. */
  queue(retry: readonly Delay[] = ['100ms', '200ms'], from?: ExchangeDefinition): QueueDefinition {
    const name = `scratch_${randomBytes(6).toString('hex')}`;
    const queue = defineQueue({ name, retry, ...(from && { from }) });
    this.queues.push(queue);
    return queue;
  }

  /** A unique exchange, which an app declares. */
  exchange(): ExchangeDefinition {
    const exchange = defineExchange({ name: `scratch_${randomBytes(6).toString('hex')}` });
    this.exchanges.push(exchange);
    return exchange;
  }

  /** Replaces an exchange that an app has declared by one without bindings. */
  async redeclareExchange(exchange: string, kind: 'fanout' | 'direct'): Promise<void> {
    await this.channel.deleteExchange(exchange);
    await this.channel.assertExchange(exchange, kind, { durable: true });
  }

  /** Sends bytes unchanged, like an untrusted publisher. */
  send(queue: string, content: string | Buffer, options: Options.Publish = {}): void {
    this.channel.sendToQueue(queue, Buffer.from(content), options);
  }

  /** Sends a message with headers that are nested more deeply than any library writes. */
  async sendNestedHeaders(queue: string, messageId: string, depth: number): Promise<void> {
    const channel = (await this.connection.createChannel()) as unknown as RawChannel;
    for (const frame of nestedHeadersFrames(channel.ch, queue, messageId, depth))
      channel.connection.stream.write(frame);
  }

  /** Takes one message out of a queue; undefined when it is empty. */
  async take(queue: string): Promise<GetMessage | undefined> {
    return (await this.channel.get(queue, { noAck: true })) || undefined;
  }

  /** Resolves once an app has declared the queue. */
  async awaitQueue(queue: string): Promise<void> {
    const declared = async () => {
      const channel = await this.connection.createChannel();
      // The broker closes the channel when the queue does not exist.
      channel.on('error', () => undefined);
      await channel.checkQueue(queue);
      await channel.close();
    };
    await eventually(declared, { within: 30_000, every: 200 });
  }

  async purge(queue: string): Promise<void> {
    await this.channel.purgeQueue(queue);
  }

  async delete(queue: string): Promise<void> {
    await this.channel.deleteQueue(queue);
  }

  /** Replaces a queue that an app has declared by one with other arguments. */
  async redeclare(queue: string, more: Record<string, unknown>): Promise<void> {
    await this.channel.deleteQueue(queue);
    await this.channel.assertQueue(queue, {
      durable: true,
      arguments: { 'x-queue-type': 'quorum', ...more },
    });
  }

  async drop(): Promise<void> {
    for (const { name, retry } of this.queues) {
      const names = [
        name,
        quarantineOf(name),
        deadLetterQueueOf(name),
        ...retry.map((delay) => retryQueueOf(name, delay)),
      ];
      for (const each of names) await this.channel.deleteQueue(each);
    }
    for (const { name } of this.exchanges) await this.channel.deleteExchange(name);
    await this.connection.close();
  }
}
