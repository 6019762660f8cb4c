import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { sessionPoolOf } from './session/session-pool-of.js';

/** What the connections of the pool are doing, read when the metrics are scraped. */
@Injectable()
export class PoolMetrics {
  constructor(metrics: Metrics, dataSource: DataSource) {
    metrics.gauge({
      name: 'sql_pool_connections',
      help: 'Connections by state; waiting counts work that has none yet.',
      labelNames: ['state'],
      collect() {
        const pool = sessionPoolOf(dataSource);
        this.set({ state: 'idle' }, pool?.idleCount ?? 0);
        this.set({ state: 'busy' }, pool ? pool.totalCount - pool.idleCount : 0);
        this.set({ state: 'waiting' }, pool?.waitingCount ?? 0);
      },
    });
  }
}
