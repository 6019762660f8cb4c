import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

/** What the connections of the pool are doing, read when the metrics are scraped. */
@Injectable()
export class PoolMetrics {
  constructor(metrics: Metrics, dataSource: DataSource) {
    metrics.gauge({
      name: 'sql_pool_connections',
      help: 'Connections by state; waiting counts work that has none yet.',
      labelNames: ['state'],
      collect() {
        const pool = poolOf(dataSource);
        this.set({ state: 'idle' }, pool?.idleCount ?? 0);
        this.set({ state: 'busy' }, pool ? pool.totalCount - pool.idleCount : 0);
        this.set({ state: 'waiting' }, pool?.waitingCount ?? 0);
      },
    });
  }
}

/** TypeORM keeps its pool as `master`, untyped; there is none before the first connection. */
function poolOf(dataSource: DataSource): Pool | undefined {
  return (dataSource.driver as unknown as { master?: Pool }).master;
}
