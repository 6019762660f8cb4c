import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Spans } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { contextHeaders, Header } from '../headers.js';
import { newMessageId } from '../message-id.js';
import { messageSpan } from '../message.span.js';
import { NoTransactionError } from '../messaging.errors.js';
import { EventOutbox, type OutboxEvent } from './event-outbox.js';
import { OutboxWriter } from './outbox.writer.js';

@Injectable()
export class PostgresEventOutbox extends EventOutbox {
  constructor(
    private readonly transactions: TransactionHost,
    private readonly writer: OutboxWriter,
    private readonly spans: Spans,
  ) {
    super();
  }

  async add({ type, payload, queue, aggregateKey }: OutboxEvent): Promise<{ messageId: string }> {
    if (!this.transactions.isOpen) throw NoTransactionError.of(type);
    const messageId = newMessageId();
    // What is sent later, and received after that, are steps of this one.
    await this.spans.run(`create ${type}`, messageSpan('producer', queue.name, messageId), () =>
      this.writer.write({
        messageId,
        queue: queue.name,
        type,
        headers: {
          ...contextHeaders(),
          [Header.attempt]: 1,
          correlation_id: RequestContext.current()?.requestId ?? messageId,
        },
        content: Buffer.from(JSON.stringify(payload)),
        ...(aggregateKey !== undefined && { aggregateKey }),
      }),
    );
    return { messageId };
  }
}
