import { TransactionHost } from '@app/postgres';
import { type BrokerMessage, QueueNotFoundError } from '@app/rabbitmq';
import { Logger } from '@nestjs/common';

interface Row {
  id: string;
  message_id: string;
  queue: string;
  type: string | null;
  headers: Record<string, unknown>;
  payload: Buffer;
  created_at: Date;
}

/** The outbox of one schema, as the relay sees it. Several relays may work on it: each takes rows of its own. */
export class OutboxSource {
  private readonly logger = new Logger(OutboxSource.name);
  private readonly table: string;

  constructor(
    readonly schema: string,
    private readonly transactions: TransactionHost,
  ) {
    this.table = `"${schema}".outbox`;
  }

  /**
   * Hands a batch, oldest first, to `publish` and removes what it resolved for. The rows stay locked meanwhile;
   * a crash between the confirm and the commit publishes them once more, under the same ids.
   */
  async relay(limit: number, publish: (message: BrokerMessage) => Promise<void>): Promise<RelayedBatch> {
    return this.transactions.run(async () => {
      await this.transactions.query(`UPDATE ${this.table} SET due_at = NULL WHERE due_at <= now()`);
      const sql = `SELECT * FROM ${this.table} WHERE due_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`;
      const rows = await this.transactions.query<Row>(sql, [limit]);
      if (rows.length === 0) return { taken: 0, published: 0, failures: [] };
      const results = await Promise.allSettled(rows.map((row) => publish(messageOf(row))));
      const [published, unroutable, failures]: [string[], Row[], unknown[]] = [[], [], []];
      for (const [index, row] of rows.entries()) {
        const result = results[index];
        if (result?.status !== 'rejected') published.push(row.id);
        else if (result.reason instanceof QueueNotFoundError) unroutable.push(row);
        else failures.push(result.reason);
      }
      await this.remove(published);
      if (unroutable.length > 0) await this.postpone(unroutable);
      return { taken: rows.length, published: published.length, failures };
    });
  }

  /** How many events wait, and for how long the oldest has, in seconds. */
  async backlog(): Promise<{ size: number; lag: number }> {
    const sql = `
      SELECT count(*)::integer AS size, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS lag
      FROM ${this.table} WHERE due_at IS NULL`;
    const [row] = await this.transactions.query<{ size: number; lag: number }>(sql);
    return row ?? { size: 0, lag: 0 };
  }

  private async remove(ids: readonly string[]): Promise<void> {
    await this.transactions.query(`DELETE FROM ${this.table} WHERE id = ANY($1)`, [ids]);
  }

  /** An event whose queue nobody has declared must not hold up the others; it is not lost either. */
  private async postpone(rows: readonly Row[]): Promise<void> {
    const sql = `UPDATE ${this.table} SET due_at = now() + interval '1 minute' WHERE id = ANY($1)`;
    await this.transactions.query(sql, [rows.map(({ id }) => id)]);
    for (const { queue, message_id, type } of rows) {
      const fields = { queue, message_id, type, source: this.schema };
      this.logger.error(
        fields,
        `an event cannot be published: the broker has no queue ${queue}; trying again in a minute`,
      );
    }
  }
}

/** What became of one batch. */
export interface RelayedBatch {
  taken: number;
  published: number;
  /** Why others could not be published; they stay where they are. */
  failures: readonly unknown[];
}

function messageOf(row: Row): BrokerMessage {
  const { correlation_id: correlationId, ...headers } = row.headers;
  return {
    queue: row.queue,
    messageId: row.message_id,
    contentType: 'application/json',
    timestamp: Math.floor(row.created_at.getTime() / 1000),
    headers,
    content: row.payload,
    ...(row.type !== null && { type: row.type }),
    ...(typeof correlationId === 'string' && { correlationId }),
  };
}
