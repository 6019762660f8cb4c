import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from '../consume/incoming-message.js';
import type { DeadLetterStatus } from './dead-letter.js';
import { letterOf } from './letter.intake.js';

/**
 * Message and queue name a letter. Its failures tell one death from another: what brings none that is not known is
 * the same death, delivered again. Another one opens the letter again, whatever was done to it. A message that has
 * had its effect, as its inbox row says, needs nobody: the broker may condemn one whose acknowledgements were lost.
 */
const TAKE = `
  INSERT INTO dead_letter AS known
    (id, message_id, queue, type, correlation_id, reason, attempts, first_failed_at, dead_at, headers, payload, errors)
  SELECT $1, $2::uuid, $3::text, $4, $5, $6, $7, $8, clock_timestamp(), $9, $10, $11
  WHERE NOT EXISTS (SELECT FROM inbox WHERE message_id = $2 AND queue = $3)
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
  WHERE NOT known.errors @> excluded.errors`;

const FATE = `
  SELECT status, coalesce(handled_at, dead_at) AS since FROM dead_letter WHERE message_id = $1
  ORDER BY array_position(ARRAY['dead', 'redriving', 'redriven', 'discarded'], status), dead_at DESC LIMIT 1`;

/** The messages whose every attempt failed, as they come in and as they are asked for by their message. */
@Injectable()
export class DeadLetters {
  constructor(private readonly transactions: TransactionHost) {}

  /** Takes a letter in, in one statement. Taking the same death in twice changes nothing. */
  async take(message: IncomingMessage): Promise<void> {
    await this.transactions.query(TAKE, letterOf(message));
  }

  /** What became of a message that died, and since when; undefined for one that did not. */
  async fateOf(messageId: string): Promise<{ status: DeadLetterStatus; since: Date } | undefined> {
    const [row] = await this.transactions.query<{ status: DeadLetterStatus; since: Date }>(FATE, [messageId]);
    return row;
  }

  /** Forgets the letters of messages that were redriven and have had their effect. */
  async forgetRedriven(messageIds: readonly string[]): Promise<void> {
    const sql = `DELETE FROM dead_letter WHERE message_id = ANY($1) AND status = 'redriven'`;
    await this.transactions.query(sql, [messageIds]);
  }
}
