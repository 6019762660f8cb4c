import { UpstreamUnavailableError } from '@app/errors';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import type { Policy } from './policy.js';
import { givenResilience } from './resilience.support.js';

const fail = (policy: Policy) =>
  policy.execute(() => Promise.reject(UpstreamUnavailableError.of('worker'))).catch(() => undefined);

const breaker = { minimumCalls: 1 };

describe('the policies of an app', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('have separate circuits for each name and target', async () => {
    const { resilience } = givenResilience({ default: { breaker } });
    await fail(resilience.policy('worker'));
    await fail(resilience.policy('mail', 'smtp-1'));
    expect(resilience.openCircuits()).toEqual({ worker: 'open', 'mail smtp-1': 'open' });
    expect(resilience.policy('grpc_server').condition).toBe('closed');
    expect(resilience.policy('mail', 'smtp-2').condition).toBe('closed');
    expect(resilience.policy('worker')).toBe(resilience.policy('worker'));
  });

  it('log an outage once, even if several trials fail', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const policy = givenResilience({ default: { breaker } }).resilience.policy('worker');
    for (let trial = 0; trial < 40; trial += 1) {
      await fail(policy);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(warn).toHaveBeenCalledTimes(1);
    await policy.execute(() => Promise.resolve());
    for (let call = 0; call < 3; call += 1) await fail(policy);
    expect(warn).toHaveBeenCalledTimes(2);
    warn.mockRestore();
  });

  it('are limited in number, and keep those that are open or busy', async () => {
    const { resilience, scrape } = givenResilience({ default: { breaker } });
    await fail(resilience.policy('host', '0'));
    void resilience.policy('host', '1').execute(() => new Promise(() => undefined));
    const host = (first: number, end: number) => {
      for (let target = first; target < end; target++) resilience.policy('host', String(target));
    };
    host(2, 500);
    await scrape();
    host(500, 1_000);
    const { samples } = new MetricsPage(await scrape());
    const targets = samples
      .filter(({ name }) => name === 'resilience_breaker_state')
      .map(({ labels }) => labels['target']);
    expect(targets).toHaveLength(256);
    expect(targets).toEqual(expect.arrayContaining(['0', '1', '999']));
  });

  it('show their state in the metrics', async () => {
    const { resilience, scrape } = givenResilience({ default: { breaker } });
    const read = async (name: string) => new MetricsPage(await scrape()).sum(name, { policy: 'worker' });
    const policy = resilience.policy('worker');
    expect(await read('resilience_breaker_state')).toBe(0);
    void policy.execute(() => new Promise(() => undefined));
    expect(await read('resilience_bulkhead_active')).toBe(1);
    await fail(policy);
    expect(await read('resilience_breaker_state')).toBe(2);
    await jest.advanceTimersByTimeAsync(1_000);
    const trial = Promise.withResolvers<void>();
    const tried = policy.execute(() => trial.promise);
    expect(await read('resilience_breaker_state')).toBe(1);
    trial.resolve();
    await tried;
    expect(await read('resilience_breaker_state')).toBe(0);
  });
});

describe('a changed configuration', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('applies to the next call of a policy', async () => {
    const { resilience, reload } = givenResilience({ worker: { attemptTimeout: '5s' } });
    const policy = resilience.policy('worker');
    reload({ worker: { attemptTimeout: '100ms' } });
    const call = policy.execute(() => new Promise(() => undefined)).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(100);
    expect(await call).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  it('applies to policies that inherit from default', async () => {
    const { resilience, reload } = givenResilience();
    const policy = resilience.policy('worker');
    reload({ default: { breaker } });
    await fail(policy);
    expect(policy.condition).toBe('open');
  });

  it('of a time-out keeps an open circuit open, and keeps its counts', async () => {
    const { resilience, reload } = givenResilience({ default: { breaker: { minimumCalls: 3 } } });
    const [open, closed] = [resilience.policy('worker'), resilience.policy('mail')];
    for (let call = 0; call < 3; call++) await fail(open);
    for (let call = 0; call < 2; call++) await fail(closed);
    reload({ default: { totalTimeout: '1s', breaker: { minimumCalls: 3 } } });
    expect([open.condition, closed.condition]).toEqual(['open', 'closed']);
    await fail(closed);
    expect(closed.condition).toBe('open');
  });

  it('of the bulkhead does not affect running calls', async () => {
    const { resilience, reload } = givenResilience({ default: { bulkhead: { maxConcurrent: 1, queue: 0 } } });
    const policy = resilience.policy('worker');
    const first = Promise.withResolvers<string>();
    const call = policy.execute(() => first.promise);
    reload({ default: { bulkhead: { maxConcurrent: 2, queue: 0 } } });
    expect(await policy.execute(() => Promise.resolve('second'))).toBe('second');
    first.resolve('first');
    expect(await call).toBe('first');
  });

  it('is ignored once the app has stopped', async () => {
    const { resilience, reload } = givenResilience();
    const policy = resilience.policy('worker');
    resilience.onApplicationShutdown();
    reload({ default: { breaker } });
    await fail(policy);
    expect(policy.condition).toBe('closed');
  });
});
