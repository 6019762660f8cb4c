import { ConfigModule, ConfigStore } from '@app/config';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Lifecycle } from './lifecycle.js';
import { type LifecycleConfig, lifecycleConfig } from './lifecycle.config.js';
import { LifecycleModule } from './lifecycle.module.js';
import { Readiness } from './readiness.js';

const config: LifecycleConfig = { ...lifecycleConfig.schema.parse({}), checkTimeout: 50, checkCache: 60_000 };

describe('the readiness of an app', () => {
  let module: TestingModule;
  let readiness: Readiness;

  beforeEach(async () => {
    const store = ConfigStore.of([[lifecycleConfig, config]]);
    module = await Test.createTestingModule({
      imports: [ConfigModule.forRoot(store), LifecycleModule],
    }).compile();
    readiness = module.get(Readiness);
  });

  afterEach(() => module.close());

  const up = { check: () => Promise.resolve() };
  const down = { check: () => Promise.reject(new Error('connection refused')) };

  it('begins when every transport is open and ends when the app drains', async () => {
    const lifecycle = module.get(Lifecycle);
    const seen = [await readiness.report()];
    lifecycle.markReady();
    seen.push(await readiness.report());
    lifecycle.startDraining();
    seen.push(await readiness.report());
    expect(seen.map(({ ready, state }) => [state, ready])).toEqual([
      ['starting', false],
      ['ready', true],
      ['draining', false],
    ]);
  });

  it('fails with a needed dependency, and reports it with the reason', async () => {
    module.get(Lifecycle).markReady();
    readiness.register({ name: 'postgres', needed: true, ...down });
    readiness.register({ name: 'redis', needed: true, ...up });
    const { ready, checks } = await readiness.report();
    expect(ready).toBe(false);
    expect(checks['postgres']).toMatchObject({ status: 'down', needed: true, message: 'connection refused' });
    expect(checks['redis']).toEqual({ status: 'up', needed: true, latency_ms: expect.any(Number) });
  });

  it('shows notes that are not empty, and does not depend on them', async () => {
    module.get(Lifecycle).markReady();
    const circuits: Record<string, string> = {};
    readiness.note('circuits', () => circuits);
    expect(await readiness.report()).toEqual({ ready: true, state: 'ready', checks: {} });
    circuits['worker'] = 'open';
    expect(await readiness.report()).toMatchObject({ ready: true, notes: { circuits: { worker: 'open' } } });
  });

  it('does not change when an optional dependency is down', async () => {
    module.get(Lifecycle).markReady();
    readiness.register({ name: 's3', needed: false, ...down });
    expect(await readiness.report()).toMatchObject({
      ready: true,
      checks: { s3: { status: 'down', needed: false } },
    });
  });

  it('treats a dependency that does not answer in time as down, and aborts its check', async () => {
    let signal: AbortSignal | undefined;
    const silent = (given: AbortSignal) => new Promise<void>(() => (signal = given));
    readiness.register({ name: 'silent', needed: true, check: silent });
    expect((await readiness.dependencies())['silent']).toMatchObject({ status: 'down' });
    expect(signal?.aborted).toBe(true);
  });

  it('does not check a dependency again while the last result is cached', async () => {
    let asked = 0;
    const counting = () => Promise.resolve(void (asked += 1));
    readiness.register({ name: 'postgres', needed: true, check: counting });
    await Promise.all([readiness.report(), readiness.report()]);
    await readiness.report();
    expect(asked).toBe(1);
  });
});
