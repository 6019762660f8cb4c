import { TransactionHost } from '@app/postgres';
import type { BrokerMessage } from '@app/rabbitmq';
import { Logger } from '@nestjs/common';
import type { OutboxRow } from './outbox.row.js';
import type { Deferred } from './deferred.js';
import { EMPTY_BATCH, RelayBatch, type RelayedBatch } from './relay.batch.js';
import { backlogOf, STREAMS, takeShares } from './outbox.sql.js';

/** `ordered`: events with an aggregate key, in the order of their key. `unordered`: all others, for any relay. */
export type OutboxStream = keyof typeof STREAMS;

/** How many due rows one statement releases. */
const RELEASE_BATCH = 10_000;

/** Reads and empties the outbox of one schema. Several relays may work on it at once. */
export class OutboxSource {
  private readonly logger = new Logger(OutboxSource.name);
  private readonly table: string;
  /** The part at which the next batch begins, if the last batch did not reach all parts. */
  private readonly from: Record<OutboxStream, string>;

  constructor(
    readonly schema: string,
    private readonly transactions: TransactionHost,
  ) {
    this.table = `"${schema}".outbox`;
    this.from = { ordered: STREAMS.ordered.first, unordered: STREAMS.unordered.first };
  }

  /**
   * Publishes a batch and removes the confirmed rows, in one transaction. After a crash between confirm and commit, the
   * rows are published again under the same ids. The batch has the oldest events of each key (of each queue, for events
   * without a key), in equal shares. So a key with many events does not delay the others.
   */
  async relay(
    name: OutboxStream,
    limit: number,
    publish: (message: BrokerMessage) => Promise<void>,
  ): Promise<RelayedBatch> {
    await this.releaseDue();
    return this.transactions.run(async () => {
      if (name === 'ordered' && !(await this.ownsOrder())) return EMPTY_BATCH;
      const { rows, more } = await this.take(name, limit);
      if (rows.length === 0) return { ...EMPTY_BATCH, more };
      const batch = new RelayBatch(rows, publish);
      await batch.send();
      await this.remove(batch.published);
      await this.defer(batch.deferred);
      return { taken: rows.length, published: batch.published.length, failures: batch.failures, more };
    });
  }

  /**
   * How many events are due, and how long the oldest has waited, in seconds. Beyond 10,000 events the number is an
   * estimate.
   */
  async backlog(): Promise<{ size: number; lag: number }> {
    const [row] = await this.transactions.query<{ size: number; lag: number }>(backlogOf(this.table));
    return row ?? { size: 0, lag: 0 };
  }

  private async take(name: OutboxStream, limit: number): Promise<{ rows: OutboxRow[]; more: boolean }> {
    const stream = STREAMS[name];
    const from = this.from[name];
    const rows = await this.transactions.query<OutboxRow>(takeShares(this.table, stream), [limit, from]);
    const parts = Map.groupBy(rows, ({ part }) => part);
    const last = rows.at(-1)?.part;
    // With as many parts as the limit, there may be more parts. Otherwise the next batch starts from the first part.
    const isCut = last !== undefined && parts.size >= limit;
    this.from[name] = isCut ? last : stream.first;
    const isShort = [...parts.values()].some((part) => part.length >= (part[0]?.share ?? 0));
    return { rows, more: isShort || from !== stream.first };
  }

  /**
   * Releases due rows: delayed messages, and events that were deferred. Rows that another relay has locked are skipped.
   * The later events of a partition are held until its earlier ones are released.
   */
  private async releaseDue(): Promise<void> {
    const sql = `
      UPDATE ${this.table} SET due_at = NULL WHERE id IN (
        SELECT id FROM ${this.table} WHERE due_at <= now() ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)`;
    await this.transactions.query(sql, [RELEASE_BATCH]);
  }

  /**
   * Only one relay at a time publishes ordered events. The lock ends with the transaction, or with its session. So
   * after the lock is acquired, the relay reads what the previous holder has committed.
   */
  private async ownsOrder(): Promise<boolean> {
    const sql = 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS owned';
    const [row] = await this.transactions.query<{ owned: boolean }>(sql, [`outbox of ${this.schema}`]);
    return row?.owned === true;
  }

  private async remove(rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    const ids = rows.map(({ id }) => id);
    await this.transactions.query(`DELETE FROM ${this.table} WHERE id = ANY($1::bigint[])`, [ids]);
  }

  /** Defers rows that cannot be published now, so that they do not delay others. They stay in the outbox. */
  private async defer(rows: readonly Deferred[]): Promise<void> {
    if (rows.length === 0) return;
    const sql = `
      WITH clock AS MATERIALIZED (SELECT date_trunc('milliseconds', clock_timestamp()) AS time)
      UPDATE ${this.table} AS held
      SET due_at = coalesce(other.until, clock.time + other.wait * interval '1 millisecond')
      FROM clock, unnest($1::bigint[], $2::float8[], $3::timestamptz[]) AS other (id, wait, until)
      WHERE held.id = other.id`;
    const waits = rows.map(({ wait }) => (wait instanceof Date ? null : wait));
    const untils = rows.map(({ wait }) => (wait instanceof Date ? wait : null));
    await this.transactions.query(sql, [rows.map(({ row }) => row.id), waits, untils]);
    for (const { row, wait, error } of rows) {
      if (error === undefined) continue;
      const { queue, message_id, type, aggregate_key } = row;
      const fields = {
        err: error,
        queue,
        message_id,
        type,
        aggregate_key,
        source: this.schema,
        wait_ms: wait,
      };
      this.logger.error(
        fields,
        `an event for ${queue} cannot be published and is deferred, with the later events of its key`,
      );
    }
  }
}
