import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Semaphore } from './semaphore.js';

const never = undefined;

describe('the places of a semaphore', () => {
  let count: number;
  let timeouts: number;
  const placesFor = (next: 'oldest' | 'newest') =>
    new Semaphore({ count: () => count, next, wait: 100, onTimeout: () => (timeouts += 1) });

  beforeEach(() => {
    [count, timeouts] = [1, 0];
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  });

  afterEach(() => void jest.useRealTimers());

  it.each([
    ['oldest', [1, 2, 3]],
    ['newest', [3, 2, 1]],
  ] as const)('go to the %s of those that wait', async (next, expected) => {
    const places = placesFor(next);
    await places.acquire(never);
    const order: number[] = [];
    const all = [1, 2, 3].map(async (number) => {
      await places.acquire(never);
      order.push(number);
      places.release();
    });
    places.release();
    await Promise.all(all);
    expect(order).toEqual(expected);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are refused with 503 after too long a wait, and are not lost', async () => {
    const places = placesFor('oldest');
    await places.acquire(never);
    const refused = places.acquire(never).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(100);
    expect(await refused).toMatchObject({ reason: 'QUEUE_TIMEOUT', status: { http: 503 } });
    expect(timeouts).toBe(1);
    places.release();
    expect([places.tryAcquire(), places.tryAcquire()]).toEqual([true, false]);
  });

  it('are not kept for a caller whose signal is aborted', async () => {
    const places = placesFor('oldest');
    await places.acquire(never);
    const caller = new AbortController();
    const gone = places.acquire(caller.signal).catch((error: unknown) => error);
    caller.abort();
    expect(await gone).toMatchObject({ reason: 'CANCELLED' });
    await expect(places.acquire(caller.signal)).rejects.toMatchObject({ reason: 'CANCELLED' });
    places.release();
    expect(places.tryAcquire()).toBe(true);
  });

  it('are as many as the current configuration allows', async () => {
    const places = placesFor('oldest');
    await places.acquire(never);
    const waiting = [places.acquire(never), places.acquire(never)];
    count = 3;
    places.release();
    await Promise.all(waiting);
    expect([places.tryAcquire(), places.tryAcquire()]).toEqual([true, false]);
  });
});
