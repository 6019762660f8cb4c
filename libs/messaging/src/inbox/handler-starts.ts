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
 * How often the handler of a message began and did not end. The broker counts every delivery that was not
 * acknowledged, also those that a lost connection took back before any handler saw them. Only a handler that began and
 * never ended can have taken its process down. Messages that were delivered before are recorded, and no others.
 */
@Injectable()
export class HandlerStarts {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Records that a handler begins, in a transaction of its own.
   *
   * @returns how often one began before and did not end
   */
  async begin(messageId: string, queue: string): Promise<number> {
    const [row] = await this.transactions.query<{ starts: number }>(BEGIN, [messageId, queue]);
    return (row?.starts ?? 1) - 1;
  }

  /** The handler ended, whatever came of it. */
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
   * Removes records of messages that never came again.
   *
   * @param retention milliseconds
   * @returns how many were removed, at most `limit`
   */
  async prune(retention: number, limit: number): Promise<number> {
    return (await this.transactions.query(PRUNE, [retention, limit])).length;
  }
}
