import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from '../consume/incoming-message.js';
import type { DeadLetterStatus } from './dead-letter.js';
import { letterOf } from './letter.intake.js';

const RELEASE = 'DELETE FROM inbox WHERE message_id = $1 AND queue = $2';

/**
 * Stores a dead letter. It inserts the inbox row of the message first: it waits for a handler that is running, and no
 * handler of the message can commit until this transaction ends.
 *
 * A dead letter is identified by message and queue. If all its failures are recorded already, the broker has delivered
 * the same dead letter again, and nothing changes. A new failure sets the status to `dead` again, whatever an operator
 * did before, unless the message was processed.
 */
const TAKE = `
  WITH claimed AS (
    INSERT INTO inbox (message_id, queue) VALUES ($2, $3) ON CONFLICT DO NOTHING RETURNING message_id, queue
  ), taken AS (
  INSERT INTO dead_letter AS known
    (id, message_id, queue, type, correlation_id, reason, attempts, first_failed_at, dead_at, headers, payload, errors)
  SELECT $1::uuid, message_id, queue, $4, $5, $6, $7::int, coalesce($8::timestamptz, clock_timestamp()),
    clock_timestamp(), $9::jsonb, $10::bytea, $11::jsonb FROM claimed
  ON CONFLICT (message_id, queue) DO UPDATE SET
    reason = excluded.reason, attempts = excluded.attempts, dead_at = excluded.dead_at, headers = excluded.headers,
    status = CASE WHEN known.status = 'redriving' THEN known.status ELSE 'dead' END,
    handled_at = CASE WHEN known.status = 'redriving' THEN known.handled_at END,
    errors = (
      SELECT jsonb_agg(failure ORDER BY place) FROM (
        SELECT failure, row_number() OVER past AS place, count(*) OVER () AS total
        FROM (
          SELECT failure FROM jsonb_array_elements(known.errors) AS failure
          UNION ALL
          SELECT failure FROM jsonb_array_elements(excluded.errors) AS failure
          WHERE NOT known.errors @> jsonb_build_array(failure)
        ) AS every
        WINDOW past AS (ORDER BY failure->>'at', failure->'attempt')
      ) AS placed
      WHERE place = 1 OR place > total - 99)
  WHERE known.done_at IS NULL AND NOT known.errors @> excluded.errors
  )
  SELECT message_id FROM claimed`;

const SETTLE = 'SELECT settle_dead_letters($1, $2)';

const SETTLE_PROCESSED = `
  SELECT settle_dead_letters(ARRAY[message_id], queue) FROM (
    SELECT message_id, queue FROM dead_letter AS letter WHERE status IN ('dead', 'redriving')
      AND EXISTS (SELECT FROM inbox WHERE inbox.message_id = letter.message_id AND inbox.queue = letter.queue)
    LIMIT $1 FOR UPDATE SKIP LOCKED) AS done`;

const STATUS_OF = `
  SELECT status, coalesce(handled_at, dead_at) AS since FROM dead_letter WHERE message_id = $1 AND done_at IS NULL
  ORDER BY array_position(ARRAY['dead', 'redriving', 'redriven', 'discarded'], status), dead_at DESC LIMIT 1`;

/** Stores messages whose attempts all failed, and finds them by message id. */
@Injectable()
export class DeadLetters {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Stores a dead letter, unless its message was processed: the broker may reject a message whose acknowledgements were
   * lost. Waits for a running handler of the message. Storing the same dead letter twice changes nothing.
   */
  async take(message: IncomingMessage): Promise<void> {
    const { id, queue } = message;
    await this.transactions.run(async () => {
      const [claimed] = await this.transactions.query(TAKE, letterOf(message));
      if (claimed) await this.transactions.query(RELEASE, [id, queue]);
      else await this.settle(queue, [id]);
    });
  }

  /**
   * Records in the dead letters of these messages that the messages were processed. The inbox calls the same SQL
   * function. As long as such a dead letter is kept, its message has no second effect, and no operator needs to redrive
   * it.
   */
  async settle(queue: string, messageIds: readonly string[]): Promise<void> {
    await this.transactions.query(SETTLE, [messageIds, queue]);
  }

  /**
   * Finds dead letters whose message has an inbox row, and records in them that the message was processed. Handlers do
   * that with their effect; only those of an earlier release did not.
   *
   * @returns how many, at most `limit`
   */
  async settleProcessed(limit: number): Promise<number> {
    return (await this.transactions.query(SETTLE_PROCESSED, [limit])).length;
  }

  /** The status of a message's dead letter, and since when; undefined without a letter or after the effect. */
  async statusOf(messageId: string): Promise<{ status: DeadLetterStatus; since: Date } | undefined> {
    const [row] = await this.transactions.query<{ status: DeadLetterStatus; since: Date }>(STATUS_OF, [
      messageId,
    ]);
    return row;
  }
}
