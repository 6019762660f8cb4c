import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/** The effects of tasks. */
@Injectable()
export class MessageStore {
  constructor(private readonly transactions: TransactionHost) {}

  async record(messageId: string, payload: unknown): Promise<void> {
    const sql = 'INSERT INTO task (message_id, payload) VALUES ($1, $2)';
    await this.transactions.query(sql, [messageId, JSON.stringify(payload)]);
  }

  /** The time at which a task was completed; undefined when it was not. */
  async doneAt(messageId: string): Promise<Date | undefined> {
    const sql = 'SELECT done_at FROM task WHERE message_id = $1';
    const [row] = await this.transactions.query<{ done_at: Date }>(sql, [messageId]);
    return row?.done_at;
  }

  /**
   * Removes tasks that were completed before a time, oldest first.
   *
   * @returns the ids of the removed tasks, at most `limit`
   */
  async purge(before: Date, limit: number): Promise<string[]> {
    const sql = `
      DELETE FROM task WHERE message_id IN (
        SELECT message_id FROM task WHERE done_at < $1 ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED
      ) RETURNING message_id`;
    const rows = await this.transactions.query<{ message_id: string }>(sql, [before, limit]);
    return rows.map((row) => row.message_id);
  }
}
