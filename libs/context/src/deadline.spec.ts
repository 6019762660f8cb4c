import { describe, expect, it } from '@jest/globals';
import { childBudgetMs, deadlineIn, earliest, remainingMs } from './deadline.js';

describe('a deadline', () => {
  it('leaves for ever when there is none', () => {
    expect(remainingMs(undefined)).toBe(Infinity);
  });

  it('leaves nothing, never less, once it has passed', () => {
    expect(remainingMs(deadlineIn(-50))).toBe(0);
  });

  it('is the earlier of two, also when one is missing', () => {
    expect([earliest(1, 2), earliest(2, 1), earliest(undefined, 2), earliest(1, undefined)]).toEqual([
      1, 1, 2, 1,
    ]);
    expect(earliest(undefined, undefined)).toBeUndefined();
  });

  it('leaves a child a little less than the parent, so that the parent can still answer', () => {
    const budget = childBudgetMs(deadlineIn(100));
    expect(budget).toBeLessThanOrEqual(80);
    expect(budget).toBeGreaterThan(60);
    expect(childBudgetMs(deadlineIn(10))).toBe(0);
    expect(childBudgetMs(undefined)).toBe(Infinity);
  });
});
