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

/** The pause before a channel that could not be opened is tried again, in milliseconds. */
const REOPEN_AFTER_MS = 100;
/**
 * The pause before a deleted queue is declared again, in milliseconds. RabbitMQ 3.10 cancels the consumers of a deleted
 * quorum queue a moment later; it forgets to when a queue of the same name is there by then.
 */
const DECLARE_AFTER_MS = 1_000;
/** How often publications are looked at whose time may be up: one timer for all costs less than one for each. */
const SWEEP_MS = 10;

/**
 * Publishes with confirm on one channel. What is not confirmed when the channel ends is published again on the
 * next one, in its order, as long as its time lasts: it may then be in the queue twice, under the same id.
 */
@Injectable()
export class ConfirmPublisher {
  private readonly unconfirmed = new Set<Publication>();
  private waiting = new Set<Publication>();
  /** Returned by the broker; their queue is being declared. */
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
      // The request or the batch that waits for a confirmation counts by itself.
      isRepeatable: true,
      flush: () => this.drained(),
      pending: () => (this.pendingCount > 0 ? [`${this.pendingCount} messages not confirmed`] : []),
    });
  }

  /**
   * Resolves once the broker has the message on disk, on a majority of its nodes.
   *
   * @throws QueueNotFoundError when no queue or exchange of that name exists
   * @throws MessageUnsendableError when it cannot be encoded, such as with headers beyond a frame, or is larger than
   *   the broker takes; final
   * @throws PublishBlockedError when an alarm of the broker blocks publishing; the message was not sent (retryable)
   * @throws PublishRefusedError when the broker refused it (retryable), or does not let us publish there
   * @throws PublishUnconfirmedError when it was not confirmed in time (retryable); its `outcome` is `unknown` when it
   *   was written to a connection, so that the broker may have it, and `refused` when it was not
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

  /** Sent at once where nobody waits and the window has room, which is how it is most of the time. */
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

  /** An alarm began: what is not sent yet fails at once; what is sent may be in the queue and waits for its confirm. */
  private refuseWaiting(reason: string): void {
    for (const publication of this.waiting)
      publication.end('blocked', PublishBlockedError.of(publication.message.queue, reason));
  }

  private blockedError(message: BrokerMessage, reason: string): PublishBlockedError {
    this.metrics.published(message.queue, 'blocked', 0);
    return PublishBlockedError.of(message.queue, reason);
  }

  /** Sends what waits as far as the window allows. */
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
    // Field by field: to copy objects for every message would be a good part of what a publish costs.
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
    publication.written();
    try {
      channel.publish(message.exchange ?? '', message.queue, message.content, options, (error: unknown) =>
        this.onConfirm(publication, error),
      );
    } catch (error) {
      publication.answered();
      // A message that cannot be encoded, such as one with headers beyond a frame; a closed channel says so itself.
      if (this.channel === channel && this.unconfirmed.delete(publication))
        publication.end('unsendable', error);
    }
  }

  private onConfirm(publication: Publication, error: unknown): void {
    // Taken back by the end of the channel: it waits for the next one.
    if (!this.unconfirmed.delete(publication)) return;
    publication.answered();
    const returned = this.returned.take(publication.message);
    if (returned && !error) void this.onReturned(publication);
    else publication.end(error ? 'refused' : 'confirmed', error);
    this.pump();
    this.tellIdle();
  }

  /** The broker has no such queue. One of this app's own was deleted: it is declared and the message sent once more. */
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
      this.tellIdle();
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
    // Before the library's own listener, which fails every confirm that is open.
    channel.prependListener('close', () => this.onClose());
    this.pump();
  }

  /** Before its `close`, which sends the rest again. */
  private onFault(error: unknown): void {
    const outcomeOf = channelFault(error);
    for (const publication of this.unconfirmed) {
      const outcome = outcomeOf(publication.message);
      if (!outcome || !this.unconfirmed.delete(publication)) continue;
      publication.answered();
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
    this.tellIdle();
  }

  /** A publication that expires stays in the window until the broker answers or the channel ends. */
  private onEnd(publication: Publication, outcome: PublishOutcome): void {
    this.waiting.delete(publication);
    this.metrics.published(publication.message.queue, outcome, performance.now() - publication.startedAt);
    this.tellIdle();
  }

  private drained(): Promise<void> {
    if (this.allSettled()) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private tellIdle(): void {
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
  // An answer to what was sent again says nothing of what was sent first.
  if (inDoubt) return PublishUnconfirmedError.of(queue, cause, messageId);
  if (outcome === 'returned') return QueueNotFoundError.of(queue);
  if (outcome === 'blocked' && cause instanceof Error) return cause;
  if (outcome === 'unsendable') return MessageUnsendableError.because(queue, cause);
  if (outcome === 'forbidden') return PublishRefusedError.forbidden(queue, cause);
  return outcome === 'refused'
    ? PublishRefusedError.of(queue, cause)
    : PublishUnconfirmedError.notSent(queue, cause);
}
