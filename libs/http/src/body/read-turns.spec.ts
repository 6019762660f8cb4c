import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { ReadTurns } from './read-turns.js';

describe('the turns of readers', () => {
  it('come to sixteen at a time, in the order of asking', async () => {
    const turns = new ReadTurns(16);
    const gone: number[] = [];
    for (let reader = 0; reader < 40; reader++) turns.ask(() => gone.push(reader));
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      seen.push(gone.length);
      await nextTurn();
    }
    expect(seen).toEqual([0, 16, 32, 40]);
    expect(gone).toEqual(gone.toSorted((a, b) => a - b));
  });

  it('come again to one that asks in its turn', async () => {
    const turns = new ReadTurns(16);
    let count = 0;
    const again = (): void => {
      count += 1;
      if (count < 3) turns.ask(again);
    };
    turns.ask(again);
    for (let turn = 0; turn < 4; turn++) await nextTurn();
    expect(count).toBe(3);
  });
});
