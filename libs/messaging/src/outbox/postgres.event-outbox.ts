import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { exchangeOf } from '../exchange-of.js';
import { contextHeaders, Header } from '../headers.js';
import { newMessageId } from '../message-id.js';
import { messageSpan } from '../message.span.js';
import { type MessagingConfig, messagingConfig } from '../messaging.config.js';
import { NoTransactionError } from '../messaging.errors.js';
import { writeContent } from '../write-content.js';
import { EventOutbox, type OutboxEvent } from './event-outbox.js';
import { OutboxWriter } from './outbox.writer.js';

@Injectable()
export class PostgresEventOutbox extends EventOutbox {
  constructor(
    @InjectConfig(messagingConfig) private readonly config: ConfigHandle<MessagingConfig>,
    private readonly transactions: TransactionHost,
    private readonly writer: OutboxWriter,
    private readonly spans: Spans,
  ) {
    super();
  }

  async add({ type, payload, queue, aggregateKey }: OutboxEvent): Promise<{ messageId: string }> {
    if (!this.transactions.isOpen) throw NoTransactionError.of(type);
    const messageId = newMessageId();
    const content = writeContent(type, payload, this.config.current.maxMessageSize);
    // The later spans that send and process the event are children of this span.
    await this.spans.run(`create ${type}`, messageSpan('producer', queue.name, messageId), () =>
      this.writer.write({
        messageId,
        queue: queue.name,
        exchange: exchangeOf(queue),
        type,
        headers: {
          ...contextHeaders(),
          [Header.attempt]: 1,
          correlation_id: RequestContext.current()?.requestId ?? messageId,
        },
        content,
        ...(aggregateKey !== undefined && { aggregateKey }),
      }),
    );
    return { messageId };
  }

  async addAll(events: readonly OutboxEvent[]): Promise<{ messageId: string }[]> {
    const [first] = events;
    if (!first) return [];
    if (!this.transactions.isOpen) throw NoTransactionError.of(first.type);
    await this.writer.lockPartitions(events.map(({ queue, ...event }) => ({ ...event, queue: queue.name })));
    const added: { messageId: string }[] = [];
    for (const event of events) added.push(await this.add(event));
    return added;
  }
}
