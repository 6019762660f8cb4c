import type { QueueDefinition } from '@app/contracts';
import { RequestContext } from '@app/context';
import { type BrokerMessage, ConfirmPublisher } from '@app/rabbitmq';
import { Resilience } from '@app/resilience';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { scheduledQueue } from '../delayed/scheduled.queue.js';
import { contextHeaders, Header } from '../headers.js';
import { newMessageId } from '../message-id.js';
import { messageSpan } from '../message.span.js';
import { MessagePublisher, type OutgoingMessage, type PublishOptions } from './message-publisher.js';

@Injectable()
export class AmqpPublisher extends MessagePublisher {
  constructor(
    private readonly publisher: ConfirmPublisher,
    private readonly resilience: Resilience,
    private readonly spans: Spans,
  ) {
    super();
  }

  publish(
    queue: QueueDefinition,
    message: OutgoingMessage,
    options: PublishOptions = {},
  ): Promise<{ messageId: string }> {
    const { messageId = newMessageId(), delayMs = 0 } = message;
    return this.spans.run(`send ${queue.name}`, messageSpan('producer', queue.name, messageId), async () => {
      const envelope = seal(queue.name, messageId, message);
      const broker = this.resilience.policy('rabbitmq');
      // Not repeated here: the publisher itself sends again what was not confirmed when a connection broke.
      await broker.run(
        () => this.publisher.publish(delayMs > 0 ? delayed(envelope, delayMs) : envelope, options),
        options,
      );
      return { messageId };
    });
  }
}

function seal(
  queue: string,
  messageId: string,
  { type, payload, correlationId }: OutgoingMessage,
): BrokerMessage {
  return {
    queue,
    messageId,
    type,
    correlationId: correlationId ?? RequestContext.current()?.requestId ?? messageId,
    contentType: 'application/json',
    timestamp: Math.floor(Date.now() / 1000),
    headers: { ...contextHeaders(), [Header.attempt]: 1 },
    content: Buffer.from(JSON.stringify(payload)),
  };
}

/** The same message on its way to where it waits; the worker publishes it to its queue when it is due. */
function delayed(message: BrokerMessage, delayMs: number): BrokerMessage {
  const headers = {
    ...message.headers,
    [Header.target]: message.queue,
    [Header.dueAt]: Date.now() + delayMs,
  };
  return { ...message, queue: scheduledQueue.name, headers };
}
