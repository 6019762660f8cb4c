import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { OUTBOX_CHANNEL } from './outbox.channel.js';
import { partitionLock } from './outbox.partition.js';

/** A message to be written to the outbox. `content` has the bytes that will be sent. */
export interface OutboxRow {
  messageId: string;
  /** The destination: a queue, or the exchange of the same name. */
  queue: string;
  exchange?: string | undefined;
  type: string | undefined;
  aggregateKey?: string;
  headers: Record<string, unknown>;
  content: Buffer;
  /** It is not published before this time. Such a row has no key. @default at once */
  dueAt?: Date;
  /** Milliseconds from now, by the database's clock. It is due at the earlier of this time and `dueAt`. */
  delayMs?: number;
}

const COLUMNS = '(message_id, queue, exchange, type, aggregate_key, headers, payload, due_at, waiting_since)';
const NOTIFY = `SELECT pg_notify('${OUTBOX_CHANNEL}', current_schema())`;

const INSERT = `
  WITH added AS (
    INSERT INTO outbox ${COLUMNS} VALUES ($1, $2, $7, $3, $4, $5, $6, NULL, now())
  )
  ${NOTIFY}`;

/**
 * The row takes its id from the sequence after the lock is acquired. The lock is held until the transaction ends. So a
 * later transaction of the same partition has greater ids, and becomes visible later.
 */
const INSERT_IN_ORDER = `
  WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(${partitionLock(`$2::text || ' ' || $4::text`)}) IS NOT NULL AS had
  ), added AS (
    INSERT INTO outbox ${COLUMNS}
    SELECT $1::uuid, $2, $7, $3, $4, $5::jsonb, $6::bytea, NULL, now() FROM turn WHERE had
  )
  ${NOTIFY}`;

const INSERT_DELAYED = `
  WITH time AS (
    SELECT least($8::timestamptz, clock_timestamp() + $9::float8 * interval '1 millisecond') AS due
  ), added AS (
    INSERT INTO outbox ${COLUMNS}
    SELECT $1::uuid, $2, $7, $3, $4, $5::jsonb, $6::bytea, due, due FROM time
  )
  ${NOTIFY}`;

const LOCK_PARTITIONS = `
  SELECT pg_advisory_xact_lock(lock) FROM (
    SELECT DISTINCT ${partitionLock('partition')} AS lock FROM unnest($1::text[]) AS partition ORDER BY lock
  ) AS locks`;

/** Writes rows and wakes the relay; PostgreSQL delivers the notification when the transaction commits. */
@Injectable()
export class OutboxWriter {
  constructor(private readonly transactions: TransactionHost) {}

  async write(row: OutboxRow): Promise<void> {
    const { messageId, queue, exchange, type, aggregateKey, headers, content, dueAt, delayMs } = row;
    const event = [messageId, queue, type, aggregateKey, JSON.stringify(headers), content, exchange];
    if (dueAt) await this.transactions.query(INSERT_DELAYED, [...event, dueAt, delayMs]);
    else await this.transactions.query(aggregateKey === undefined ? INSERT : INSERT_IN_ORDER, event);
  }

  /** Locks the partitions of all these rows for this transaction, in the order of their lock numbers. */
  async lockPartitions(rows: readonly Pick<OutboxRow, 'queue' | 'aggregateKey'>[]): Promise<void> {
    const partitions = rows.flatMap(({ queue, aggregateKey: key }) =>
      key === undefined ? [] : [`${queue} ${key}`],
    );
    if (partitions.length > 0) await this.transactions.query(LOCK_PARTITIONS, [partitions]);
  }
}
