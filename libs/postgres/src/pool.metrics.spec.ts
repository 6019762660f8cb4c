import { ConfigHandle } from '@app/config';
import { Metrics } from '@app/telemetry';
import { afterEach, describe, expect, it } from '@jest/globals';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { PoolMetrics } from './pool.metrics.js';
import type { PostgresConfig } from './postgres.config.js';
import type { PrimaryPool } from './session/primary-pool.js';

describe('the metrics of a pool', () => {
  const metrics = new Metrics();
  afterEach(() => metrics.onModuleDestroy());

  it('are its size, and its connections by state', async () => {
    const current = { totalCount: 5, idleCount: 1, waitingCount: 3 };
    new PoolMetrics(metrics, { current } as PrimaryPool, new ConfigHandle({ poolSize: 7 } as PostgresConfig));
    const page = new MetricsPage((await metrics.expose()).body);
    const connections = (state: string) => page.sum('sql_pool_connections', { state });
    // One of the waiting callers has the idle connection in the next tick.
    expect(['idle', 'busy', 'waiting'].map(connections)).toEqual([1, 4, 2]);
    expect(page.sum('sql_pool_size')).toBe(7);
  });
});
