import { setTimeout as pause } from 'node:timers/promises';
import { InFlight } from '@app/lifecycle';
import { Logger } from '@nestjs/common';
import type { ConsumeMessage } from 'amqplib';
import type { BrokerConnection } from '../connection/broker.connection.js';
import { reconnectDelay } from '../connection/reconnect-delay.js';
import type { RabbitMqConnections } from '../rabbitmq.connections.js';
import type { Topology } from '../topology/topology.js';
import { droppedSizeOf } from './body-limit.js';
import { ConsumerAttempt } from './consumer.attempt.js';
import type { ConsumerChannel } from './consumer.channel.js';

/**
 * Pauses before a consumer that failed by itself is tried again, in milliseconds. The first is long enough for the
 * broker to cancel every consumer of a queue that was deleted, before one of them declares the queue again.
 */
const RETRY = { initial: 1_000, longest: 5_000 };
/** A consumer that stood this long has recovered, in milliseconds. */
const STABLE_AFTER_MS = 60_000;

/** A message as the broker hands it over: properties, routing fields, bytes. */
export type Delivery = ConsumeMessage;

/** What becomes of a message that is too large to be read. @publicApi */
export interface BodyLimit {
  /** In bytes, asked for each message. The frames of a larger body are dropped as they come. */
  maxSize(): number;
  /** `reject`: the broker makes a dead letter of it. `keep`: it stays in the queue, unacknowledged. */
  beyond: 'reject' | 'keep';
  /** Called for each of them. */
  onBeyond?(): void;
}

/** @publicApi */
export interface ConsumerOptions {
  queue: string;
  /** Messages handled at once. */
  prefetch: number;
  limit: BodyLimit;
  /**
   * Deals with a message; it is acknowledged when the promise resolves. A rejection means that nothing is known to
   * have been done: the channel ends, and the broker delivers what is open on it again after a pause.
   */
  handle(message: Delivery): Promise<void>;
}

/** @internal */
export interface SupervisedConsumerOptions extends ConsumerOptions {
  /** How long the broker may take to answer a call, in milliseconds. */
  replyTimeout(): number;
}

/** Whether an attempt to consume ended for the connection's sake or for the consumer's own. */
type Loss = 'connection' | 'fault';

/**
 * A consumer that is wanted until it is cancelled. After a lost connection it is set up again at once on the next one.
 * After a failure of its own (a deleted queue, a quorum queue without a leader) it waits longer each time. When it
 * makes the broker close the connection, it gets a connection of its own, so that the other consumers go on.
 */
export class SupervisedConsumer {
  private readonly logger = new Logger(SupervisedConsumer.name);
  private readonly inFlight = new InFlight();
  private readonly stopping = new AbortController();
  private readonly firstAttempt = Promise.withResolvers<void>();
  private restarting = new AbortController();
  private current: ConsumerChannel | undefined;
  private separate: BrokerConnection | undefined;
  private missing: number | undefined = performance.now();
  private failures = 0;
  private running: Promise<void> | undefined;

  constructor(
    private readonly connections: RabbitMqConnections,
    private readonly topology: Topology,
    private readonly options: SupervisedConsumerOptions,
  ) {}

  get queue(): string {
    return this.options.queue;
  }

  /** Whether the broker delivers to it at this moment. */
  get consuming(): boolean {
    return this.missing === undefined;
  }

  /** For how long the broker has delivered nothing to it, in milliseconds; 0 while it consumes. */
  get missingForMs(): number {
    return this.missing === undefined ? 0 : performance.now() - this.missing;
  }

  /** Resolves once the consumer stands, or its first attempt failed and is being retried. */
  async start(): Promise<void> {
    this.running = this.run();
    await this.firstAttempt.promise;
  }

  /** Gives up the attempt that is under way and begins anew, on a connection of its own. */
  restart(): void {
    this.restarting.abort();
  }

  /** Asks the broker whether it still has this consumer, and begins anew when it does not. */
  async verify(): Promise<void> {
    const channel = this.current;
    if (!this.consuming || !channel || (await channel.isKnown())) return;
    await channel.close('the broker has lost it');
  }

  /** Takes no more messages; those that were delivered are still handled. */
  async cancel(): Promise<void> {
    this.stopping.abort();
    this.firstAttempt.resolve();
    await this.current?.cancel();
  }

