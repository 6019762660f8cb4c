import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type PartFiller, PartFillers } from './part-fillers.js';

class Filler implements PartFiller {
  filled = 5_000_000;
  error: Error | undefined;

  /** @param rate bytes in half a second */
  constructor(private readonly rate: number) {}

  fill(): void {
    this.filled += this.rate;
  }

  stop(error: Error): void {
    this.error = error;
  }
}

describe('uploads that fill a part', () => {
  let fillers: PartFillers;
  let slow: Filler;
  let silent: Filler;
  let quick: Filler;
  let full: Filler;

  const stopped = () => [slow, silent, quick, full].map(({ error }) => error !== undefined);
  const halfASecond = (): void => {
    for (const filler of [slow, quick]) filler.fill();
    jest.advanceTimersByTime(500);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    fillers = new PartFillers();
    [slow, silent, quick, full] = [new Filler(10_000), new Filler(0), new Filler(20_000), new Filler(0)];
    for (const filler of [silent, full, quick]) fillers.add(filler);
    fillers.remove(full);
    halfASecond();
    fillers.add(slow);
  });

  afterEach(() => {
    for (const filler of [slow, silent, quick, full]) fillers.remove(filler);
    jest.useRealTimers();
  });

  it('keep their buffer while no other upload waits', () => {
    for (let look = 0; look < 10; look += 1) halfASecond();
    expect(stopped()).toEqual([false, false, false, false]);
    for (const filler of [slow, silent, quick]) fillers.remove(filler);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('lose their buffer at once to a waiting upload after a second of slowness, the slowest first', () => {
    for (let look = 0; look < 3; look += 1) halfASecond();
    fillers.watch().end();
    expect(stopped()).toEqual([false, true, false, false]);
    expect(silent.error).toHaveReason('REQUEST_TIMEOUT');
    halfASecond();
    expect(stopped()).toEqual([false, true, false, false]);
    fillers.watch().end();
    fillers.watch().end();
    expect(stopped()).toEqual([true, true, false, false]);
  });

  it('lose their buffer after a second of slowness while others wait, one for each waiting upload', () => {
    const waits = [fillers.watch(), fillers.watch()];
    halfASecond();
    expect(stopped()).toEqual([false, true, false, false]);
    halfASecond();
    expect(stopped()).toEqual([true, true, false, false]);
    for (const wait of waits) wait.end();
  });
});
