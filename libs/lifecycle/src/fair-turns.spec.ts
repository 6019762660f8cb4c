import { describe, expect, it, jest } from '@jest/globals';
import { FairTurns } from './fair-turns.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('turns of the event loop', () => {
  it('resume a limited number of callers each, in the order of their requests', async () => {
    const turns = new FairTurns(2);
    const gone: number[] = [];
    const all = [1, 2, 3, 4, 5].map((number) => turns.next().then(() => gone.push(number)));
    const seen: number[][] = [];
    while (gone.length < 5) {
      await turn();
      seen.push([...gone]);
    }
    await Promise.all(all);
    expect(seen).toEqual([
      [1, 2],
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5],
    ]);
  });

  it('put a caller that requests another turn behind those that wait', async () => {
    const turns = new FairTurns(1);
    const order: string[] = [];
    const twice = async (name: string): Promise<void> => {
      for (let round = 0; round < 2; round++) {
        await turns.next();
        order.push(name);
      }
    };
    await Promise.all([twice('a'), twice('b')]);
    expect(order).toEqual(['a', 'b', 'a', 'b']);
  });

  it('pause between turns while more than `pauseAbove` wait, and not otherwise', async () => {
    const turns = new FairTurns(1, { pauseAbove: 2 });
    const rests = jest.spyOn(globalThis, 'setTimeout');
    await Promise.all([1, 2, 3].map(() => turns.next()));
    expect(rests).not.toHaveBeenCalled();
    await Promise.all([1, 2, 3, 4, 5].map(() => turns.next()));
    expect(rests).toHaveBeenCalledTimes(2);
    for (const [, milliseconds] of rests.mock.calls) expect(milliseconds).toBeLessThanOrEqual(5);
    rests.mockRestore();
  });
});
