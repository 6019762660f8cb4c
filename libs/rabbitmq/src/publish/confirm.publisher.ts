import { setTimeout as pause } from 'node:timers/promises';
import { type ConfigHandle, InjectConfig } from '@app/config';
import { childBudgetMs, RequestContext } from '@app/context';
import { Lifecycle } from '@app/lifecycle';
import { Injectable } from '@nestjs/common';
import type { ConfirmChannel } from 'amqplib';
import { type RabbitMqConfig, rabbitmqConfig } from '../rabbitmq.config.js';
import { RabbitMqConnections } from '../rabbitmq.connections.js';
import {
  MessageUnsendableError,
  PublishBlockedError,
  PublishRefusedError,
  PublishUnconfirmedError,
  QueueNotFoundError,
} from '../rabbitmq.errors.js';
import { RabbitMqMetrics } from '../rabbitmq.metrics.js';
import { Topology } from '../topology/topology.js';
import type { BrokerMessage } from './broker-message.js';
import { channelFault } from './channel-fault.js';
import { Publication, type PublicationOptions, type PublishOutcome } from './publication.js';
import { ReturnedMessages } from './returned-messages.js';

/** The pause before opening a channel is retried, in milliseconds. */
const REOPEN_AFTER_MS = 100;
/**
 * The pause before a deleted queue is declared again, in milliseconds. RabbitMQ 3.10 cancels the consumers of a deleted
 * quorum queue with a short delay; it does not cancel them if a queue of the same name exists again by then.
 */
const DECLARE_AFTER_MS = 1_000;
/** How often publications are checked for timeouts, in milliseconds. One timer for all costs less than one for each. */
const SWEEP_MS = 10;

/**
 * Publishes with confirms on one channel. If the channel ends, unconfirmed messages are published again on the next
 * one, in order, until their timeout. Such a message may be in the queue twice, with the same id.
 */
@Injectable()
export class ConfirmPublisher {
  private readonly unconfirmed = new Set<Publication>();
  private waiting = new Set<Publication>();
  /** Returned by the broker; their queue is being declared again. */
  private readonly returning = new Set<Publication>();
  private channel: ConfirmChannel | undefined;
  private returned = new ReturnedMessages();
  private opening = false;
  private sweeper: NodeJS.Timeout | undefined;
  private readonly idle: (() => void)[] = [];

  constructor(
    private readonly connections: RabbitMqConnections,
    private readonly topology: Topology,
    @InjectConfig(rabbitmqConfig) private readonly config: ConfigHandle<RabbitMqConfig>,
    private readonly metrics: RabbitMqMetrics,
    lifecycle: Lifecycle,
  ) {
    connections.onBlocked((reason) => this.refuseWaiting(reason));
    lifecycle.register({
      name: 'rabbitmq publisher',
      // The request or batch that waits for the confirm is counted itself.
      isRepeatable: true,
      flush: () => this.drained(),
      pending: () => (this.pendingCount > 0 ? [`${this.pendingCount} messages not confirmed`] : []),
    });
  }

  /**
   * Publishes a message. Resolves once a majority of the broker's nodes have it on disk.
   *
   * @throws QueueNotFoundError when no queue or exchange of that name exists
   * @throws MessageUnsendableError when it cannot be encoded (for example, its headers exceed a frame), or is larger
   *   than the broker accepts (final)
   * @throws PublishBlockedError when an alarm of the broker blocks publishing; the message was not sent (retryable)
   * @throws PublishRefusedError when the broker rejected it (retryable), or this app has no permission to publish there
   * @throws PublishUnconfirmedError when it was not confirmed in time (retryable). Its `outcome` is `unknown` when it
   *   was written to a connection, so that the broker may have it; otherwise `refused`
   */
  publish(message: BrokerMessage, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const { confirmTimeout, maxWaiting } = this.config.current;
    if (signal?.aborted || this.waiting.size >= maxWaiting)
      return Promise.reject(PublishUnconfirmedError.notSent(message.queue));
    const { blocked } = this.connections.publishing;
    if (blocked !== undefined) return Promise.reject(this.blockedError(message, blocked));
    const timeout = Math.min(confirmTimeout, childBudgetMs(RequestContext.current()?.deadline));
    return new Promise((resolve, reject) => {
      const onEnd: PublicationOptions['onEnd'] = (publication, outcome, cause) => {
        this.onEnd(publication, outcome);
        if (outcome === 'confirmed') resolve();
        else reject(errorOf(publication, outcome, cause));
      };
      this.sweeper ??= RequestContext.detach(() => setTimeout(() => this.sweep(), SWEEP_MS));
      this.enqueue(new Publication({ message, timeout, signal, onEnd }));
    });
  }

  private get pendingCount(): number {
    return this.waiting.size + this.unconfirmed.size + this.returning.size;
  }

  /** Sends at once if no publication waits and the window has room: the usual case. */
  private enqueue(publication: Publication): void {
    const { channel } = this;
    if (channel && this.waiting.size === 0 && this.unconfirmed.size < this.config.current.maxInFlight) {
      this.unconfirmed.add(publication);
      this.send(channel, publication);
    } else {
      this.waiting.add(publication);
      this.pump();
    }
  }

  /** An alarm began: unsent publications fail at once. Sent ones may be in the queue, and wait for their confirm. */
  private refuseWaiting(reason: string): void {
    for (const publication of this.waiting)
      publication.end('blocked', PublishBlockedError.of(publication.message.queue, reason));
  }

  private blockedError(message: BrokerMessage, reason: string): PublishBlockedError {
    this.metrics.published(message.queue, 'blocked', 0);
    return PublishBlockedError.of(message.queue, reason);
  }

