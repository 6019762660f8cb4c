import { type ConfigHandle, InjectConfig } from '@app/config';
import type { Destination } from '@app/contracts';
import { RequestContext } from '@app/context';
import { type BrokerMessage, ConfirmPublisher } from '@app/rabbitmq';
import { Resilience } from '@app/resilience';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { scheduledQueue } from '../delayed/scheduled.queue.js';
import { contextHeaders, Header } from '../headers.js';
import { newMessageId } from '../message-id.js';
import { messageSpan } from '../message.span.js';
import { type MessagingConfig, messagingConfig } from '../messaging.config.js';
import { exchangeOf } from '../exchange-of.js';
import { writeContent } from '../write-content.js';
import { MessagePublisher, type OutgoingMessage, type PublishOptions } from './message-publisher.js';

@Injectable()
export class AmqpPublisher extends MessagePublisher {
  constructor(
    @InjectConfig(messagingConfig) private readonly config: ConfigHandle<MessagingConfig>,
    private readonly publisher: ConfirmPublisher,
    private readonly resilience: Resilience,
    private readonly spans: Spans,
  ) {
    super();
  }

  publish(
    queue: Destination,
    message: OutgoingMessage,
    options: PublishOptions = {},
  ): Promise<{ messageId: string }> {
    const { messageId = newMessageId(), delayMs = 0 } = message;
    return this.spans.run(`send ${queue.name}`, messageSpan('producer', queue.name, messageId), async () => {
      const content = writeContent(message.type, message.payload, this.config.current.maxMessageSize);
      const envelope = seal(queue, messageId, message, content);
      const broker = this.resilience.policy('rabbitmq');
      // No retry here: after a reconnect, the confirm publisher sends unconfirmed messages again.
      await broker.run(
        () => this.publisher.publish(delayMs > 0 ? delayed(envelope, delayMs) : envelope, options),
        options,
      );
      return { messageId };
    });
  }
}

function seal(
  destination: Destination,
  messageId: string,
  { type, correlationId }: OutgoingMessage,
  content: Buffer,
): BrokerMessage {
  const exchange = exchangeOf(destination);
  return {
    queue: destination.name,
    ...(exchange !== undefined && { exchange }),
    messageId,
    type,
    correlationId: correlationId ?? RequestContext.current()?.requestId ?? messageId,
    contentType: 'application/json',
    timestamp: Math.floor(Date.now() / 1000),
    headers: { ...contextHeaders(), [Header.attempt]: 1 },
    content,
  };
}

/** The same message for the queue of delayed messages. The worker publishes it to its own queue when it is due. */
function delayed({ exchange, ...message }: BrokerMessage, delayMs: number): BrokerMessage {
  const headers = {
    ...message.headers,
    [exchange === undefined ? Header.target : Header.targetExchange]: message.queue,
    [Header.dueAt]: Date.now() + delayMs,
    [Header.delay]: delayMs,
  };
  return { ...message, queue: scheduledQueue.name, headers };
}
