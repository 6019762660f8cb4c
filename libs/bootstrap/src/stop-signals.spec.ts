import { describe, expect, it } from '@jest/globals';
import { StopSignals } from './stop-signals.js';

describe('a repeated signal', () => {
  it('is ignored within half a second, and later requests an immediate end', () => {
    const signals = new StopSignals(false);
    expect(signals.isSecond('SIGINT', 1_000)).toBe(false);
    expect(signals.isSecond('SIGTERM', 1_400)).toBe(false);
    expect(signals.isSecond('SIGINT', 1_600)).toBe(true);
    expect(signals.isSecond('SIGTERM', 1_600)).toBe(true);
  });

  it('never ends a drain under a watcher when it is SIGTERM, which another build sends', () => {
    const signals = new StopSignals(true);
    const times = [1_000, 2_000, 3_000];
    expect(times.map((now) => signals.isSecond('SIGTERM', now))).toEqual([false, false, false]);
  });

  it('ends the app at once under a watcher when it is a second Ctrl-C', () => {
    const signals = new StopSignals(true);
    signals.isSecond('SIGTERM', 1_000);
    expect(signals.isSecond('SIGINT', 5_000)).toBe(false);
    expect(signals.isSecond('SIGINT', 5_400)).toBe(false);
    expect(signals.isSecond('SIGINT', 6_000)).toBe(true);
  });
});
