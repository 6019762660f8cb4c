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

/** Work with the given result for each call; the last one repeats. */
function ending(...ends: (string | Error)[]) {
  return jest.fn((): Promise<string> => {
    const end = ends.length > 1 ? ends.shift() : ends[0];
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(String(end));
  });
}

/** Work that never ends by itself, and ignores its signal. */
const hanging = () => jest.fn((_signal: AbortSignal) => new Promise<string>(() => undefined));

/** The result of a promise after the clock has advanced. */
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

  it('creates no timer when it succeeds and its work observes the deadline', async () => {
    const { policy, outcomes } = givenPolicy();
    const timers: number[] = [];
    const result = await policy.run(async () => (timers.push(jest.getTimerCount()), 'done'));
    expect([result, ...timers]).toEqual(['done', 0]);
    expect(await outcomes('success')).toBe(1);
  });

  it('leaves no timer and does not abort its signal when it succeeds', async () => {
    const { policy } = givenPolicy();
    const signal = await policy.execute((given) => Promise.resolve(given));
    expect([signal.aborted, jest.getTimerCount()]).toEqual([false, 0]);
  });

  it('ends with the time-out of an attempt, even when the work ignores its signal', async () => {
    const { policy, outcomes } = givenPolicy({ attemptTimeout: '2s' });
    const work = hanging();
    const call = policy.execute(work);
    expect(await after(1_999, call)).toBe('pending');
    expect(await after(1, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED', status: { http: 504 } });
    expect(work.mock.calls[0]?.[0].aborted).toBe(true);
    expect(await outcomes('failure')).toBe(1);
  });

  it('ends with the same error when the work handles its signal in its own way', async () => {
    const { policy } = givenPolicy({ attemptTimeout: '2s' });
    const call = policy.execute(
      (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    expect(await after(2_000, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });

  it('is never repeated by default', async () => {
    const { policy } = givenPolicy();
    const work = ending(UNAVAILABLE, 'done');
    expect(await after(10_000, policy.execute(work))).toBe(UNAVAILABLE);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('is repeated when it is idempotent, after a random pause below a bound that doubles', async () => {
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

  it('ends with the last failure after maxAttempts', async () => {
    const { policy, outcomes } = givenPolicy({ retry: { maxAttempts: 3 } });
    const work = ending(UNAVAILABLE);
    expect(await after(10_000, policy.execute(work, { idempotent: true }))).toBe(UNAVAILABLE);
    expect(work).toHaveBeenCalledTimes(3);
    expect(await outcomes('failure')).toBe(1);
  });

  it('is not repeated when the target rejected it', async () => {
    const { policy, outcomes } = givenPolicy();
    const work = ending(NOT_FOUND);
    expect(await after(10_000, policy.execute(work, { idempotent: true }))).toBe(NOT_FOUND);
    expect(work).toHaveBeenCalledTimes(1);
    expect(await outcomes('answered')).toBe(1);
  });

  it('is not repeated beyond the retry budget', async () => {
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

  it('does not exceed the total time-out with its attempts and pauses', async () => {
    const { policy } = givenPolicy({ totalTimeout: '3s', attemptTimeout: '2s' });
    const call = policy.execute(hanging(), { idempotent: true });
    expect(await after(2_999, call)).toBe('pending');
    expect(await after(1, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('makes no further attempt when the total time-out ends a pause', async () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const { policy } = givenPolicy({ totalTimeout: '1s', retry: { initialDelay: '60s', maxDelay: '60s' } });
    const work = ending(UNAVAILABLE);
    const call = policy.execute(work, { idempotent: true });
    expect(await after(1_000, call)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    await jest.advanceTimersByTimeAsync(60_000);
    random.mockRestore();
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('has the remaining time of its context, minus a margin, and passes that on', async () => {
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

  it('is not made when its caller has already disconnected', async () => {
    const { policy } = givenPolicy();
    const work = ending('done');
    await expect(policy.execute(work, { signal: AbortSignal.abort() })).rejects.toHaveReason('CANCELLED');
    expect(work).not.toHaveBeenCalled();
  });

  it('ends when its caller disconnects, during an attempt and during a pause', async () => {
    const { policy, outcomes } = givenPolicy({ retry: { initialDelay: '1s' } });
    for (const work of [hanging(), ending(UNAVAILABLE)]) {
      const caller = new AbortController();
      const call = context({ signal: caller.signal }).run(() => policy.execute(work, { idempotent: true }));
      // One tick, so that the failing attempt ends.
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

  it('opens after failures, and then rejects calls at once', async () => {
    const { policy, outcomes } = givenPolicy({ breaker });
    const work = ending(UNAVAILABLE);
    for (let call = 0; call < 5; call++) await policy.execute(work).catch(() => undefined);
    expect(work).toHaveBeenCalledTimes(3);
    expect([await outcomes('failure'), await outcomes('circuit_open')]).toEqual([3, 2]);
  });

  it('opens after unexpected errors, which are not AppErrors', async () => {
    const { policy } = givenPolicy({ breaker });
    const bug = new TypeError('undefined is not a function');
    for (let call = 0; call < 3; call++) await expect(policy.execute(ending(bug))).rejects.toBe(bug);
    expect(policy.condition).toBe('open');
  });

  it('opens after attempts that exceed the time-out of the policy', async () => {
    const { policy } = givenPolicy({ breaker, attemptTimeout: '1s' });
    await after(1_000, Promise.allSettled([1, 2, 3].map(() => policy.execute(hanging()))));
    expect(policy.condition).toBe('open');
  });

  it('does not open because of short deadlines of callers', async () => {
    const { policy } = givenPolicy({ breaker, attemptTimeout: '1s' });
    const hurried = () => context({ deadline: deadlineIn(100) }).run(() => policy.execute(hanging()));
    const [first] = (await after(1_000, Promise.allSettled([1, 2, 3].map(hurried)))) as [
      PromiseRejectedResult,
    ];
    expect(first.reason).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(policy.condition).toBe('closed');
  });

  it('does not open because callers disconnect, whatever error the work throws', async () => {
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

  it('neither opens nor closes because the bulkhead rejects calls', async () => {
    const { policy } = givenPolicy({ breaker, bulkhead: { maxConcurrent: 1, queue: 0 } });
    const first = policy.execute(hanging());
    for (let call = 0; call < 5; call++)
      await expect(policy.execute(ending('done'))).rejects.toHaveReason('OVERLOADED');
    expect(policy.condition).toBe('closed');
    expect(await after(10_000, first)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  });
});

describe('a fallback', () => {
  it('replaces the result of a failed call, and receives the error', async () => {
    const { policy, outcomes } = givenPolicy();
    const fallback = jest.fn((error: AppError) => `instead: ${error.reason}`);
    expect(await policy.execute(ending(UNAVAILABLE), { fallback })).toBe('instead: UPSTREAM_UNAVAILABLE');
    expect([await outcomes('fallback'), await outcomes('failure')]).toEqual([1, 0]);
  });

  it('is used while the circuit is open', async () => {
    const { policy } = givenPolicy({ breaker: { minimumCalls: 1 } });
    await expect(policy.execute(ending(UNAVAILABLE))).rejects.toBe(UNAVAILABLE);
    const fallback = (error: AppError) => error.reason;
    expect(await policy.execute(ending('done'), { fallback })).toBe('CIRCUIT_OPEN');
  });

  it('is not used when the target rejected the request', async () => {
    const { policy } = givenPolicy();
    const fallback = jest.fn(() => 'instead');
    await expect(policy.execute(ending(NOT_FOUND), { fallback })).rejects.toBe(NOT_FOUND);
    expect(fallback).not.toHaveBeenCalled();
  });
});
