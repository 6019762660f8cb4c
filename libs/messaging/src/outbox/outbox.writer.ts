import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { OUTBOX_CHANNEL } from './outbox.channel.js';

/** A message as it waits in the outbox; `content` are the bytes that will be sent. */
export interface OutboxRow {
  messageId: string;
  /** Where it goes: a queue, or the exchange of the same name. */
  queue: string;
  exchange?: string | undefined;
  type: string | undefined;
  aggregateKey?: string;
  headers: Record<string, unknown>;
  content: Buffer;
  /** Published not before this. @default at once */
  dueAt?: Date;
}

const INSERT = `
  WITH added AS (
    INSERT INTO outbox (message_id, queue, exchange, type, aggregate_key, headers, payload, due_at, waiting_since)
    VALUES ($1, $2, $8, $3, $4, $5, $6, $7, coalesce($7, now()))
  )
  SELECT pg_notify('${OUTBOX_CHANNEL}', current_schema())`;

/** Writes rows and wakes the relay; PostgreSQL delivers the notification when the transaction commits. */
@Injectable()
export class OutboxWriter {
  constructor(private readonly transactions: TransactionHost) {}

  async write(row: OutboxRow): Promise<void> {
    const { messageId, queue, exchange, type, aggregateKey, headers, content, dueAt } = row;
    await this.transactions.query(INSERT, [
      messageId,
      queue,
      type,
      aggregateKey,
      JSON.stringify(headers),
      content,
      dueAt,
      exchange,
    ]);
  }
}
