import { Topology } from '@app/rabbitmq';
import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { Consume } from '../consume/consume.decorator.js';
import { MessageContext } from '../consume/message.context.js';
import { Header } from '../headers.js';
import { MalformedMessageError, UnknownTargetError } from '../messaging.errors.js';
import { OutboxWriter } from '../outbox/outbox.writer.js';
import { scheduledQueue } from './scheduled.queue.js';

/** The latest due time, in milliseconds since 1970: the largest JavaScript timestamp. */
const MAX_TIME = 8.64e15;

/**
 * The maximum difference between the clocks of a sender and of the database, in milliseconds. A message is due after
 * its delay by the database's clock, but not later than this after the sender's due time: a message that is later than
 * this has waited for this consumer.
 */
const CLOCK_SKEW_MS = 60_000;

/** Stores delayed messages in the worker's own outbox. The relay publishes them when they are due. */
@Controller()
export class DelayedConsumer {
  constructor(
    private readonly outbox: OutboxWriter,
    private readonly topology: Topology,
  ) {}

  @Consume({ queue: scheduledQueue })
  async store(@Ctx() { message }: MessageContext): Promise<void> {
    const {
      [Header.target]: queue,
      [Header.targetExchange]: exchange,
      [Header.dueAt]: dueAt,
      [Header.delay]: delay,
      ...headers
    } = message.headers;
    const target = this.targetOf(queue, exchange);
    const time = numberOf(dueAt);
    if (!(Math.abs(time) <= MAX_TIME))
      throw MalformedMessageError.because(`does not say in ${Header.dueAt} when it is due`);
    await this.outbox.write({
      ...target,
      messageId: message.id,
      type: message.type,
      headers: { ...headers, correlation_id: message.correlationId, [Header.attempt]: 1 },
      content: message.content,
      ...dueOf(time, numberOf(delay)),
    });
  }

  /** Accepts only destinations of this app's topology, and never the queue of delayed messages itself. */
  private targetOf(queue: unknown, exchange: unknown): { queue: string; exchange?: string } {
    if (typeof queue === 'string' && queue !== scheduledQueue.name && this.topology.find(queue))
      return { queue };
    if (typeof exchange === 'string' && this.topology.findExchange(exchange))
      return { queue: exchange, exchange };
    const target = typeof queue === 'string' ? queue : exchange;
    throw typeof target === 'string'
      ? UnknownTargetError.of(target)
      : MalformedMessageError.because(`names no queue in ${Header.target}`);
  }
}

function numberOf(header: unknown): number {
  return typeof header === 'number' || typeof header === 'string' ? Number(header) : Number.NaN;
}

/** Senders of an earlier release send no delay; then the due time by the sender's clock applies. */
function dueOf(time: number, delayMs: number): { dueAt: Date; delayMs?: number } {
  if (!(delayMs >= 0 && delayMs <= MAX_TIME)) return { dueAt: new Date(time) };
  return { dueAt: new Date(Math.min(time + CLOCK_SKEW_MS, MAX_TIME)), delayMs };
}
