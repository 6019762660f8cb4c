import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { type LocksConfig, locksConfig } from '../locks.config.js';

const IN = "clock_timestamp() + $1 * interval '1 millisecond'";

/**
 * The statements on the `lease` table. Each stands alone, never in the caller's transaction, and the clock is
 * the database's: holders need not agree on the time.
 */
@Injectable()
export class LeaseTable {
  private readonly table: string;

  constructor(
    private readonly host: TransactionHost,
    @InjectConfig(locksConfig) config: ConfigHandle<LocksConfig>,
  ) {
    this.table = `"${config.current.schema}".lease`;
  }

  /** The fence under which the lease is held now; undefined when another holds it. */
  async take(name: string, ttl: number, holder: string): Promise<number | undefined> {
    const [row] = await this.query<{ fence: string }>(
      `INSERT INTO ${this.table} AS lease (name, fence, holder, expires_at) VALUES ($2, 1, $3, ${IN})
       ON CONFLICT (name) DO UPDATE SET fence = lease.fence + 1, holder = $3, expires_at = ${IN}
       WHERE lease.expires_at <= clock_timestamp()
       RETURNING fence`,
      [ttl, name, holder],
    );
    return row && Number(row.fence);
  }

  /** Whether the lease was still held under the fence and is extended; never brings back one that was given up. */
  async extend(name: string, fence: number, ttl: number): Promise<boolean> {
    const rows = await this.query(
      `UPDATE ${this.table} SET expires_at = ${IN}
       WHERE name = $2 AND fence = $3 AND holder IS NOT NULL
       RETURNING fence`,
      [ttl, name, fence],
    );
    return rows.length > 0;
  }

  /** Lets others take the lease at once. The row stays, and with it the number from which the next one counts. */
  async giveUp(name: string, fence: number): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET holder = NULL, expires_at = clock_timestamp() WHERE name = $1 AND fence = $2`,
      [name, fence],
    );
  }

  /** In milliseconds, negative once it has expired; undefined when nobody has it. */
  async expiresIn(name: string): Promise<number | undefined> {
    const [row] = await this.query<{ left: number }>(
      `SELECT EXTRACT(EPOCH FROM expires_at - clock_timestamp())::float8 * 1000 AS left
       FROM ${this.table} WHERE name = $1 AND holder IS NOT NULL`,
      [name],
    );
    return row?.left;
  }

  private query<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return RequestContext.detach(() => this.host.query<T>(sql, parameters));
  }
}
