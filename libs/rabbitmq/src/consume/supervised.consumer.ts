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
 * Pauses before the retry of a consumer that failed without a connection loss, in milliseconds. The first pause gives
 * the broker time to cancel every consumer of a deleted queue, before one of them declares the queue again.
 */
const RETRY = { initial: 1_000, longest: 5_000 };
/** After consuming for this long, in milliseconds, a consumer has recovered. */
const STABLE_AFTER_MS = 60_000;

/** A message as the broker delivers it: properties, routing fields, bytes. */
export type Delivery = ConsumeMessage;

/** What to do with a message that is too large to be read. @publicApi */
export interface BodyLimit {
  /** The limit in bytes; called for each message. The frames of a larger body are dropped when they arrive. */
  maxSize(): number;
  /** `reject`: the broker makes the message a dead letter. `keep`: it stays in the queue, unacknowledged. */
  beyond: 'reject' | 'keep';
  /** Called for each message that is too large. */
  onBeyond?(): void;
}

/** @publicApi */
export interface ConsumerOptions {
  queue: string;
  /** Messages handled at once. */
  prefetch: number;
  limit: BodyLimit;
  /**
   * Handles a message. It is acknowledged when the promise resolves. If the promise rejects, the message may not have
   * been handled: the channel is closed, and the broker redelivers its unacknowledged messages after a pause.
   */
  handle(message: Delivery): Promise<void>;
}

/** @internal */
export interface SupervisedConsumerOptions extends ConsumerOptions {
  /** How long the broker may take to reply to a call, in milliseconds. */
  replyTimeout(): number;
}

/** Why consuming ended: the connection was lost, or the consumer itself failed. */
type EndReason = 'connection' | 'fault';

/**
 * A consumer that is set up again until it is cancelled. When the connection was lost, it is set up at once on the next
 * connection. When the consumer itself failed (a deleted queue, a quorum queue without a leader), it waits longer each
 * time. When it makes the broker close the connection, it moves to a separate connection, so that other consumers
 * continue.
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

  /** Whether it is consuming now. */
  get consuming(): boolean {
    return this.missing === undefined;
  }

  /** How long it has not been consuming, in milliseconds; 0 while it consumes. */
  get missingForMs(): number {
    return this.missing === undefined ? 0 : performance.now() - this.missing;
  }

  /** Resolves once it consumes, or once its first attempt has failed and will be retried. */
  async start(): Promise<void> {
    this.running = this.run();
    await this.firstAttempt.promise;
  }

  /** Cancels the current attempt and starts again on a separate connection. */
  restart(): void {
    this.restarting.abort();
  }

  /** Checks that the broker still has this consumer, and sets it up again if not. */
  async verify(): Promise<void> {
    const channel = this.current;
    if (!this.consuming || !channel || (await channel.isKnown())) return;
    await channel.close('the broker has lost it');
  }

  /** Stops receiving messages. Messages that were delivered are still handled. */
  async cancel(): Promise<void> {
    this.stopping.abort();
    this.firstAttempt.resolve();
    await this.current?.cancel();
  }

  /** Resolves once every delivered message is handled and the broker has the acknowledgements. */
  async drain(): Promise<void> {
    await this.inFlight.idle();
    // amqplib drops unwritten data when a connection closes. The broker's reply to this close follows the last ack.
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

  /** @param signal cancels the attempt */
  private async consumeUntilLost(signal: AbortSignal): Promise<EndReason> {
    const connection = this.separate ?? this.connections.openConsuming();
    const attempt = new ConsumerAttempt(connection, this.topology, {
      queue: this.queue,
      prefetch: this.options.prefetch,
      maxSize: () => this.options.limit.maxSize(),
      within: this.options.replyTimeout(),
      // The queue may have been deleted.
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

  private async consumeOn(channel: ConsumerChannel): Promise<EndReason> {
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
        // The channel may be closed by now. Then the broker redelivers, and the inbox detects the duplicate.
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
