import { type ConfigHandle, InjectConfig } from '@app/config';
import { RequestContext } from '@app/context';
import { TransactionHost } from '@app/postgres';
import { Injectable } from '@nestjs/common';
import { type LocksConfig, locksConfig } from '../locks.config.js';

const IN = "clock_timestamp() + $1 * interval '1 millisecond'";

/**
 * The statements on the `lease` table. Each runs outside the caller's transaction. Times are the database's, so the
 * holders do not need synchronized clocks.
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

  /** Takes the lease. Returns its fence; undefined when another holder has it. */
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

  /** Extends the lease if it is still held under the fence. Returns whether it was; a released lease stays released. */
  async extend(name: string, fence: number, ttl: number): Promise<boolean> {
    const rows = await this.query(
      `UPDATE ${this.table} SET expires_at = ${IN}
       WHERE name = $2 AND fence = $3 AND holder IS NOT NULL
       RETURNING fence`,
      [ttl, name, fence],
    );
    return rows.length > 0;
  }

  /** Releases the lease; others may take it at once. The row stays, because the next fence counts from its number. */
  async giveUp(name: string, fence: number): Promise<void> {
    await this.query(
      `UPDATE ${this.table} SET holder = NULL, expires_at = clock_timestamp() WHERE name = $1 AND fence = $2`,
      [name, fence],
    );
  }

  /** Milliseconds until the lease expires, negative after that; undefined without a holder. */
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
