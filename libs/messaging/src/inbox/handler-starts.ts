import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

const BEGIN = `
  INSERT INTO handler_start AS known (message_id, queue, starts) VALUES ($1, $2, 1)
  ON CONFLICT (message_id, queue) DO UPDATE SET starts = known.starts + 1, started_at = now()
  RETURNING starts`;

const PRUNE = `
  DELETE FROM handler_start WHERE (message_id, queue) IN (
    SELECT message_id, queue FROM handler_start WHERE started_at < now() - $1 * interval '1 millisecond'
    LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING 1`;

/**
 * Records how often the handler of a message began and did not end. The broker counts every unacknowledged delivery,
 * also those that a lost connection took back before a handler began. Only a handler that began and never ended can
 * have crashed its process. Only messages that were delivered before are recorded.
 */
@Injectable()
export class HandlerStarts {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Records that a handler begins, in a transaction of its own.
   *
   * @returns how often a handler began before and did not end
   */
  async begin(messageId: string, queue: string): Promise<number> {
    const [row] = await this.transactions.query<{ starts: number }>(BEGIN, [messageId, queue]);
    return (row?.starts ?? 1) - 1;
  }

  /** Records that the handler ended, with or without success. */
  async end(messageId: string, queue: string): Promise<void> {
    await this.transactions.query('DELETE FROM handler_start WHERE message_id = $1 AND queue = $2', [
      messageId,
      queue,
    ]);
  }

  /** How often a handler began and did not end. */
  async count(messageId: string, queue: string): Promise<number> {
    const sql = 'SELECT starts FROM handler_start WHERE message_id = $1 AND queue = $2';
    const [row] = await this.transactions.query<{ starts: number }>(sql, [messageId, queue]);
    return row?.starts ?? 0;
  }

  /**
   * Removes records of messages that were not delivered again.
   *
   * @param retention milliseconds
   * @returns how many were removed, at most `limit`
   */
  async prune(retention: number, limit: number): Promise<number> {
    return (await this.transactions.query(PRUNE, [retention, limit])).length;
  }
}
