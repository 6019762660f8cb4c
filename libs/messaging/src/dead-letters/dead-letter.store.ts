import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import type {
  DeadLetter,
  DeadLetterAction,
  DeadLetterFilter,
  DeadLetterStatus,
  DeadLetterSummary,
  OperatorAction,
} from './dead-letter.js';
import {
  type ActionRow,
  toAction,
  toLetter,
  toSummary,
  type LetterRow,
  type SummaryRow,
} from './letter.rows.js';

/** The status of a letter after each action. */
const ENDS = { redrive: 'redriving', discard: 'discarded' } as const;

const MATCHES = `
  ($1::text IS NULL OR queue = $1) AND ($2::text IS NULL OR reason = $2) AND ($3::text IS NULL OR type = $3)
  AND ($4::timestamptz IS NULL OR dead_at >= $4) AND ($5::uuid[] IS NULL OR id = ANY($5))`;

const SUMMARY = `
  id, message_id, queue, type, reason, coalesce(errors->-1->>'message', '') AS error, attempts, first_failed_at,
  dead_at, status, handled_at, redrives, octet_length(payload) AS size`;

/** One statement, so that a letter is handled once: a second caller finds it no longer `dead`. */
const HANDLE = `
  WITH chosen AS (
    SELECT id FROM dead_letter WHERE status = 'dead' AND dead_at <= $6 AND ${MATCHES}
    ORDER BY id LIMIT $7 FOR UPDATE SKIP LOCKED
  ), handled AS (
    UPDATE dead_letter AS letter SET status = $8, handled_at = clock_timestamp()
    FROM chosen WHERE letter.id = chosen.id
    RETURNING letter.id, letter.message_id, letter.queue, letter.reason
  )
  INSERT INTO dead_letter_action (letter_id, message_id, queue, reason, action, actor, note, request_id)
  SELECT id, message_id, queue, reason, $9, $10, $11, $12 FROM handled
  RETURNING queue`;

/** Which part of a list of letters to read. */
export interface LetterPage {
  statuses: readonly DeadLetterStatus[];
  order: 'newest first' | 'oldest first';
  limit: number;
  /** The id of the last letter of the part before. @default from the beginning */
  after?: string | undefined;
}

/** Reads and updates dead letters for operators. */
@Injectable()
export class DeadLetterStore {
  constructor(private readonly transactions: TransactionHost) {}

  /** Lists letters from behind the letter `after`. */
  async list(
    filter: DeadLetterFilter,
    { statuses, order, limit, after }: LetterPage,
  ): Promise<DeadLetterSummary[]> {
    const [direction, behind] = order === 'newest first' ? ['DESC', '<'] : ['ASC', '>'];
    // A literal for the most frequent filter, because its partial index holds `dead` letters only.
    const status = statuses.length === 1 && statuses[0] === 'dead' ? `status = 'dead'` : 'status = ANY($6)';
    const sql = `
      SELECT ${SUMMARY} FROM dead_letter
      WHERE ${status} AND $6::text[] IS NOT NULL AND ($7::uuid IS NULL OR id ${behind} $7) AND ${MATCHES}
      ORDER BY id ${direction} LIMIT $8`;
    const parameters = [...parametersOf(filter), statuses, after, limit];
    return (await this.transactions.query<SummaryRow>(sql, parameters)).map(toSummary);
  }

  async find(id: string): Promise<DeadLetter | undefined> {
    const sql = `
      SELECT ${SUMMARY}, correlation_id, headers, substring(payload FOR 1048576) AS payload, errors
      FROM dead_letter WHERE id = $1`;
    const [row] = await this.transactions.query<LetterRow>(sql, [id]);
    return row && toLetter(row, await this.actions({ letterId: id }, 100));
  }

  /** The time of the database. Letters that die after this call have a later `dead_at`. */
  async now(): Promise<Date> {
    // Rounded up to the next millisecond, because a JavaScript Date has no microseconds.
    const sql = `SELECT date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond' AS now`;
    const [row] = await this.transactions.query<{ now: Date }>(sql);
    if (!row) throw new Error('The database did not say what time it is.');
    return row.now;
  }

  /**
   * Redrives or discards dead letters with the status `dead`, oldest first, and records the operator. It skips those
   * that another transaction is handling.
   *
   * @returns the queue of each letter that was handled, at most `limit`
   */
  async handle(
    action: DeadLetterAction['action'],
    filter: DeadLetterFilter,
    { actor, note, until, limit }: OperatorAction & { until: Date; limit: number },
  ): Promise<string[]> {
    const requestId = RequestContext.current()?.requestId;
    const operation = [ENDS[action], action, actor, note, requestId];
    const parameters = [...parametersOf(filter), until, limit, ...operation];
    return (await this.transactions.query<{ queue: string }>(HANDLE, parameters)).map(({ queue }) => queue);
  }

  /** Latest first, starting before the action `before`. */
  async actions(
    { letterId, actor }: { letterId?: string | undefined; actor?: string | undefined },
    limit: number,
    before?: number,
  ): Promise<DeadLetterAction[]> {
    const sql = `
      SELECT * FROM dead_letter_action
      WHERE ($1::uuid IS NULL OR letter_id = $1) AND ($2::text IS NULL OR actor = $2) AND ($3::bigint IS NULL OR id < $3)
      ORDER BY id DESC LIMIT $4`;
    return (await this.transactions.query<ActionRow>(sql, [letterId, actor, before, limit])).map(toAction);
  }

  /** Counts the letters of each queue that are dead or accepted for redrive. */
  count(): Promise<{ queue: string; status: DeadLetterStatus; count: number }[]> {
    return this.transactions.query(`
      SELECT queue, status, count(*)::integer AS count FROM dead_letter WHERE status = 'dead' GROUP BY 1, 2
      UNION ALL
      SELECT queue, status, count(*)::integer FROM dead_letter WHERE status = 'redriving' GROUP BY 1, 2`);
  }
}

function parametersOf({ queue, reason, type, since, ids }: DeadLetterFilter): unknown[] {
  return [queue, reason, type, since, ids && ids.length > 0 ? ids : undefined];
}
