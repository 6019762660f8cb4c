import { deadlineIn, remainingMs, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import { TransactionHost, translateError } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { DeadLetters } from '../dead-letters/dead-letters.js';
import { MessageInProgressError } from './inbox.errors.js';

/** The dead letter of a message that has had its effect outlives the message's row in the inbox. */
const claimOf = (ids: string, message: string, more = '') => `
  INSERT INTO inbox (message_id, queue)
  SELECT ${message}, $2::text ${ids}
  WHERE NOT EXISTS (
    SELECT FROM dead_letter WHERE message_id = ${message} AND queue = $2 AND done_at IS NOT NULL)
  ${more} ON CONFLICT DO NOTHING RETURNING message_id`;

const CLAIM_ONE = claimOf('', '$1::uuid');
/** In the order of the key, so that batches that share messages never wait for each other crosswise. */
const CLAIM = claimOf('FROM unnest($1::uuid[]) AS message', 'message', 'GROUP BY message ORDER BY message');

/**
 * Which messages have had their effect. The row and the effect are one transaction, so that there is one if and
 * only if there is the other. The same transaction records the effect in the dead letter of the message, if it has one.
 */
@Injectable()
export class Inbox {
  constructor(
    private readonly transactions: TransactionHost,
    private readonly deadLetters: DeadLetters,
  ) {}

  /**
   * Runs `effect` unless this message has had its effect on this queue.
   *
   * @returns whether it ran
   * @throws MessageInProgressError when another delivery was being handled for half of the time that there was
   */
  async once(messageId: string, queue: string, effect: () => Promise<void>): Promise<boolean> {
    const [fresh] = await this.onceEach([messageId], queue, effect);
    return fresh === true;
  }

  /**
   * Runs `effect` for those of the messages that have not had their effect on this queue, unless there are none;
   * one that is there twice counts once.
   *
   * @param effect gets for each message whether it is to be had; it is called in the same transaction
   * @returns the same
   * @throws MessageInProgressError when another delivery of one was being handled for half of the time that there was
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
      // A statement of its own: it sees a letter that was taken in while this transaction waited for the row.
      await this.deadLetters.settle(queue, claimed);
      return fresh;
    });
  }

  /** Waits while another delivery of one of the messages is being handled, until that has committed or failed. */
  private async claim(messageIds: readonly string[], queue: string): Promise<string[]> {
    const context = RequestContext.current();
    const [first, ...others] = messageIds;
    // A statement that names one message costs PostgreSQL half of what it takes to plan the other.
    const [sql, ids] = others.length === 0 ? [CLAIM_ONE, first] : [CLAIM, messageIds];
    const claim = () => this.transactions.query<{ message_id: string }>(sql, [ids, queue]);
    try {
      // The other half is for the effect.
      const deadline = deadlineIn(remainingMs(context?.deadline) / 2);
      const rows = await (context ? context.fork({ deadline }).run(claim) : claim());
      return rows.map((row) => row.message_id);
    } catch (error) {
      if (translateError(error) instanceof DeadlineExceededError)
        throw MessageInProgressError.on(queue, error);
      throw error;
    }
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
