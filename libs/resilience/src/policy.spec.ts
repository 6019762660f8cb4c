import { deadlineIn, RequestContext } from '@app/context';
import { AppError, Status, UpstreamUnavailableError } from '@app/errors';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { MetricsPage } from '../../../test/support/assertions/metrics-page.js';
import { givenResilience } from './resilience.support.js';

const UNAVAILABLE = UpstreamUnavailableError.of('worker');
const NOT_FOUND = new AppError({ reason: 'ORDER_NOT_FOUND', status: Status.NOT_FOUND, message: 'none' });

function givenPolicy(settings: object = {}) {
  const { resilience, scrape } = givenResilience({ default: settings });
  const count = async (name: string, labels: Record<string, string>) =>
    new MetricsPage(await scrape()).sum(name, { policy: 'worker', ...labels });
  return {
    policy: resilience.policy('worker'),
    outcomes: (outcome: string) => count('resilience_calls_total', { outcome }),
    retries: (outcome: string) => count('resilience_retries_total', { outcome }),
  };
}

/** Work that ends as given, call by call; the last end stays. */
function ending(...ends: (string | Error)[]) {
  return jest.fn((): Promise<string> => {
    const end = ends.length > 1 ? ends.shift() : ends[0];
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(String(end));
  });
}

/** Work that never ends by itself, and heeds no signal. */
const hanging = () => jest.fn((_signal: AbortSignal) => new Promise<string>(() => undefined));

/** How a promise ended, once the clock has moved far enough. */
async function after<T>(ms: number, ended: Promise<T>): Promise<T | Error | 'pending'> {
  const settled = ended.catch((error: Error) => error);
  await jest.advanceTimersByTimeAsync(ms);
  return Promise.race([settled, Promise.resolve('pending' as const)]);
}

function context(options: { deadline?: number; signal?: AbortSignal } = {}): RequestContext {
  return new RequestContext({ entry: 'http', operation: 'GET /orders', ...options });
}

