import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { Header } from '../headers.js';
import { OUTBOX_CHANNEL } from '../outbox/outbox.channel.js';

/** Only the holder of this lock sends; other workers try again later. So the rate limits all workers together. */
const LOCK = `SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.dead_letter.redrive', 0)) AS held`;

/** `statement_timestamp` is stable. With the volatile `clock_timestamp`, PostgreSQL would read the whole table. */
const RECENT = `
  SELECT count(*)::integer AS recent FROM dead_letter WHERE redriven_at > statement_timestamp() - interval '1 second'`;

/** The history, cut to the size of a header: the first failure and the latest nine, without details if too large. */
const HISTORY = `(
  SELECT coalesce(jsonb_agg(
    CASE WHEN octet_length(sent.errors::text) > 40000 THEN failure - 'details' ELSE failure END ORDER BY place
  ), '[]')::text FROM (
    SELECT failure, place, count(*) OVER () AS total
    FROM jsonb_array_elements(sent.errors) WITH ORDINALITY AS past (failure, place)
  ) AS placed WHERE place = 1 OR place > total - 9)`;

/** Copies the letters to the outbox inside the database. The relay publishes them like every other event. */
const SEND = `
  WITH chosen AS (
    SELECT id FROM dead_letter WHERE status = 'redriving' ORDER BY handled_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
  ), sent AS (
    UPDATE dead_letter AS letter
    SET status = 'redriven', redriven_at = clock_timestamp(), redrives = redrives + 1
    FROM chosen WHERE letter.id = chosen.id RETURNING letter.*
  ), added AS (
    INSERT INTO outbox (message_id, queue, type, headers, payload)
    SELECT message_id, queue, type,
      (headers - 'correlation_id') || jsonb_strip_nulls(jsonb_build_object(
        '${Header.attempt}', 1, '${Header.failures}', ${HISTORY}, 'correlation_id', correlation_id)),
      payload
    FROM sent ORDER BY handled_at, id
    RETURNING id
  )
  SELECT count(*)::integer AS sent, CASE WHEN count(*) > 0 THEN pg_notify('${OUTBOX_CHANNEL}', current_schema()) END
  FROM added`;

/** Moves letters that were accepted for redrive to the outbox. */
@Injectable()
export class RedriveStore {
  constructor(private readonly transactions: TransactionHost) {}

  /**
   * Moves a batch of letters to the outbox, under their own message ids.
   *
   * @param limit maximum number of letters for this call
   * @param rate maximum number of letters in any second
   * @returns whether there may be more; false when no letter waits or another worker is sending
   */
  send(limit: number, rate: number): Promise<boolean> {
    return this.transactions.run(async () => {
      const [lock] = await this.transactions.query<{ held: boolean }>(LOCK);
      if (!lock?.held) return false;
      const [past] = await this.transactions.query<{ recent: number }>(RECENT);
      const allowed = Math.min(limit, rate - (past?.recent ?? 0));
      if (allowed <= 0) return true;
      const [row] = await this.transactions.query<{ sent: number }>(SEND, [allowed]);
      return row !== undefined && row.sent > 0;
    });
  }
}
