import { ConfigModule, ConfigStore } from '@app/config';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { lifecycleConfig } from './lifecycle.config.js';
import { LifecycleModule } from './lifecycle.module.js';
import { Readiness } from './readiness.js';

const UNCACHED = { ...lifecycleConfig.schema.parse({}), checkCache: 0, checkInterval: 20_000 };
const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:6379'), { code: 'ECONNREFUSED' });

describe('the checks of dependencies, without a probe', () => {
  const check = jest.fn<() => Promise<void>>();
  const warn = jest.fn();
  let store: ConfigStore;
  let module: TestingModule;
  let readiness: Readiness;

  const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
    store = ConfigStore.of([[lifecycleConfig, UNCACHED]]);
    module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(store), LifecycleModule],
    }).compile();
    readiness = module.get(Readiness);
    for (const level of ['log', 'debug'] as const)
      jest.spyOn(Logger.prototype, level).mockReturnValue(undefined);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(warn.mockReset());
    check.mockReset().mockResolvedValue();
  });
  afterEach(async () => {
    await module.close();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const start = async (more: { logsOutages?: boolean } = {}) => {
    readiness.register({ name: 'redis', needed: true, check, ...more });
    await module.init();
    await pass(0);
    expect(check).toHaveBeenCalledTimes(1);
  };

  it('run once per `check_interval`, also after it was reloaded', async () => {
    await start();
    await pass(19_900);
    expect(check).toHaveBeenCalledTimes(1);
    await pass(200);
    expect(check).toHaveBeenCalledTimes(2);
    store.handle(lifecycleConfig).replace({ ...UNCACHED, checkInterval: 5_000 });
    await pass(20_000);
    expect(check).toHaveBeenCalledTimes(3);
    await pass(5_000);
    expect(check).toHaveBeenCalledTimes(4);
  });

  it('run at once for a dependency that is suspected, and decide whether there is an outage', async () => {
    await start();
    readiness.dependency('redis').suspect();
    await pass(0);
    expect(check).toHaveBeenCalledTimes(2);
    expect(warn).not.toHaveBeenCalled();
    check.mockRejectedValue(refused);
    readiness.dependency('redis').suspect();
    await pass(1_100);
    expect(check).toHaveBeenCalledTimes(4);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(readiness.dependency('redis').isLost).toBe(true);
  });

  it('run for a report too, whose results count like their own', async () => {
    await start();
    check.mockRejectedValue(refused);
    for (let report = 0; report < 2; report++) await readiness.report();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(readiness.lastResults.get('redis')).toMatchObject({ status: 'down' });
  });

  it('log nothing with `logsOutages: false`, and appear in reports', async () => {
    check.mockRejectedValue(refused);
    await start({ logsOutages: false });
    await pass(5_000);
    expect(check.mock.calls.length).toBeGreaterThan(2);
    expect(warn).not.toHaveBeenCalled();
    expect((await readiness.report()).checks['redis']).toMatchObject({ status: 'down' });
  });
});
