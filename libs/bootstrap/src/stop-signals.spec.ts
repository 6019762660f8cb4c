import { describe, expect, it } from '@jest/globals';
import { StopSignals } from './stop-signals.js';

describe('a signal that arrives once more', () => {
  it('is the first one again within half a second, and a request to end at once later', () => {
    const signals = new StopSignals(false);
    expect(signals.isSecond('SIGINT', 1_000)).toBe(false);
    expect(signals.isSecond('SIGTERM', 1_400)).toBe(false);
    expect(signals.isSecond('SIGINT', 1_600)).toBe(true);
    expect(signals.isSecond('SIGTERM', 1_600)).toBe(true);
  });

  it('never ends a drain under a watcher when it is the SIGTERM of another build', () => {
    const signals = new StopSignals(true);
    const times = [1_000, 2_000, 3_000];
    expect(times.map((now) => signals.isSecond('SIGTERM', now))).toEqual([false, false, false]);
  });

  it('ends the app at once under a watcher when it is the second Ctrl-C', () => {
    const signals = new StopSignals(true);
    signals.isSecond('SIGTERM', 1_000);
    expect(signals.isSecond('SIGINT', 5_000)).toBe(false);
    expect(signals.isSecond('SIGINT', 5_400)).toBe(false);
    expect(signals.isSecond('SIGINT', 6_000)).toBe(true);
  });
});
