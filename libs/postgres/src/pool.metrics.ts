import { type ConfigHandle, InjectConfig } from '@app/config';
import { Metrics } from '@app/telemetry';
import { Injectable } from '@nestjs/common';
import { type PostgresConfig, postgresConfig } from './postgres.config.js';
import { PrimaryPool } from './session/primary-pool.js';

/** State of the pool's connections, read when the metrics are scraped. A scrape takes no connection. */
@Injectable()
export class PoolMetrics {
  constructor(
    metrics: Metrics,
    pool: PrimaryPool,
    @InjectConfig(postgresConfig) config: ConfigHandle<PostgresConfig>,
  ) {
    metrics.gauge({
      name: 'sql_pool_connections',
      help: 'Connections by state; waiting counts work for which no connection is free.',
      labelNames: ['state'],
      collect() {
        const { totalCount = 0, idleCount = 0, waitingCount = 0 } = pool.current ?? {};
        this.set({ state: 'idle' }, idleCount);
        this.set({ state: 'busy' }, totalCount - idleCount);
        // The pool hands over an idle connection in the next tick. Until then it counts the caller as waiting.
        this.set({ state: 'waiting' }, Math.max(0, waitingCount - idleCount));
      },
    });
    metrics
      .gauge({ name: 'sql_pool_size', help: 'How many connections the pool may have (postgres.pool_size).' })
      .set(config.current.poolSize);
  }
}
