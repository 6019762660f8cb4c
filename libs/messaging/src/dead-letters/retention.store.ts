import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/** Removes rows whose retention is over. Each call removes at most `limit` rows and returns their number. */
@Injectable()
export class RetentionStore {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Removes letters that were redriven, discarded or resolved. A letter that waits is kept for ever.
   *
   * @param retention milliseconds since it was handled
   */
  async removeLetters(retention: number, limit: number): Promise<number> {
    const sql = `
      DELETE FROM dead_letter WHERE id IN (
        SELECT id FROM dead_letter
        WHERE status NOT IN ('dead', 'redriving') AND handled_at < now() - $1 * interval '1 millisecond'
        ORDER BY handled_at LIMIT $2 FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    return (await this.transactions.query(sql, [retention, limit])).length;
  }

  /** @param retention milliseconds since the action */
  async removeActions(retention: number, limit: number): Promise<number> {
    const sql = `
      DELETE FROM dead_letter_action WHERE id IN (
        SELECT id FROM dead_letter_action WHERE at < now() - $1 * interval '1 millisecond'
        ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    return (await this.transactions.query(sql, [retention, limit])).length;
  }
}
