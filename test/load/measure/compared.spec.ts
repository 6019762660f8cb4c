import { describe, expect, it } from '@jest/globals';
import { ratioOf, ratiosOf, type Run } from './compared.js';
import { median } from './median.js';
import { cpuMsOf } from './process-cpu.js';

const runOf = (variant: string, round: number, rate: number) => ({ variant, round, rate_per_s: rate }) as Run;
const rate = (run: Run) => run.rate_per_s;

describe('two variants', () => {
  it('are compared round by round, so that a busy machine affects both', () => {
    const one = [runOf('one', 1, 90), runOf('one', 2, 9), runOf('one', 3, 80)];
    const other = [runOf('other', 3, 100), runOf('other', 2, 10), runOf('other', 1, 100)];
    expect(ratioOf(one, other, rate)).toBeCloseTo(0.9);
  });

  it('are compared by their means when they ran several times in a round', () => {
    const one = [runOf('one', 1, 1), runOf('one', 1, 3), runOf('one', 2, 5)];
    const other = [runOf('other', 1, 4), runOf('other', 1, 4), runOf('other', 2, 10)];
    expect(ratiosOf(one, other, rate)).toEqual([0.5, 0.5]);
  });

  it('are not compared when one of them misses a round', () => {
    expect(() => ratioOf([runOf('one', 1, 1)], [runOf('other', 2, 1)], rate)).toThrow('round 1');
  });
});

describe('a median', () => {
  it('is the middle value, or the mean of the two middle values', () => {
    expect([median([9, 1, 2]), median([1, 2, 4, 100])]).toEqual([2, 3]);
  });
});

it('the processor time of a process grows while it works, if there is a /proc', () => {
  const used = () => (process.platform === 'linux' ? cpuMsOf(process.pid) : performance.now());
  const before = used() ?? Infinity;
  // Without exact times it takes a while on a busy machine before the process has used one tick.
  const end = performance.now() + 4000;
  while (performance.now() < end && used() === before) JSON.stringify(process.versions);
  expect(used()).toBeGreaterThan(before);
});

it('the processor time of a missing process is undefined', () => {
  expect(cpuMsOf(2 ** 22 + 1)).toBeUndefined();
});
