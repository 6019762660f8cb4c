import { ConfigStore } from '@app/config';
import { deadlineIn, RequestContext } from '@app/context';
import { UpstreamUnavailableError } from '@app/errors';
import { lifecycleConfig, Readiness } from '@app/lifecycle';
import { Injectable, Logger, SetMetadata } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { resilienceConfig } from './resilience.config.js';
import { ResilienceModule } from './resilience.module.js';
import { Resilience } from './resilience.js';
import { Resilient } from './resilient.decorator.js';
import { onPlatform } from '../../../test/support/apps/platform.js';

@Injectable()
class Prices {
  failures = 0;
  calls = 0;
  deadline: number | undefined;

  @Resilient('prices', { idempotent: true })
  async of(id: string): Promise<string> {
    this.calls += 1;
    this.deadline = RequestContext.current()?.deadline;
    if (this.calls <= this.failures) throw UpstreamUnavailableError.of('prices');
    return `price of ${id}`;
  }

  @Resilient('prices')
  @SetMetadata('marker', 'before')
  async change(): Promise<void> {
    this.calls += 1;
    throw UpstreamUnavailableError.of('prices');
  }
}

async function given() {
  Logger.overrideLogger(false);
  const config = resilienceConfig.schema.parse({
    policies: { prices: { retry: { initialDelay: '1ms' }, attemptTimeout: '1s' } },
  });
  const lifecycle = lifecycleConfig.schema.parse({});
  const store = ConfigStore.of([
    [resilienceConfig, config],
    [lifecycleConfig, lifecycle],
  ]);
  const module = await onPlatform(store, { imports: [ResilienceModule], providers: [Prices] }).compile();
  return { prices: module.get(Prices), resilience: module.get(Resilience), readiness: module.get(Readiness) };
}

describe('a method that is @Resilient', () => {
  it('keeps its object, its parameters and its result', async () => {
    const { prices } = await given();
    expect(await prices.of('tea')).toBe('price of tea');
    expect(prices.calls).toBe(1);
  });

  it('runs through the named policy, and is repeated when it is idempotent', async () => {
    const { prices } = await given();
    prices.failures = 1;
    expect(await prices.of('tea')).toBe('price of tea');
    expect(prices.calls).toBe(2);
  });

  it('is not repeated by default', async () => {
    const { prices } = await given();
    await expect(prices.change()).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
    expect(prices.calls).toBe(1);
  });

  it('shares the circuit of its policy with all users of that policy', async () => {
    const { prices, resilience } = await given();
    for (let call = 0; call < 10; call++) await prices.change().catch(() => undefined);
    expect(resilience.openCircuits()).toEqual({ prices: 'open' });
    await expect(prices.of('tea')).rejects.toHaveReason('CIRCUIT_OPEN');
  });

  it('shows its circuit in readiness while it is not closed', async () => {
    const { prices, readiness } = await given();
    expect(await readiness.report()).not.toHaveProperty('notes');
    for (let call = 0; call < 10; call++) await prices.change().catch(() => undefined);
    expect(await readiness.report()).toMatchObject({ notes: { circuits: { prices: 'open' } } });
  });

  it('has the deadline of the policy in its context', async () => {
    const { prices } = await given();
    const context = new RequestContext({ entry: 'cron', operation: 'prices', deadline: deadlineIn(60_000) });
    const before = performance.now();
    await context.run(() => prices.of('tea'));
    expect(prices.deadline).toBeGreaterThanOrEqual(before + 1_000);
    expect(prices.deadline).toBeLessThanOrEqual(performance.now() + 1_000);
  });

  it('keeps the metadata of other decorators', () => {
    const { value } = Object.getOwnPropertyDescriptor(Prices.prototype, 'change') ?? {};
    expect(Reflect.getMetadata('marker', value as object)).toBe('before');
  });

  it('explains what is missing when Nest did not create the object', () => {
    expect(() => new Prices().of('tea')).toThrow(/import ResilienceModule/);
  });
});
