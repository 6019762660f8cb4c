import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/** What nobody needs to see any more. Each call removes at most `limit` rows and says how many it were. */
@Injectable()
export class RetentionStore {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Letters that were redriven, discarded or resolved; one that waits stays for ever.
   *
   * @param retention milliseconds since then
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

  /** @param retention milliseconds since somebody did it */
  async removeActions(retention: number, limit: number): Promise<number> {
    const sql = `
      DELETE FROM dead_letter_action WHERE id IN (
        SELECT id FROM dead_letter_action WHERE at < now() - $1 * interval '1 millisecond'
        ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    return (await this.transactions.query(sql, [retention, limit])).length;
  }
}
