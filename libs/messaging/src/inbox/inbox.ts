import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';

/**
 * Which messages have had their effect. The row and the effect are one transaction, so that there is one if and
 * only if there is the other.
 */
@Injectable()
export class Inbox {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Runs `effect` unless this message has had its effect on this queue.
   *
   * @returns whether it ran
   */
  once(messageId: string, queue: string, effect: () => Promise<void>): Promise<boolean> {
    return this.transactions.run(async () => {
      // A second delivery at the same moment waits here until the first has committed or failed.
      const sql =
        'INSERT INTO inbox (message_id, queue) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING message_id';
      const rows = await this.transactions.query(sql, [messageId, queue]);
      if (rows.length === 0) return false;
      await effect();
      return true;
    });
  }

  /**
   * Runs `effect` for those of the messages that have not had their effect on this queue, unless there are none;
   * one that is there twice counts once.
   *
   * @param effect gets for each message whether it is to be had; it is called in the same transaction
   * @returns the same
   */
  onceEach(
    messageIds: readonly string[],
    queue: string,
    effect: (fresh: readonly boolean[]) => Promise<void>,
  ): Promise<readonly boolean[]> {
    return this.transactions.run(async () => {
      // In the order of the key, so that batches that share messages never wait for each other crosswise.
      const sql = `
        INSERT INTO inbox (message_id, queue)
        SELECT id, $2 FROM unnest($1::uuid[]) AS id GROUP BY id ORDER BY id
        ON CONFLICT DO NOTHING RETURNING message_id`;
      const rows = await this.transactions.query<{ message_id: string }>(sql, [messageIds, queue]);
      const noted = new Set(rows.map((row) => row.message_id));
      const fresh = messageIds.map((id) => noted.delete(id));
      if (rows.length > 0) await effect(fresh);
      return fresh;
    });
  }

  /**
   * Forgets messages that had their effect longer ago than that, oldest first.
   *
   * @param retention milliseconds
   * @returns how many were forgotten, at most `limit`
   */
  async prune(retention: number, limit: number): Promise<number> {
    const sql = `
      DELETE FROM inbox WHERE (message_id, queue) IN (
        SELECT message_id, queue FROM inbox WHERE done_at < now() - $1 * interval '1 millisecond'
        ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED)
      RETURNING 1`;
    return (await this.transactions.query(sql, [retention, limit])).length;
  }

  /**
   * Forgets messages. A redelivery after that would have its effect again: forget only what is far older than any
   * message may stay in a queue.
   */
  async forget(queue: string, messageIds: readonly string[]): Promise<void> {
    await this.transactions.query('DELETE FROM inbox WHERE queue = $1 AND message_id = ANY($2)', [
      queue,
      messageIds,
    ]);
  }
}