  /** Sends waiting publications until the window is full. */
  private pump(): void {
    const { channel } = this;
    if (!channel) return this.openChannel();
    for (const publication of this.waiting) {
      if (this.unconfirmed.size >= this.config.current.maxInFlight) return;
      this.waiting.delete(publication);
      this.unconfirmed.add(publication);
      this.send(channel, publication);
    }
  }

  private sweep(): void {
    this.sweeper = undefined;
    const now = performance.now();
    for (const publication of this.waiting) publication.expire(now);
    for (const publication of this.unconfirmed) publication.expire(now);
    for (const publication of this.returning) publication.expire(now);
    if (!this.allSettled()) this.sweeper = setTimeout(() => this.sweep(), SWEEP_MS);
  }

  private send(channel: ConfirmChannel, publication: Publication): void {
    const { message } = publication;
    // Field by field: copying objects for every message would be a large part of the cost of a publish.
    const options = {
      messageId: message.messageId,
      type: message.type,
      correlationId: message.correlationId,
      contentType: message.contentType,
      contentEncoding: message.contentEncoding,
      timestamp: message.timestamp,
      headers: message.headers,
      persistent: true,
      mandatory: true,
    };
    publication.markWritten();
    try {
      channel.publish(message.exchange ?? '', message.queue, message.content, options, (error: unknown) =>
        this.onConfirm(publication, error),
      );
    } catch (error) {
      publication.markReplied();
      // The message cannot be encoded, for example its headers exceed a frame. A closed channel emits `close` itself.
      if (this.channel === channel && this.unconfirmed.delete(publication))
        publication.end('unsendable', error);
    }
  }

  private onConfirm(publication: Publication, error: unknown): void {
    // The channel has ended, and the publication waits for the next one.
    if (!this.unconfirmed.delete(publication)) return;
    publication.markReplied();
    const returned = this.returned.take(publication.message);
    if (returned && !error) void this.onReturned(publication);
    else publication.end(error ? 'refused' : 'confirmed', error);
    this.pump();
    this.resolveIdle();
  }

  /** The broker has no such queue. If it belongs to this app, it was deleted: declares it and sends once more. */
  private async onReturned(publication: Publication): Promise<void> {
    const { queue, exchange } = publication.message;
    const name = exchange ?? queue;
    if (publication.settled || publication.repeated || !this.topology.declares(name))
      return publication.end('returned');
    publication.repeated = true;
    this.returning.add(publication);
    try {
      await pause(DECLARE_AFTER_MS);
      await this.topology.declare(await this.connections.publishing.model(), name, { again: true });
      if (!publication.settled) this.enqueue(publication);
    } catch (error) {
      publication.end('refused', error);
    } finally {
      this.returning.delete(publication);
      this.resolveIdle();
    }
  }

  private openChannel(): void {
    if (this.opening) return;
    this.opening = true;
    RequestContext.detach(() => this.connections.publishing.openConfirmChannel())
      .then((channel) => this.onOpen(channel))
      .catch(() => setTimeout(() => this.onOpenFailed(), REOPEN_AFTER_MS).unref());
  }

  private onOpen(channel: ConfirmChannel): void {
    this.opening = false;
    this.channel = channel;
    this.returned = new ReturnedMessages();
    channel.on('return', (message) => this.returned.add(message));
    channel.on('error', (error) => this.onFault(error));
    // Must run before amqplib's own listener, which rejects every open confirm.
    channel.prependListener('close', () => this.onClose());
    this.pump();
  }

  /** Ends the publications that caused the error. The `close` event comes later and sends the others again. */
  private onFault(error: unknown): void {
    const outcomeOf = channelFault(error);
    for (const publication of this.unconfirmed) {
      const outcome = outcomeOf(publication.message);
      if (!outcome || !this.unconfirmed.delete(publication)) continue;
      publication.markReplied();
      publication.end(outcome, error);
    }
  }

  private onOpenFailed(): void {
    this.opening = false;
    if (this.waiting.size > 0) this.openChannel();
  }

  private onClose(): void {
    this.channel = undefined;
    const again = [...this.unconfirmed].filter(({ settled }) => !settled);
    this.unconfirmed.clear();
    this.waiting = new Set([...again, ...this.waiting]);
    if (this.waiting.size > 0) this.openChannel();
    this.resolveIdle();
  }

  /** A publication that expires stays in the window until the broker replies or the channel ends. */
  private onEnd(publication: Publication, outcome: PublishOutcome): void {
    this.waiting.delete(publication);
    this.metrics.published(publication.message.queue, outcome, performance.now() - publication.startedAt);
    this.resolveIdle();
  }

  private drained(): Promise<void> {
    if (this.allSettled()) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private resolveIdle(): void {
    if (this.idle.length === 0 || !this.allSettled()) return;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private allSettled(): boolean {
    const open = this.waiting.size + this.returning.size;
    return open === 0 && [...this.unconfirmed].every(({ settled }) => settled);
  }
}

function errorOf({ message, inDoubt }: Publication, outcome: PublishOutcome, cause: unknown): Error {
  const { queue, messageId } = message;
  // The reply to the second send says nothing about the first send.
  if (inDoubt) return PublishUnconfirmedError.of(queue, cause, messageId);
  if (outcome === 'returned') return QueueNotFoundError.of(queue);
  if (outcome === 'blocked' && cause instanceof Error) return cause;
  if (outcome === 'unsendable') return MessageUnsendableError.because(queue, cause);
  if (outcome === 'forbidden') return PublishRefusedError.forbidden(queue, cause);
  return outcome === 'refused'
    ? PublishRefusedError.of(queue, cause)
    : PublishUnconfirmedError.notSent(queue, cause);
}
