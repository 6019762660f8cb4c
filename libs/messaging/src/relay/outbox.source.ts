import { TransactionHost } from '@app/postgres';
import type { BrokerMessage } from '@app/rabbitmq';
import { Logger } from '@nestjs/common';
import type { OutboxRow } from './outbox.row.js';
import type { Deferred } from './deferred.js';
import { EMPTY_BATCH, RelayBatch, type RelayedBatch } from './relay.batch.js';
import { backlogOf, STREAMS, takeShares } from './outbox.sql.js';

/** Events with an aggregate key keep the order of their key; all others have none, and any relay may take them. */
export type OutboxStream = keyof typeof STREAMS;

/** How many rows that have become due are taken up at once. */
const DUE_AT_ONCE = 10_000;

/** The outbox of one schema, as the relay sees it. Several relays may work on it at once. */
export class OutboxSource {
  private readonly logger = new Logger(OutboxSource.name);
  private readonly table: string;
  /** Where the next batch begins when the one before did not come by all parts. */
  private readonly from: Record<OutboxStream, string>;

  constructor(
    readonly schema: string,
    private readonly transactions: TransactionHost,
  ) {
    this.table = `"${schema}".outbox`;
    this.from = { ordered: STREAMS.ordered.first, unordered: STREAMS.unordered.first };
  }

  /**
   * Hands a batch to `publish` and removes what it resolved for, in one transaction. A crash between the confirm and
   * the commit publishes it once more, under the same ids. Of each key, or each queue for events without one, the
   * batch has the oldest events, and as many as of any other: a key with many events does not make others wait.
   */
  async relay(
    line: OutboxStream,
    limit: number,
    publish: (message: BrokerMessage) => Promise<void>,
  ): Promise<RelayedBatch> {
    await this.takeUpDue();
    return this.transactions.run(async () => {
      if (line === 'ordered' && !(await this.ownsOrder())) return EMPTY_BATCH;
      const { rows, more } = await this.take(line, limit);
      if (rows.length === 0) return { ...EMPTY_BATCH, more };
      const batch = new RelayBatch(rows, publish);
      await batch.send();
      await this.remove(batch.published);
      await this.deferred(batch.deferred);
      return { taken: rows.length, published: batch.published.length, failures: batch.failures, more };
    });
  }

  /**
   * How many events wait that could be published by now, and for how long the oldest has, in seconds. Beyond 10,000
   * events the number is estimated.
   */
  async backlog(): Promise<{ size: number; lag: number }> {
    const [row] = await this.transactions.query<{ size: number; lag: number }>(backlogOf(this.table));
    return row ?? { size: 0, lag: 0 };
  }

  private async take(line: OutboxStream, limit: number): Promise<{ rows: OutboxRow[]; more: boolean }> {
    const stream = STREAMS[line];
    const from = this.from[line];
    const rows = await this.transactions.query<OutboxRow>(takeShares(this.table, stream), [limit, from]);
    const parts = Map.groupBy(rows, ({ part }) => part);
    const last = rows.at(-1)?.part;
    // As many parts as a batch has rows: there may be others behind them. Otherwise the next batch begins anew.
    const isCut = last !== undefined && parts.size >= limit;
    this.from[line] = isCut ? last : stream.first;
    const isShort = [...parts.values()].some((part) => part.length >= (part[0]?.share ?? 0));
    return { rows, more: isShort || from !== stream.first };
  }

  /**
   * Delayed messages, and events that were put off. Those that another relay takes up are left to it; a partition's
   * later events are held where its earlier ones are not taken up yet.
   */
  private async takeUpDue(): Promise<void> {
    const sql = `
      UPDATE ${this.table} SET due_at = NULL WHERE id IN (
        SELECT id FROM ${this.table} WHERE due_at <= now() ORDER BY due_at, id LIMIT $1 FOR UPDATE SKIP LOCKED)`;
    await this.transactions.query(sql, [DUE_AT_ONCE]);
  }

  /**
   * One relay at a time publishes what has an order. The lock ends with the transaction, so with its holder's
   * session at the latest, and what is read after it was had is what the holder before has left.
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

  /** What cannot be published for now must not hold up the others; it is not lost either. */
  private async deferred(rows: readonly Deferred[]): Promise<void> {
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
        `an event for ${queue} cannot be published and is put off, with those of its key behind it`,
      );
    }
  }
}
