import { describe, expect, it } from '@jest/globals';
import { PacedTurns } from './paced-turns.js';

const PIECE_MS = 8;

/** Blocks the event loop. */
function hold(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('heavy work in paced turns', () => {
  it.each([
    ['the work itself', () => hold(PIECE_MS)],
    ['a promise that it resolves', () => void Promise.resolve().then(() => hold(PIECE_MS))],
  ])('pauses for as long as a piece took: %s', async (_what, piece) => {
    const turns = new PacedTurns();
    const starts: number[] = [];
    await new Promise<void>((resolve) => {
      for (let number = 0; number < 4; number++)
        turns.enqueue(() => {
          starts.push(performance.now());
          piece();
          if (starts.length === 4) resolve();
        });
    });
    for (let number = 1; number < 4; number++)
      expect((starts[number] ?? 0) - (starts[number - 1] ?? 0)).toBeGreaterThanOrEqual(2 * PIECE_MS - 1);
  });

  it('lets turns of the event loop pass between two pieces', async () => {
    const turns = new PacedTurns();
    let passed = 0;
    let counting = true;
    const count = () => {
      passed += 1;
      if (counting) setImmediate(count);
    };
    await new Promise<void>((resolve) => {
      turns.enqueue(() => (hold(PIECE_MS), setImmediate(count)));
      turns.enqueue(resolve);
    });
    counting = false;
    expect(passed).toBeGreaterThan(10);
  });

  it('starts in a later turn of the event loop', () => {
    const turns = new PacedTurns();
    let hasBegun = false;
    turns.enqueue(() => (hasBegun = true));
    expect(hasBegun).toBe(false);
  });

  it('runs in the order of the requests', async () => {
    const turns = new PacedTurns();
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      turns.enqueue(() => order.push('a'));
      turns.enqueue(() => order.push('b'));
      turns.enqueue(resolve);
    });
    expect(order).toEqual(['a', 'b']);
  });
});
