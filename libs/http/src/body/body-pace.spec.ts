import { describe, expect, it } from '@jest/globals';
import { BodyPace } from './body-pace.js';

const SECOND = 1_000;
const limits = { timeout: 20 * SECOND, minRate: 100, window: 5 * SECOND };

/** The second at which a body with these arrivals per second is too slow; undefined when it is not. */
function slowAt(arrivals: number[], timeout: number | undefined) {
  const pace = new BodyPace(1000);
  let total = 1000;
  const index = arrivals.findIndex((bytes) => pace.isSlow(SECOND, (total += bytes), { ...limits, timeout }));
  return index < 0 ? undefined : index + 1;
}

const seconds = (count: number, bytes: number): number[] => Array<number>(count).fill(bytes);

describe('the pace of a body', () => {
  it.each([
    ['nothing', seconds(30, 0), 5],
    ['a byte each second', seconds(30, 1), 5],
    ['just less than it must', seconds(30, 99), 5],
    ['much at first and then a byte each second', [1_000_000, ...seconds(30, 1)], 10],
    ['a burst in each second window', [500, ...seconds(9, 0), 500, ...seconds(9, 0)], 10],
    ['all that it must, but for longer than a body may take', seconds(30, 100), 20],
    ['enough', seconds(19, 100), undefined],
    ['enough in bursts', [500, 0, 0, 0, 0, 500, 0, 0, 0, 0, 500], undefined],
  ])('with %s is too slow at the expected second', (_what, arrivals, second) => {
    expect(slowAt(arrivals, limits.timeout)).toBe(second);
  });

  it('is limited only by its rate when there is no time-out', () => {
    expect(slowAt(seconds(1000, 100), undefined)).toBeUndefined();
    expect(slowAt([...seconds(100, 100), ...seconds(10, 10)], undefined)).toBe(105);
  });
});
