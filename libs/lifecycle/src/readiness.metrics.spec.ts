import { ConfigModule, ConfigStore } from '@app/config';
import { Metrics } from '@app/telemetry';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { eventually } from '../../../test/support/assertions/eventually.js';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { Lifecycle } from './lifecycle.js';
import { lifecycleConfig } from './lifecycle.config.js';
import { LifecycleModule } from './lifecycle.module.js';
import { showReadiness } from './readiness.metrics.js';
import { Readiness } from './readiness.js';

describe('the metrics of readiness', () => {
  let store: ConfigStore;
  let module: TestingModule;
  let metrics: Metrics;
  const down = jest.fn<() => Promise<void>>();

  const up = jest.fn<() => Promise<void>>();

  const page = async () => new MetricsPage((await metrics.expose()).body);
  const show = async (needed: boolean) => {
    const readiness = module.get(Readiness);
    readiness.register({ name: 'redis', needed: true, check: up });
    readiness.register({ name: 's3', needed, check: down });
    showReadiness(metrics, readiness, module.get(Lifecycle));
    await module.init();
    await eventually(async () => expect((await page()).sum('readiness_check_up')).toBe(1));
  };

  beforeEach(async () => {
    store = ConfigStore.of([[lifecycleConfig, lifecycleConfig.schema.parse({})]]);
    module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(store), LifecycleModule],
    }).compile();
    metrics = new Metrics();
    up.mockReset().mockResolvedValue();
    down.mockReset().mockRejectedValue(new Error('connection refused'));
  });
  afterEach(async () => {
    metrics.onModuleDestroy();
    await module.close();
  });

  it('show each check and whether it is needed', async () => {
    await show(false);
    const checks = (await page()).samples.filter(({ name }) => name === 'readiness_check_up');
    expect(checks.map(({ labels, value }) => [labels, value])).toEqual([
      [{ check: 'redis', needed: 'true' }, 1],
      [{ check: 's3', needed: 'false' }, 0],
    ]);
  });

  it('do not run a check for a scrape', async () => {
    store.handle(lifecycleConfig).replace({ ...lifecycleConfig.schema.parse({}), checkCache: 0 });
    await show(false);
    for (let scrape = 0; scrape < 5; scrape++) await page();
    expect(up).toHaveBeenCalledTimes(1);
  });

  it('use the same loop as the log: a check runs once for both', async () => {
    await show(false);
    expect(up).toHaveBeenCalledTimes(1);
  });

  it('also show a check whose outages are not logged, sooner once it has failed', async () => {
    module.get(Readiness).register({ name: 'consumers', needed: true, logsOutages: false, check: down });
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
    showReadiness(metrics, module.get(Readiness), module.get(Lifecycle));
    await module.init();
    await jest.advanceTimersByTimeAsync(3_100);
    jest.useRealTimers();
    expect(down.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect((await page()).sum('readiness_check_up')).toBe(0);
  });

  it('are absent before the first result; their timestamp is the start of the app', async () => {
    const startedAt = Date.now();
    up.mockReturnValue(new Promise(() => undefined));
    module.get(Readiness).register({ name: 'redis', needed: true, check: up });
    showReadiness(metrics, module.get(Readiness), module.get(Lifecycle));
    module.get(Lifecycle).markReady();
    const text = (await metrics.expose()).body;
    expect(text).not.toMatch(/^readiness_check_up\{/m);
    expect(text).toMatch(/^app_ready 0$/m);
    const measuredAt = (await page()).sum('readiness_measured_timestamp_seconds');
    expect(Math.abs(measuredAt * 1000 - startedAt)).toBeLessThan(2_000);
  });

  it('have the timestamp of the oldest result', async () => {
    let now = 1_000_000;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
    await show(false);
    // The cache of terminus lasts for 500 ms of this clock; `redis` is checked again, `s3` hangs.
    now += 60_000;
    down.mockImplementation(() => new Promise(() => undefined));
    void module.get(Readiness).dependencies();
    await eventually(() => expect(up.mock.calls.length).toBeGreaterThan(1));
    expect((await page()).sum('readiness_measured_timestamp_seconds')).toBe(1_000);
    clock.mockRestore();
  });

  it.each([
    ['is ready while only an optional check fails', false, 1],
    ['is not ready while a needed check fails', true, 0],
  ])('show that an app %s', async (_what, needed, ready) => {
    await show(needed);
    module.get(Lifecycle).markReady();
    expect((await page()).sum('app_ready')).toBe(ready);
  });

  it('show that an app is not ready before it has started and once it drains', async () => {
    await show(false);
    const lifecycle = module.get(Lifecycle);
    const seen = [(await page()).sum('app_ready')];
    lifecycle.markReady();
    seen.push((await page()).sum('app_ready'));
    lifecycle.startDraining();
    seen.push((await page()).sum('app_ready'));
    expect(seen).toEqual([0, 1, 0]);
  });
});
