import { TransactionHost } from '@app/postgres';
import type { BrokerMessage } from '@app/rabbitmq';
import { Logger } from '@nestjs/common';
import type { OutboxRow } from './outbox.row.js';
import { type PutOff } from './put-off.js';
import { EMPTY_BATCH, RelayBatch, type RelayedBatch } from './relay.batch.js';

/** Events with an aggregate key keep the order of their key; all others have none, and any relay may take them. */
export type OutboxLine = 'ordered' | 'unordered';

/** How many rows that have become due are taken up at once. */
const DUE_AT_ONCE = 10_000;

/** The outbox of one schema, as the relay sees it. Several relays may work on it at once. */
export class OutboxSource {
  private readonly logger = new Logger(OutboxSource.name);
  private readonly table: string;
  private readonly take: Readonly<Record<OutboxLine, string>>;

  constructor(
    readonly schema: string,
    private readonly transactions: TransactionHost,
  ) {
    this.table = `"${schema}".outbox`;
    this.take = { ordered: takeOrdered(this.table), unordered: takeUnordered(this.table) };
  }

  /**
   * Hands a batch, oldest first, to `publish` and removes what it resolved for, in one transaction. A crash between
   * the confirm and the commit publishes it once more, under the same ids.
   */
  async relay(
    line: OutboxLine,
    limit: number,
    publish: (message: BrokerMessage) => Promise<void>,
  ): Promise<RelayedBatch> {
    await this.takeUpDue();
    return this.transactions.run(async () => {
      if (line === 'ordered' && !(await this.ownsOrder())) return EMPTY_BATCH;
      const rows = await this.transactions.query<OutboxRow>(this.take[line], [limit]);
      if (rows.length === 0) return EMPTY_BATCH;
      const batch = new RelayBatch(rows, publish);
      await batch.send();
      await this.remove(batch.published);
      await this.putOff(batch.putOff);
      return { taken: rows.length, published: batch.published.length, failures: batch.failures };
    });
  }

  /** How many events wait that could be published by now, and for how long the oldest has, in seconds. */
  async backlog(): Promise<{ size: number; lag: number }> {
    const sql = `
      SELECT count(*)::integer AS size,
             coalesce(extract(epoch FROM now() - min(waiting_since)), 0)::float AS lag
      FROM ${this.table} WHERE waiting_since <= now()`;
    const [row] = await this.transactions.query<{ size: number; lag: number }>(sql);
    return row ?? { size: 0, lag: 0 };
  }

  /**
   * Delayed messages, and events that were put off. Those that another relay takes up are left to it; a lane's
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
  private async putOff(rows: readonly PutOff[]): Promise<void> {
    if (rows.length === 0) return;
    const sql = `
      UPDATE ${this.table} AS held SET due_at = other.until
      FROM unnest($1::bigint[], $2::timestamptz[]) AS other (id, until) WHERE held.id = other.id`;
    await this.transactions.query(sql, [rows.map(({ row }) => row.id), rows.map(({ until }) => until)]);
    for (const { row, until, error } of rows) {
      if (error === undefined) continue;
      const { queue, message_id, type, aggregate_key } = row;
      const fields = { err: error, queue, message_id, type, aggregate_key, source: this.schema, until };
      this.logger.error(
        fields,
        `an event for ${queue} cannot be published and is put off, with those of its key behind it`,
      );
    }
  }
}

function takeUnordered(table: string): string {
  return `
    SELECT *, NULL AS held_until FROM ${table} WHERE due_at IS NULL AND aggregate_key IS NULL
    ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`;
}

/** Not one is skipped, nor locked: they are those of the owner of the order alone. */
function takeOrdered(table: string): string {
  return `
    SELECT ready.*, (
      SELECT max(earlier.due_at) FROM ${table} AS earlier
      WHERE earlier.due_at IS NOT NULL AND earlier.aggregate_key IS NOT NULL AND earlier.queue = ready.queue
        AND earlier.aggregate_key = ready.aggregate_key AND earlier.id < ready.id) AS held_until
    FROM ${table} AS ready WHERE due_at IS NULL AND aggregate_key IS NOT NULL ORDER BY id LIMIT $1`;
}
