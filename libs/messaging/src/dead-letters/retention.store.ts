import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/** Deletes rows whose retention has expired. Each call deletes at most `limit` rows and returns their number. */
@Injectable()
export class RetentionStore {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Deletes dead letters that were redriven, discarded or resolved. A dead letter that no operator has handled is never
   * deleted.
   *
   * @param retention milliseconds since the dead letter was handled
   */
  async deleteLetters(retention: number, limit: number): Promise<number> {
    const sql = `
      DELETE FROM dead_letter WHERE id IN (
        SELECT id FROM dead_letter
        WHERE status NOT IN ('dead', 'redriving') AND handled_at < now() - $1 * interval '1 millisecond'
        ORDER BY handled_at LIMIT $2 FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    return (await this.transactions.query(sql, [retention, limit])).length;
  }

  /**
   * Deletes recorded actions of operators.
   *
   * @param retention milliseconds since the action
   */
  async deleteActions(retention: number, limit: number): Promise<number> {
    const sql = `
      DELETE FROM dead_letter_action WHERE id IN (
        SELECT id FROM dead_letter_action WHERE at < now() - $1 * interval '1 millisecond'
        ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    return (await this.transactions.query(sql, [retention, limit])).length;
  }
}
