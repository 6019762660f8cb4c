import { describe, expect, it } from '@jest/globals';
import { PartBuffers } from './part-buffers.js';

const never = new AbortController().signal;

describe('the part buffers', () => {
  it('are made when first needed and used again', async () => {
    const buffers = new PartBuffers({ size: 8, count: 2 });
    const first = await buffers.acquire(never);
    buffers.release(first);
    expect(await buffers.acquire(never)).toBe(first);
    expect(buffers.inUse).toBe(1);
  });

  it('let who comes too late wait for the first that is given back, in the order of their coming', async () => {
    const buffers = new PartBuffers({ size: 8, count: 1 });
    const only = await buffers.acquire(never);
    const order: string[] = [];
    const second = buffers.acquire(never).then(() => order.push('second'));
    const third = buffers.acquire(never).then(() => order.push('third'));
    buffers.release(only);
    await second;
    buffers.release(only);
    await third;
    expect(order).toEqual(['second', 'third']);
  });

  it('lose nothing when who waits gives up', async () => {
    const buffers = new PartBuffers({ size: 8, count: 1 });
    const only = await buffers.acquire(never);
    const caller = new AbortController();
    const waiting = buffers.acquire(caller.signal);
    caller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    buffers.release(only);
    expect(await buffers.acquire(never)).toBe(only);
  });
});
