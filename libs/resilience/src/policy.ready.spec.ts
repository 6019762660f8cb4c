import { UpstreamUnavailableError } from '@app/errors';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { WaitLimits } from './call.js';
import type { Precondition } from './precondition.js';
import { givenResilience } from './resilience.support.js';

const givenPolicy = (settings: object = {}) =>
  givenResilience({ default: settings }).resilience.policy('worker');
const needing = (ready: Precondition['ready'], isUnmet: Precondition['isUnmet'] = () => false) => ({
  precondition: { ready, isUnmet },
});
const done = () => jest.fn(() => Promise.resolve('done'));

describe('an attempt with a precondition', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('waits inside the bulkhead, and its time starts after the wait', async () => {
    const policy = givenPolicy({ attemptTimeout: '1s', bulkhead: { maxConcurrent: 1, queue: 0 } });
    const connection = Promise.withResolvers<void>();
    const work = jest.fn(() => new Promise<string>(() => undefined));
    const ended = jest.fn();
    const call = policy
      .execute(
        work,
        needing(() => connection.promise),
      )
      .catch(ended);
    await jest.advanceTimersByTimeAsync(5_000);
    expect([work.mock.calls.length, policy.active]).toEqual([0, 1]);
    connection.resolve();
    await jest.advanceTimersByTimeAsync(999);
    expect([work.mock.calls.length, ended.mock.calls.length]).toEqual([1, 0]);
    await jest.advanceTimersByTimeAsync(1);
    await call;
    expect(ended).toHaveBeenCalledWith(expect.objectContaining({ reason: 'DEADLINE_EXCEEDED' }));
  });

  it('waits at most for the time of the call, and until its caller disconnects', async () => {
    const ready = jest.fn((_limits: WaitLimits) => undefined);
    const { signal } = new AbortController();
    await givenPolicy({ totalTimeout: '3s' }).run(done(), { ...needing(ready), signal });
    expect(ready).toHaveBeenCalledWith({ ms: 2_950, signal });
  });

  it('waits before each repetition too', async () => {
    const policy = givenPolicy({ retry: { initialDelay: '1ms' } });
    const ready = jest.fn(() => Promise.resolve());
    const work = done().mockRejectedValueOnce(UpstreamUnavailableError.of('worker'));
    const call = policy.run(work, { ...needing(ready), idempotent: true });
    await jest.advanceTimersByTimeAsync(10);
    expect([await call, ready.mock.calls.length]).toEqual(['done', 2]);
  });

  it('is not repeated when the wait fails', async () => {
    const ready = jest.fn(() => Promise.reject(UpstreamUnavailableError.of('worker')));
    const call = givenPolicy().run(done(), { ...needing(ready), idempotent: true });
    await expect(call).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
    expect(ready).toHaveBeenCalledTimes(1);
  });

  it('does not count for the circuit when the wait fails', async () => {
    const policy = givenPolicy({ breaker: { minimumCalls: 5 } });
    const work = done();
    const ready = () => Promise.reject(UpstreamUnavailableError.of('worker'));
    for (let call = 0; call < 20; call++)
      await expect(policy.run(work, needing(ready))).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
    expect([work.mock.calls.length, policy.condition]).toEqual([0, 'closed']);
  });

  it('waits again when it failed because of the precondition, even if it may not be repeated, within its time', async () => {
    const policy = givenPolicy({
      totalTimeout: '3s',
      breaker: { minimumCalls: 5 },
      retry: { maxAttempts: 1 },
    });
    const unsent = UpstreamUnavailableError.of('worker');
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 10));
    const precondition = needing(wait, (thrown) => thrown === unsent);
    const work = done();
    for (let failure = 0; failure < 6; failure++) work.mockRejectedValueOnce(unsent);
    const call = policy.run(work, precondition);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([await call, work.mock.calls.length, policy.condition]).toEqual(['done', 7, 'closed']);
    const late = policy.run(done().mockRejectedValue(unsent), precondition).catch((error: Error) => error);
    await jest.advanceTimersByTimeAsync(3_300);
    expect(await late).toBe(unsent);
  });

  it('ends at once when its caller disconnects before it waits again', async () => {
    const unsent = UpstreamUnavailableError.of('worker');
    const caller = new AbortController();
    const precondition = needing(
      () => undefined,
      (thrown) => thrown === unsent,
    );
    const work = done().mockRejectedValue(unsent);
    const call = givenPolicy().run(work, { ...precondition, signal: caller.signal });
    const ended = call.catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(1_000);
    const { length } = work.mock.calls;
    caller.abort();
    expect(await ended).toMatchObject({ reason: 'CANCELLED' });
    expect([work.mock.calls.length, jest.getTimerCount()]).toEqual([length, 0]);
  });
});
