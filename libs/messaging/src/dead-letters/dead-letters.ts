import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from '../consume/incoming-message.js';
import { newMessageId } from '../message-id.js';

/** What the broker's own dead-lettering leaves unsaid: it condemns what took its consumer down too often. */
const DELIVERY_LIMIT = 'DELIVERY_LIMIT';

const MOVE = `
  INSERT INTO dead_letter
    (id, message_id, queue, type, reason, attempts, first_failed_at, dead_at, headers, payload, errors)
  VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8, $9, $10)
  ON CONFLICT (message_id, queue) DO UPDATE SET
    reason = EXCLUDED.reason, attempts = EXCLUDED.attempts, dead_at = EXCLUDED.dead_at,
    headers = EXCLUDED.headers, errors = EXCLUDED.errors`;

/** The messages whose every attempt failed, where people can see them. */
@Injectable()
export class DeadLetters {
  constructor(private readonly transactions: TransactionHost) {}

  /** Takes a letter in. Taking it in twice changes nothing: message and queue name it. */
  async take(message: IncomingMessage): Promise<void> {
    const { id, queue, type, attempt, failures, headers, content } = message;
    const reason = failures.at(-1)?.reason ?? DELIVERY_LIMIT;
    const firstFailedAt = failures[0]?.at ?? new Date().toISOString();
    await this.transactions.query(MOVE, [
      newMessageId(),
      id,
      queue,
      type,
      reason,
      attempt,
      firstFailedAt,
      jsonb(headers),
      content,
      jsonb(failures),
    ]);
  }

  /** Since when a message is dead; undefined when it is not. */
  async deadSince(messageId: string): Promise<Date | undefined> {
    const sql = 'SELECT dead_at FROM dead_letter WHERE message_id = $1 ORDER BY dead_at DESC LIMIT 1';
    const [row] = await this.transactions.query<{ dead_at: Date }>(sql, [messageId]);
    return row?.dead_at;
  }
}

/** PostgreSQL's jsonb has no NUL character, which strings from outside may hold. */
function jsonb(value: unknown): string {
  return JSON.stringify(value).replaceAll(String.raw`\u0000`, '');
}
