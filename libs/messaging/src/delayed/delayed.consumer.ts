import { Topology } from '@app/rabbitmq';
import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { Consume } from '../consume/consume.decorator.js';
import { MessageContext } from '../consume/message.context.js';
import { Header } from '../headers.js';
import { MalformedMessageError, UnknownTargetError } from '../messaging.errors.js';
import { OutboxWriter } from '../outbox/outbox.writer.js';
import { scheduledQueue } from './scheduled.queue.js';

/** The farthest that a message may be put off, in milliseconds: what a timestamp of JavaScript can say. */
const MAX_TIME = 8.64e15;

/**
 * How far the clocks of a sender and of the database may be apart, in milliseconds. Within it a message is due after its
 * delay; beyond it the message has waited for this consumer, and is due when its sender said.
 */
const CLOCK_SKEW_MS = 60_000;

/** Delayed messages wait in the worker's own outbox; the relay publishes them when they are due. */
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

  /** A name from outside is not published to: only what this app knows, and never back to where messages wait. */
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

/** A sender of an earlier release says no delay: its clock is believed. */
function dueOf(time: number, delayMs: number): { dueAt: Date; delayMs?: number } {
  if (!(delayMs >= 0 && delayMs <= MAX_TIME)) return { dueAt: new Date(time) };
  return { dueAt: new Date(Math.min(time + CLOCK_SKEW_MS, MAX_TIME)), delayMs };
}
