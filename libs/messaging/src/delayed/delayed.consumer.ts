import { Controller } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { Consume } from '../consume/consume.decorator.js';
import { MessageContext } from '../consume/message.context.js';
import { Header } from '../headers.js';
import { MalformedMessageError } from '../messaging.errors.js';
import { OutboxWriter } from '../outbox/outbox.writer.js';
import { scheduledQueue } from './scheduled.queue.js';

/** The farthest that a message may be put off, in milliseconds: what a timestamp of JavaScript can say. */
const MAX_TIME = 8.64e15;

/** Delayed messages wait in the worker's own outbox; the relay publishes them when they are due. */
@Controller()
export class DelayedConsumer {
  constructor(private readonly outbox: OutboxWriter) {}

  @Consume({ queue: scheduledQueue })
  async store(@Ctx() { message }: MessageContext): Promise<void> {
    const { [Header.target]: target, [Header.dueAt]: dueAt, ...headers } = message.headers;
    if (typeof target !== 'string')
      throw MalformedMessageError.because(`does not name its queue in ${Header.target}`);
    if (typeof dueAt !== 'number' || !(Math.abs(dueAt) <= MAX_TIME)) {
      throw MalformedMessageError.because(`does not say in ${Header.dueAt} when it is due`);
    }
    await this.outbox.write({
      messageId: message.id,
      queue: target,
      type: message.type,
      headers: { ...headers, correlation_id: message.correlationId, [Header.attempt]: 1 },
      content: message.content,
      dueAt: new Date(dueAt),
    });
  }
}
