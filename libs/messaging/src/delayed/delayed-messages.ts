import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { scheduledQueue } from './scheduled.queue.js';

/** While the message waits, its outbox row has the time; after that its inbox row, for `messaging.inbox_retention`. */
const STORED = `
  SELECT since FROM (
    SELECT created_at AS since FROM outbox WHERE message_id = $1 AND due_at IS NOT NULL
    UNION ALL
    SELECT done_at FROM inbox WHERE message_id = $1 AND queue = '${scheduledQueue.name}'
  ) AS stored
  ORDER BY since LIMIT 1`;

/** The delayed messages that this app has stored. */
@Injectable()
export class DelayedMessages {
  constructor(private readonly transactions: TransactionHost) {}

  /** When a delayed message was stored; undefined for other messages, and after the retention of its inbox row. */
  async storedAt(messageId: string): Promise<Date | undefined> {
    const [row] = await this.transactions.query<{ since: Date }>(STORED, [messageId]);
    return row?.since;
  }

  /** Deletes the inbox rows of messages that have had their effect. */
  async deleteRows(messageIds: readonly string[]): Promise<void> {
    const sql = 'DELETE FROM inbox WHERE message_id = ANY($1) AND queue = $2';
    await this.transactions.query(sql, [messageIds, scheduledQueue.name]);
  }
}
