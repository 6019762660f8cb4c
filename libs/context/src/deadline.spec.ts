import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { childBudgetMs, deadlineIn, earliest, MAX_TIMER_MS, remainingMs } from './deadline.js';

describe('a deadline', () => {
  // Fake timers stop the clock, so that the remaining time does not depend on the speed of the machine.
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('leaves infinite time when there is none', () => {
    expect(remainingMs(undefined)).toBe(Infinity);
  });

  it('leaves zero time, never less, once it has passed', () => {
    expect(remainingMs(deadlineIn(-50))).toBe(0);
  });

  it('is the earlier of two, also when one is missing', () => {
    expect([earliest(1, 2), earliest(2, 1), earliest(undefined, 2), earliest(1, undefined)]).toEqual([
      1, 1, 2, 1,
    ]);
    expect(earliest(undefined, undefined)).toBeUndefined();
  });

  it('leaves a child a little less time than the parent, so that the parent can still answer', () => {
    expect(childBudgetMs(deadlineIn(100))).toBe(80);
    expect(childBudgetMs(deadlineIn(10))).toBe(0);
    expect(childBudgetMs(undefined)).toBe(Infinity);
  });

  it.each([30 * 86_400_000, 2 ** 31, Number.MAX_SAFE_INTEGER, Infinity])(
    'is limited to 24 days, which a timer can wait, when it is %d ms away',
    (ms) => {
      expect(remainingMs(deadlineIn(ms))).toBe(MAX_TIMER_MS);
      expect(remainingMs(performance.now() + ms)).toBe(MAX_TIMER_MS);
    },
  );

  it('has passed when it is minus infinity, and is rejected when it is not a number', () => {
    expect(remainingMs(deadlineIn(-Infinity))).toBe(0);
    expect(() => deadlineIn(Number.NaN)).toThrow(RangeError);
  });
});
