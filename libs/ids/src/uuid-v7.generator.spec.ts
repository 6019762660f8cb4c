import { describe, expect, it } from '@jest/globals';
import { UuidV7Generator } from './uuid-v7.generator.js';

const timeOf = (key: string) => Number.parseInt(key.slice(0, 8) + key.slice(9, 13), 16);

describe('a generated UUIDv7', () => {
  it('is unique, and has the current time', () => {
    const keys = new UuidV7Generator();
    const before = Date.now();
    const made = Array.from({ length: 100 }, () => keys.next());
    for (const key of made) {
      expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(timeOf(key)).toBeGreaterThanOrEqual(before);
      expect(timeOf(key)).toBeLessThanOrEqual(Date.now());
    }
    expect(new Set(made).size).toBe(made.length);
  });

  it('has at least the latest minimum time', () => {
    const keys = new UuidV7Generator();
    const from = Date.now() + 60_000;
    for (const time of [from, from - 1000, Number.NaN]) keys.advanceTo(time);
    expect(timeOf(keys.next())).toBe(from);
  });
});
