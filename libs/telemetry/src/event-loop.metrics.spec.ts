import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { Metrics } from './metrics.js';

const BLOCKED_MS = 150;

describe('the metrics of the event loop', () => {
  let metrics: Metrics;

  const page = async () => new MetricsPage((await metrics.expose()).body);
  const block = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };

  beforeEach(() => {
    metrics = new Metrics();
    metrics.collectProcess({ app: 'worker', version: '1.2.3', commit: 'abc' });
  });
  afterEach(() => metrics.onModuleDestroy());

  it('report a delay below the test interval for an idle loop', async () => {
    await delay(200);
    expect((await page()).sum('nodejs_eventloop_lag_min_seconds')).toBeLessThan(0.002);
    expect((await page()).sum('nodejs_eventloop_lag_p50_seconds')).toBeLessThan(0.01);
  });

  it('report how long a loop was blocked, to each of two readers', async () => {
    await delay(50);
    block(BLOCKED_MS);
    await eventually(async () => {
      for (let reader = 0; reader < 2; reader++)
        expect((await page()).sum('nodejs_eventloop_lag_max_seconds')).toBeGreaterThan(0.1);
    });
  });

  it('distinguish active time from idle time', async () => {
    await delay(10);
    const before = await page();
    block(BLOCKED_MS);
    await delay(10);
    const after = await page();
    const spent = (state: string) =>
      after.sum('nodejs_eventloop_time_seconds_total', { state }) -
      before.sum('nodejs_eventloop_time_seconds_total', { state });
    expect(spent('active')).toBeGreaterThan(0.1);
    expect(spent('idle')).toBeLessThan(0.1);
  });
});
