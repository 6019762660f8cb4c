import type { DataSource } from 'typeorm';
import type { SessionPool } from './session.pool.js';

/** TypeORM keeps its pool as `master`, untyped; there is none before the first connection. */
export function sessionPoolOf(dataSource: DataSource): SessionPool | undefined {
  return (dataSource.driver as unknown as { master?: SessionPool }).master;
}
