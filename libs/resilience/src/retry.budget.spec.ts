import { describe, expect, it } from '@jest/globals';
import { settingsOf, resilienceConfig } from './resilience.config.js';
import { RetryBudget } from './retry.budget.js';

function givenBudget(retry: object) {
  const config = resilienceConfig.schema.parse({ policies: { default: { retry } } });
  const budget = new RetryBudget(settingsOf(config, 'default').retry);
  const note = (calls: number, now: number) => {
    for (let call = 0; call < calls; call++) budget.note(now);
  };
  const takeAll = (now: number) => {
    let taken = 0;
    while (budget.take(now)) taken += 1;
    return taken;
  };
  return { budget, note, takeAll };
}

describe('a retry budget', () => {
  it('grants no more than its share of the calls of a window', () => {
    const { note, takeAll } = givenBudget({ budget: 0.2, budgetWindow: '10s', budgetReserve: 0 });
    note(100, 5_000);
    expect(takeAll(5_000)).toBe(20);
    note(10, 9_000);
    expect(takeAll(9_000)).toBe(2);
  });

  it('forgets calls and retries that are older than the window', () => {
    const { note, takeAll } = givenBudget({ budget: 0.2, budgetWindow: '10s', budgetReserve: 0 });
    note(100, 5_000);
    expect(takeAll(5_000)).toBe(20);
    note(50, 12_000);
    expect(takeAll(12_000)).toBe(10);
    // The first hundred calls and their retries are too old, the fifty and theirs are not.
    expect(takeAll(16_500)).toBe(0);
    note(50, 16_500);
    expect(takeAll(16_500)).toBe(10);
  });

  it('is empty after a long pause', () => {
    const { note, takeAll } = givenBudget({ budget: 0.2, budgetReserve: 0 });
    note(100, 5_000);
    expect(takeAll(600_000)).toBe(0);
  });

  it('grants a reserve when there are few calls', () => {
    const { note, takeAll } = givenBudget({ budget: 0.2, budgetReserve: 3 });
    note(1, 5_000);
    expect(takeAll(5_000)).toBe(3);
  });
});
