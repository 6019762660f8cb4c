import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { together } from './together.ts';

const untilAborted = (signal: AbortSignal): Promise<void> => sleep(10_000, undefined, { signal });

describe('concurrent work', () => {
  it('throws the first failure only after the others were interrupted and have ended', async () => {
    let ended = false;
    const works = together(
      new AbortController().signal,
      () => Promise.reject(new Error('first')),
      async (signal) => {
        await untilAborted(signal).catch(() => undefined);
        ended = true;
        throw new Error('second');
      },
    );
    await expect(works).rejects.toThrow('first');
    expect(ended).toBe(true);
  });

  it('throws the reason of an interruption from outside', async () => {
    const outside = new AbortController();
    const works = together(outside.signal, untilAborted);
    outside.abort(new Error('interrupted'));
    await expect(works).rejects.toThrow('interrupted');
  });
});
