import { describe, expect, it } from '@jest/globals';
import { AttemptKeys } from './attempt-keys.js';

const timeOf = (key: string) => Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);

describe("the key of the gateway's own call", () => {
  it('is a unique UUIDv7 with the current time', () => {
    const keys = new AttemptKeys();
    const before = Date.now();
    const made = Array.from({ length: 100 }, () => keys.next());
    for (const key of made) {
      expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(timeOf(key)).toBeGreaterThanOrEqual(before);
      expect(timeOf(key)).toBeLessThanOrEqual(Date.now());
    }
    expect(new Set(made).size).toBe(made.length);
  });

  it('has at least the latest time from which keys are certainly new', () => {
    const keys = new AttemptKeys();
    const from = Date.now() + 60_000;
    for (const time of [from, from - 1000, Number.NaN]) keys.advanceTo(time);
    expect(timeOf(keys.next())).toBe(from);
  });
});
