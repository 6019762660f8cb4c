import { TransactionHost } from '@app/postgres';
import type { BrokerMessage } from '@app/rabbitmq';

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
      if (rows.length === 0) return { taken: 0, failures: [] };
      const results = await Promise.allSettled(rows.map((row) => publish(messageOf(row))));
      const published = rows.filter((_, index) => results[index]?.status === 'fulfilled').map(({ id }) => id);
      await this.transactions.query(`DELETE FROM ${this.table} WHERE id = ANY($1)`, [published]);
      return {
        taken: rows.length,
        failures: results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
      };
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
}

export interface RelayedBatch {
  taken: number;
  failures: unknown[];
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
