import { describe, expect, it } from '@jest/globals';
import { BodyBudget, type BudgetedBody } from './body-budget.js';

class Body implements BudgetedBody {
  held = 0;
  position = 0;
  refused = false;

  constructor(readonly startedAt: number) {}

  refuse(): void {
    this.refused = true;
  }
}

function given({ limit, bodies }: { limit: number; bodies: number }) {
  const budget = new BodyBudget(limit);
  return { budget, bodies: Array.from({ length: bodies }, (_, index) => new Body(index)) };
}

const refusals = (bodies: Body[]): number[] =>
  bodies.filter(({ refused }) => refused).map(({ startedAt }) => startedAt);

describe('the memory of arriving bodies', () => {
  it('is released by bodies that are complete', () => {
    const { budget, bodies } = given({ limit: 10, bodies: 3 });
    for (const body of bodies) {
      budget.hold(body, 6);
      budget.hold(body, 10);
      budget.release(body);
      budget.release(body);
    }
    expect([budget.used, refusals(bodies)]).toEqual([0, []]);
  });

  it('is taken from the body that holds the most, so that a small one always has some', () => {
    const { budget, bodies } = given({ limit: 100, bodies: 4 });
    [30, 40, 30, 1].forEach((bytes, index) => budget.hold(bodies[index], bytes));
    expect([budget.used, refusals(bodies)]).toEqual([61, [1]]);
  });

  it('is taken from the oldest of bodies that hold the same', () => {
    const { budget, bodies } = given({ limit: 100, bodies: 3 });
    for (const body of bodies) budget.hold(body, 50);
    expect([budget.used, refusals(bodies)]).toEqual([100, [0]]);
  });

  it('is refused to the growing body when that would hold the most', () => {
    const { budget, bodies } = given({ limit: 100, bodies: 3 });
    [40, 40, 60].forEach((bytes, index) => budget.hold(bodies[index], bytes));
    expect([budget.used, refusals(bodies)]).toEqual([80, [2]]);
  });

  it('is taken from as many bodies as necessary', () => {
    const { budget, bodies } = given({ limit: 10, bodies: 5 });
    for (const body of bodies) budget.hold(body, body.startedAt === 4 ? 9 : 2);
    expect([budget.used, refusals(bodies)]).toEqual([8, [4]]);
    expect(given({ limit: 1, bodies: 0 }).budget.used).toBe(0);
  });
});
