import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { EMPTY_BATCH, type RelayedBatch } from './relay.batch.js';
import { RelayLoop } from './relay.loop.js';

const POLL_MS = 1_000;
const MAX_BACK_OFF_MS = 5_000;

describe('the loop of a relay', () => {
  let limits: number[];
  let relay: () => Promise<RelayedBatch>;
  let loop: RelayLoop;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    jest.useFakeTimers();
    limits = [];
    relay = () => Promise.resolve(EMPTY_BATCH);
    loop = new RelayLoop({
      source: 'worker',
      batchSize: 7,
      pollInterval: POLL_MS,
      maxBackOff: MAX_BACK_OFF_MS,
      relay: (limit) => {
        limits.push(limit);
        return relay();
      },
    });
  });
  afterEach(() => {
    loop.stop();
    jest.useRealTimers();
  });

  it('takes a batch of its size at once when it is woken, and again after each interval', async () => {
    loop.wake();
    expect(limits).toEqual([7]);
    await jest.advanceTimersByTimeAsync(2 * POLL_MS);
    expect(limits).toEqual([7, 7, 7]);
  });

  it('takes another batch at once when it was woken during one, or when there is more', async () => {
    const held = Promise.withResolvers<RelayedBatch>();
    relay = () => held.promise;
    loop.wake();
    loop.wake();
    held.resolve(EMPTY_BATCH);
    await loop.idle();
    expect(limits).toHaveLength(2);
    relay = () => Promise.resolve({ ...EMPTY_BATCH, more: limits.length < 5 });
    loop.wake();
    await loop.idle();
    expect(limits).toHaveLength(5);
  });

  it('pauses after failures in a row, for at most the longest pause, also when it is woken', async () => {
    relay = () => Promise.reject(new Error('refused'));
    loop.wake();
    await jest.advanceTimersByTimeAsync(60_000);
    const failed = limits.length;
    loop.wake();
    expect(limits).toHaveLength(failed);
    await jest.advanceTimersByTimeAsync(MAX_BACK_OFF_MS);
    expect(limits.length).toBeGreaterThan(failed);
  });

  it('ends its batch when it stops, and begins no other', async () => {
    const held = Promise.withResolvers<RelayedBatch>();
    relay = () => held.promise;
    loop.wake();
    loop.stop();
    let isIdle = false;
    const idle = loop.idle().then(() => (isIdle = true));
    await jest.advanceTimersByTimeAsync(0);
    expect(isIdle).toBe(false);
    held.resolve({ ...EMPTY_BATCH, more: true });
    await idle;
    loop.wake();
    await jest.advanceTimersByTimeAsync(10 * POLL_MS);
    expect(limits).toHaveLength(1);
  });
});