  /** Resolves once every delivered message has been dealt with, and the broker has the acknowledgements. */
  async drain(): Promise<void> {
    await this.inFlight.idle();
    // amqplib drops what it has not written yet when a connection closes; the reply to this follows the last ack.
    await this.current?.close();
    await this.running;
  }

  describe(): string[] {
    return this.inFlight.describe();
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.restarting = new AbortController();
      const loss = await this.consumeUntilLost(
        AbortSignal.any([this.stopping.signal, this.restarting.signal]),
      );
      this.missing ??= performance.now();
      this.firstAttempt.resolve();
      if (loss === 'fault' && !this.stopped) await this.backOff();
    }
    await this.leaveSeparate();
  }

  /** @param signal gives the attempt up */
  private async consumeUntilLost(signal: AbortSignal): Promise<Loss> {
    const connection = this.separate ?? this.connections.openConsuming();
    const attempt = new ConsumerAttempt(connection, this.topology, {
      queue: this.queue,
      prefetch: this.options.prefetch,
      maxSize: () => this.options.limit.maxSize(),
      within: this.options.replyTimeout(),
      // Its queue may have been deleted.
      declareAgain: this.failures > 0,
      signal,
      onMessage: (channel, message) => void this.deal(channel, message),
    });
    try {
      return await this.consumeOn(await attempt.begin());
    } catch (error) {
      if (this.stopped) return 'connection';
      this.logger.warn(
        { reason: (attempt.fault ?? (error as Error)).message, queue: this.queue },
        `no consumer on ${this.queue} yet; trying again`,
      );
      if (attempt.fault || signal.aborted) await this.moveToSeparate();
      return attempt.lostConnection ? 'connection' : 'fault';
    }
  }

  private async consumeOn(channel: ConsumerChannel): Promise<Loss> {
    const since = performance.now();
    this.current = channel;
    this.missing = undefined;
    this.firstAttempt.resolve();
    if (this.stopped) await channel.cancel();
    const end = await channel.ended;
    this.missing = performance.now();
    if (performance.now() - since >= STABLE_AFTER_MS) await this.recovered();
    if (end === 'connection lost' || this.stopped) return 'connection';
    this.logger.warn(
      { queue: this.queue },
      `the consumer on ${this.queue} ended (${end}); it is set up again`,
    );
    return 'fault';
  }

  private async deal(channel: ConsumerChannel, message: Delivery): Promise<void> {
    const droppedSize = droppedSizeOf(message);
    if (droppedSize !== undefined) return this.putAside(channel, message, droppedSize);
    await this.inFlight.track(`a message of ${this.queue}`, async () => {
      try {
        await this.options.handle(message);
        // The channel may be closed by now; then the broker delivers again, and the inbox has the message.
        channel.acknowledge(message);
      } catch (error) {
        this.logger.error(
          { err: error, queue: this.queue },
          'a message could neither be handled nor put aside; it stays in the queue',
        );
        await channel.close('a message could not be handled');
      }
    });
  }

  private async putAside(channel: ConsumerChannel, message: Delivery, size: number): Promise<void> {
    const { limit } = this.options;
    const isRejected = limit.beyond === 'reject';
    limit.onBeyond?.();
    this.logger.error(
      {
        queue: this.queue,
        message_id: message.properties.messageId as unknown,
        size,
        max_size: limit.maxSize(),
      },
      isRejected
        ? `a message of ${this.queue} is too large to be read; the broker makes a dead letter of it`
        : `a message of ${this.queue} is too large to be read; it stays there, to be taken out at the broker`,
    );
    if (isRejected) channel.reject(message);
    else await channel.keep();
  }

  private async backOff(): Promise<void> {
    this.failures += 1;
    const signal = AbortSignal.any([this.stopping.signal, this.restarting.signal]);
    await pause(reconnectDelay(this.failures, RETRY), undefined, { signal }).catch(() => undefined);
  }

  private async moveToSeparate(): Promise<void> {
    await this.leaveSeparate();
    this.separate = this.connections.openSeparate(this.queue);
  }

  private async leaveSeparate(): Promise<void> {
    const { separate } = this;
    this.separate = undefined;
    if (separate) await this.connections.closeSeparate(separate);
  }

  private async recovered(): Promise<void> {
    this.failures = 0;
    await this.leaveSeparate();
  }
}