describe('a call through a policy', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('that succeeds makes no timer when its work ends itself', async () => {
    const { policy, outcomes } = givenPolicy();
    const timers: number[] = [];
    const result = await policy.run(async () => (timers.push(jest.getTimerCount()), 'done'));
    expect([result, ...timers]).toEqual(['done', 0]);
    expect(await outcomes('success')).toBe(1);
  });

  it('that succeeds leaves no timer behind, and its signal as it was', async () => {
    const { policy } = givenPolicy();
    const signal = await policy.execute((given) => Promise.resolve(given));
    expect([signal.aborted, jest.getTimerCount()]).toEqual([false, 0]);
  });

  it('ends with the time-out of an attempt, even when the work does not heed its signal', async () => {
    const { policy, outcomes } = givenPolicy({ attemptTimeout: '2s' });
    const work = hanging();
    const call = policy.execute(work);
    expect(await after(1_999, call)).toBe('pending');
    expect(await after(1, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED', status: { http: 504 } });
    expect(work.mock.calls[0]?.[0].aborted).toBe(true);
    expect(await outcomes('failure')).toBe(1);
  });

  it('ends with the same error when the work heeds its signal in its own way', async () => {
    const { policy } = givenPolicy({ attemptTimeout: '2s' });
    const call = policy.execute(
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    expect(await after(2_000, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  it('is never repeated when it does not say that it may be', async () => {
    const { policy } = givenPolicy();
    const work = ending(UNAVAILABLE, 'done');
    expect(await after(10_000, policy.execute(work))).toBe(UNAVAILABLE);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('is repeated when it is idempotent, after a pause below a bound that doubles', async () => {
    const { policy, outcomes, retries } = givenPolicy({ retry: { initialDelay: '100ms' } });
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.999);
    const work = ending(UNAVAILABLE, UNAVAILABLE, 'done');
    const call = policy.execute(work, { idempotent: true });
    await jest.advanceTimersByTimeAsync(98);
    expect(work).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
    expect(await after(199, call)).toBe('done');
    expect(await retries('retried')).toBe(2);
    expect([await outcomes('success'), await outcomes('failure')]).toEqual([1, 0]);
    random.mockRestore();
  });

  it('ends with the last failure after as many attempts as it has', async () => {
    const { policy, outcomes } = givenPolicy({ retry: { maxAttempts: 3 } });
    const work = ending(UNAVAILABLE);
    expect(await after(10_000, policy.execute(work, { idempotent: true }))).toBe(UNAVAILABLE);
    expect(work).toHaveBeenCalledTimes(3);
    expect(await outcomes('failure')).toBe(1);
  });

  it('is not repeated when the target refused it', async () => {
    const { policy, outcomes } = givenPolicy();
    const work = ending(NOT_FOUND);
    expect(await after(10_000, policy.execute(work, { idempotent: true }))).toBe(NOT_FOUND);
    expect(work).toHaveBeenCalledTimes(1);
    expect(await outcomes('answered')).toBe(1);
  });

  it('is not repeated beyond a fifth of the calls', async () => {
    const { policy, retries } = givenPolicy({
      retry: { budgetReserve: 0, maxAttempts: 2 },
      breaker: { minimumCalls: 1_000 },
    });
    const work = ending(UNAVAILABLE);
    const calls = Array.from({ length: 100 }, () => policy.execute(work, { idempotent: true }));
    await after(1_000, Promise.allSettled(calls));
    expect(work).toHaveBeenCalledTimes(120);
    expect([await retries('retried'), await retries('budget_exhausted')]).toEqual([20, 80]);
  });

  it('takes no longer in all than the total time-out, its attempts and pauses together', async () => {
    const { policy } = givenPolicy({ totalTimeout: '3s', attemptTimeout: '2s' });
    const call = policy.execute(hanging(), { idempotent: true });
    expect(await after(2_999, call)).toBe('pending');
    expect(await after(1, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('makes no attempt any more when the total time-out ends a pause', async () => {
    const { policy } = givenPolicy({ totalTimeout: '1s', retry: { initialDelay: '60s', maxDelay: '60s' } });
    const work = ending(UNAVAILABLE);
    const call = policy.execute(work, { idempotent: true });
    expect(await after(1_000, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('has what is left of the deadline of its context, less a margin, and hands that on', async () => {
    const { policy } = givenPolicy({ attemptTimeout: '5s' });
    const inner: (number | undefined)[] = [];
    const started = performance.now();
    const call = context({ deadline: deadlineIn(500) }).run(() =>
      policy.execute((signal) => {
        inner.push(RequestContext.current()?.deadline);
        return hanging()(signal);
      }),
    );
    expect(await after(479, call)).toBe('pending');
    expect(await after(1, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(inner).toEqual([started + 480]);
  });

  it('is not made when its caller has no time left', async () => {
    const { policy } = givenPolicy();
    const work = ending('done');
    await context({ deadline: deadlineIn(10) }).run(() =>
      expect(policy.execute(work)).rejects.toHaveReason('DEADLINE_EXCEEDED'),
    );
    expect(work).not.toHaveBeenCalled();
  });

  it('is not made when its caller has gone already', async () => {
    const { policy } = givenPolicy();
    const work = ending('done');
    await expect(policy.execute(work, { signal: AbortSignal.abort() })).rejects.toHaveReason('CANCELLED');
    expect(work).not.toHaveBeenCalled();
  });

  it('ends when its caller goes away, during an attempt and during a pause', async () => {
    const { policy, outcomes } = givenPolicy({ retry: { initialDelay: '1s' } });
    for (const work of [hanging(), ending(UNAVAILABLE)]) {
      const caller = new AbortController();
      const call = context({ signal: caller.signal }).run(() => policy.execute(work, { idempotent: true }));
      // A tick, so that the failing attempt has failed.
      await jest.advanceTimersByTimeAsync(0);
      caller.abort();
      expect(await after(0, call)).toMatchObject({ reason: 'CANCELLED', status: { http: 499 } });
    }
    expect(await outcomes('cancelled')).toBe(2);
  });
});

describe('the circuit of a policy', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const breaker = { minimumCalls: 3 };

  it('opens by failures, and callers are told so at once', async () => {
    const { policy, outcomes } = givenPolicy({ breaker });
    const work = ending(UNAVAILABLE);
    for (let call = 0; call < 5; call++) await policy.execute(work).catch(() => undefined);
    expect(work).toHaveBeenCalledTimes(3);
    expect([await outcomes('failure'), await outcomes('circuit_open')]).toEqual([3, 2]);
  });

  it('opens by what is not an AppError: nobody foresaw it', async () => {
    const { policy } = givenPolicy({ breaker });
    const bug = new TypeError('undefined is not a function');
    for (let call = 0; call < 3; call++) await expect(policy.execute(ending(bug))).rejects.toBe(bug);
    expect(policy.condition).toBe('open');
  });

  it('opens by attempts that the target did not finish in the time of the policy', async () => {
    const { policy } = givenPolicy({ breaker, attemptTimeout: '1s' });
    await after(1_000, Promise.allSettled([1, 2, 3].map(() => policy.execute(hanging()))));
    expect(policy.condition).toBe('open');
  });

  it('does not open because callers have little time', async () => {
    const { policy } = givenPolicy({ breaker, attemptTimeout: '1s' });
    const hurried = () => context({ deadline: deadlineIn(100) }).run(() => policy.execute(hanging()));
    const [first] = (await after(1_000, Promise.allSettled([1, 2, 3].map(hurried)))) as [
      PromiseRejectedResult,
    ];
    expect(first.reason).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(policy.condition).toBe('closed');
  });

  it('does not open because callers go away, whatever the work makes of it', async () => {
    const { policy } = givenPolicy({ breaker });
    for (let call = 0; call < 5; call++) {
      const caller = new AbortController();
      const gone = policy.run(
        ({ signal }) =>
          new Promise((_, reject) => signal?.addEventListener('abort', () => reject(UNAVAILABLE))),
        { signal: caller.signal },
      );
      caller.abort();
      await expect(gone).rejects.toBe(UNAVAILABLE);
    }
    expect(policy.condition).toBe('closed');
  });

  it('does not open because the bulkhead refuses calls, and closes by no such call either', async () => {
    const { policy } = givenPolicy({ breaker, bulkhead: { maxConcurrent: 1, queue: 0 } });
    const first = policy.execute(hanging());
    for (let call = 0; call < 5; call++)
      await expect(policy.execute(ending('done'))).rejects.toHaveReason('OVERLOADED');
    expect(policy.condition).toBe('closed');
    expect(await after(10_000, first)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });
});

describe('a fallback', () => {
  it('stands in for what could not be done, and is told why', async () => {
    const { policy, outcomes } = givenPolicy();
    const fallback = jest.fn((error: AppError) => `instead: ${error.reason}`);
    expect(await policy.execute(ending(UNAVAILABLE), { fallback })).toBe('instead: UPSTREAM_UNAVAILABLE');
    expect([await outcomes('fallback'), await outcomes('failure')]).toEqual([1, 0]);
  });

  it('stands in while the circuit is open', async () => {
    const { policy } = givenPolicy({ breaker: { minimumCalls: 1 } });
    await expect(policy.execute(ending(UNAVAILABLE))).rejects.toBe(UNAVAILABLE);
    const fallback = (error: AppError) => error.reason;
    expect(await policy.execute(ending('done'), { fallback })).toBe('CIRCUIT_OPEN');
  });

  it('does not hide that the target refused the request', async () => {
    const { policy } = givenPolicy();
    const fallback = jest.fn(() => 'instead');
    await expect(policy.execute(ending(NOT_FOUND), { fallback })).rejects.toBe(NOT_FOUND);
    expect(fallback).not.toHaveBeenCalled();
  });
});
