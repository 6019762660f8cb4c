import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RequestContext, remainingMs } from '@app/context';
import { Metrics } from './metrics.js';

const EVERY_MS = 1_000;
const KEPT_MS = 4 * EVERY_MS;

describe('gauges of the state of a server', () => {
  let metrics: Metrics;
  let measure: jest.Mock<() => Promise<{ lag: number; size: { labels: { part: string }; value: number }[] }>>;

  const page = async () => (await metrics.expose()).body;
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  beforeEach(async () => {
    jest.useFakeTimers({ now: 50_000 });
    metrics = new Metrics();
    measure = jest.fn(async () => ({ lag: 3, size: [{ labels: { part: 'a' }, value: 7 }] }));
    const gauges = metrics.measuredGauges({
      name: 'outbox',
      labelNames: ['source'],
      every: EVERY_MS,
      gauges: {
        lag: { name: 'outbox_lag_seconds', help: 'Lag.' },
        size: { name: 'outbox_backlog', help: 'Size.', labelNames: ['part'] },
      },
    });
    gauges.add({ source: 'worker' }, measure);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('are measured at an interval, and not by a scrape', async () => {
    await pass(0);
    for (let scrape = 0; scrape < 5; scrape++) await page();
    expect(measure).toHaveBeenCalledTimes(1);
    await pass(2 * EVERY_MS);
    expect(measure).toHaveBeenCalledTimes(3);
  });

  it('export the result, and its time', async () => {
    await pass(EVERY_MS);
    const text = await page();
    expect(text).toContain('outbox_lag_seconds{source="worker"} 3');
    expect(text).toContain('outbox_backlog{source="worker",part="a"} 7');
    expect(text).toContain('outbox_measured_timestamp_seconds{source="worker"} 51');
  });

  it('are absent before the first measurement, with the time of the start', async () => {
    measure.mockRejectedValue(new Error('connect ECONNREFUSED'));
    await pass(10 * EVERY_MS);
    const text = await page();
    expect(text).not.toMatch(/^outbox_(lag_seconds|backlog)\{/m);
    expect(text).toContain('outbox_measured_timestamp_seconds{source="worker"} 50');
  });

  it('stay for four intervals while measurements fail, then disappear; the time of the last one stays', async () => {
    await pass(0);
    measure.mockRejectedValue(new Error('connect ECONNREFUSED'));
    await pass(KEPT_MS);
    expect(await page()).toContain('outbox_lag_seconds{source="worker"} 3');
    await pass(1);
    const text = await page();
    expect(text).not.toMatch(/^outbox_(lag_seconds|backlog)\{/m);
    expect(text).toContain('outbox_measured_timestamp_seconds{source="worker"} 50');
  });

  it('come back with the first measurement that succeeds', async () => {
    measure.mockRejectedValueOnce(new Error('connect ECONNREFUSED'));
    await pass(EVERY_MS);
    expect(await page()).toContain('outbox_lag_seconds{source="worker"} 3');
  });

  it('give each measurement a deadline of one interval, under a name of its own', async () => {
    let context: RequestContext | undefined;
    measure.mockImplementationOnce(async () => {
      context = RequestContext.current();
      return { lag: 0, size: [] };
    });
    await pass(0);
    expect(context?.operation).toBe('measure outbox');
    expect(remainingMs(context?.deadline)).toBeLessThanOrEqual(EVERY_MS);
  });

  it('run one measurement at a time, and none after the app stops', async () => {
    const first = Promise.withResolvers<{ lag: number; size: [] }>();
    measure.mockImplementationOnce(() => first.promise);
    await pass(3 * EVERY_MS);
    expect(measure).toHaveBeenCalledTimes(1);
    metrics.onModuleDestroy();
    first.resolve({ lag: 0, size: [] });
    await pass(10 * EVERY_MS);
    expect(measure).toHaveBeenCalledTimes(1);
  });

  it('do not delay a shutdown: the running measurement is aborted', async () => {
    let signal: AbortSignal | undefined;
    measure.mockImplementationOnce(() => {
      signal = RequestContext.current()?.callerSignal;
      return new Promise(() => undefined);
    });
    await pass(0);
    expect(signal?.aborted).toBe(false);
    expect(metrics.onModuleDestroy()).toBeUndefined();
    expect(signal?.aborted).toBe(true);
  });

  it('state in their help that replicas export the same', async () => {
    expect(await page()).toMatch(/# HELP outbox_lag_seconds .*use max, not sum/);
  });
});
