import { describe, expect, it } from '@jest/globals';
import { PartBuffers } from './part-buffers.js';
import type { PartFiller } from './part-fillers.js';

const never = new AbortController().signal;
const filler = (): PartFiller & { error?: Error } => ({
  filled: 0,
  stop(error) {
    this.error = error;
  },
});
const buffersOf = (count: number, wait = 60_000) => new PartBuffers({ size: 8, count, wait });

describe('the part buffers', () => {
  it('are allocated when first needed and reused', async () => {
    const buffers = buffersOf(2);
    const first = await buffers.acquire(filler(), never);
    buffers.release(first);
    expect(await buffers.acquire(filler(), never)).toBe(first);
    expect(buffers.inUse).toBe(1);
  });

  it('go to waiting uploads in the order of their requests, as soon as they are released', async () => {
    const buffers = buffersOf(1);
    const only = await buffers.acquire(filler(), never);
    const order: string[] = [];
    const second = buffers.acquire(filler(), never).then(() => order.push('second'));
    const third = buffers.acquire(filler(), never).then(() => order.push('third'));
    buffers.release(only);
    await second;
    buffers.release(only);
    await third;
    expect(order).toEqual(['second', 'third']);
  });

  it('lose no buffer when a waiting upload is aborted', async () => {
    const buffers = buffersOf(1);
    const only = await buffers.acquire(filler(), never);
    const caller = new AbortController();
    const waiting = buffers.acquire(filler(), caller.signal);
    caller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    buffers.release(only);
    expect(await buffers.acquire(filler(), never)).toBe(only);
  });

  it('refuse an upload with 503 when none is free in time, and serve the next one', async () => {
    const buffers = buffersOf(1, 20);
    const only = await buffers.acquire(filler(), never);
    await expect(buffers.acquire(filler(), never)).rejects.toMatchObject({
      reason: 'OVERLOADED',
      status: { http: 503 },
      retryAfterMs: 5_000,
    });
    buffers.release(only);
    expect(await buffers.acquire(filler(), never)).toBe(only);
  });
});
