import { deadlineIn, remainingMs, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import { TransactionHost, translateError } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { MessageInProgressError } from './inbox.errors.js';

/**
 * `claimed` are the messages whose row is new. Rows are inserted in sorted order, so that batches with common messages
 * cannot deadlock. `settle_dead_letters` records in the dead letters of the claimed messages that these were processed.
 * `settled` are the messages whose dead letter recorded that before: it may be kept for longer than the inbox row.
 */
const CLAIM = `
  WITH noted AS (
    INSERT INTO inbox (message_id, queue)
    SELECT message, $2 FROM unnest($1::uuid[]) AS message GROUP BY message ORDER BY message
    ON CONFLICT DO NOTHING RETURNING message_id
  ), fresh AS MATERIALIZED (
    SELECT array_agg(message_id) AS claimed FROM noted
  )
  SELECT claimed, settle_dead_letters(claimed, $2) AS settled FROM fresh WHERE claimed IS NOT NULL`;

/** The same for one message. PostgreSQL plans it in half of the time. */
const CLAIM_ONE = `
  WITH noted AS (
    INSERT INTO inbox (message_id, queue) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING message_id
  )
  SELECT ARRAY[message_id] AS claimed, settle_dead_letters(ARRAY[message_id], $2) AS settled FROM noted`;

interface Claim {
  claimed: string[];
  settled: string[] | null;
}

/**
 * Records which messages have had their effect. The inbox row and the effect commit in one transaction, so either both
 * exist or neither. The same transaction records the effect in the dead letter of the message, if it has one.
 */
@Injectable()
export class Inbox {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Runs `effect` unless this message has had its effect on this queue.
   *
   * @returns whether it ran
   * @throws MessageInProgressError when another delivery was still being handled after half of the remaining time
   */
  async once(messageId: string, queue: string, effect: () => Promise<void>): Promise<boolean> {
    const [fresh] = await this.onceEach([messageId], queue, effect);
    return fresh === true;
  }

  /**
   * Runs `effect` once for all messages that have not had their effect on this queue, unless there are none. Of a
   * message that is in the list twice, only the first is fresh.
   *
   * @param effect receives for each message whether it is fresh; it is called in the same transaction
   * @returns for each message, whether it is fresh
   * @throws MessageInProgressError when another delivery of one message was still being handled after half of the
   *   remaining time
   */
  onceEach(
    messageIds: readonly string[],
    queue: string,
    effect: (fresh: readonly boolean[]) => Promise<void>,
  ): Promise<readonly boolean[]> {
    return this.transactions.run(async () => {
      const claimed = await this.claim(messageIds, queue);
      const noted = new Set(claimed);
      const fresh = messageIds.map((id) => noted.delete(id));
      if (claimed.length === 0) return fresh;
      await effect(fresh);
      return fresh;
    });
  }

  /** Claims messages. Waits until other deliveries of the same messages have committed or failed. */
  private async claim(messageIds: readonly string[], queue: string): Promise<string[]> {
    const context = RequestContext.current();
    const [first, ...others] = messageIds;
    const [sql, ids] = others.length === 0 ? [CLAIM_ONE, first] : [CLAIM, messageIds];
    const claim = () => this.transactions.query<Claim>(sql, [ids, queue]);
    try {
      // The other half of the time is for the effect.
      const deadline = deadlineIn(remainingMs(context?.deadline) / 2);
      const [row] = await (context ? context.fork({ deadline }).run(claim) : claim());
      return row?.claimed.filter((id) => !row.settled?.includes(id)) ?? [];
    } catch (error) {
      if (translateError(error) instanceof DeadlineExceededError)
        throw MessageInProgressError.on(queue, error);
      throw error;
    }
  }

  /**
   * Deletes the rows of messages that had their effect longer ago than `retention`, oldest first.
   *
   * @param retention milliseconds
   * @returns how many were deleted, at most `limit`
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
   * Deletes the rows of these messages. A later redelivery would have its effect again, so delete only rows that are
   * far older than any message in a queue can be.
   */
  async deleteRows(queue: string, messageIds: readonly string[]): Promise<void> {
    await this.transactions.query('DELETE FROM inbox WHERE queue = $1 AND message_id = ANY($2)', [
      queue,
      messageIds,
    ]);
  }
}
