import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type PartFiller, PartFillers } from './part-fillers.js';

class Filler implements PartFiller {
  filled = 5_000_000;
  error: Error | undefined;

  stop(error: Error): void {
    this.error = error;
  }
}

describe('those who fill a part', () => {
  const fillers = new PartFillers();
  const [slow, slower, quick, full] = [new Filler(), new Filler(), new Filler(), new Filler()];
  const stopped = () => [slow, slower, quick, full].map(({ error }) => error !== undefined);
  const twoSeconds = (): void => {
    slow.filled += 10_000;
    quick.filled += 70_000;
    jest.advanceTimersByTime(2_000);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    for (const filler of [slow, slower, quick, full]) fillers.add(filler);
    fillers.remove(full);
  });

  afterEach(() => void jest.useRealTimers());

  it('are stopped while others wait, the slowest first, unless they are quick', () => {
    twoSeconds();
    expect(stopped()).toEqual([false, false, false, false]);
    const watch = fillers.watch();
    twoSeconds();
    expect(stopped()).toEqual([false, true, false, false]);
    expect(slower.error).toHaveReason('REQUEST_TIMEOUT');
    twoSeconds();
    twoSeconds();
    expect(stopped()).toEqual([true, true, false, false]);
    watch.end();
    expect(jest.getTimerCount()).toBe(0);
  });
});
