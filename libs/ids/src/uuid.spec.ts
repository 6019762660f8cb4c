import { describe, expect, it } from '@jest/globals';
import { dashedUuid, isUuid, isUuidV7, uuidV7, uuidV7Time, uuidV8 } from './index.js';

const SHA_256 = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

describe('a UUID of version 7', () => {
  it('begins with its time, and has the version and the variant of RFC 9562', () => {
    const id = uuidV7(0x019a_0000_0000);
    expect(id).toMatch(/^019a0000-0000-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidV7Time(id)).toBe(0x019a_0000_0000);
  });

  it('has the current time by default', () => {
    const before = Date.now();
    expect(uuidV7Time(uuidV7())).toBeGreaterThanOrEqual(before);
    expect(uuidV7Time(uuidV7())).toBeLessThanOrEqual(Date.now());
  });

  it('sorts after those of earlier milliseconds', () => {
    const times = [0, 1, 0xffff, 0x1_0000, 2 ** 48 - 1];
    const ids = times.map((time) => uuidV7(time));
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.map(uuidV7Time)).toEqual(times);
  });

  it('is unique', () => {
    expect(new Set(Array.from({ length: 10_000 }, () => uuidV7())).size).toBe(10_000);
  });

  it('is parsed in upper and lower case', () => {
    expect(uuidV7Time(uuidV7(5).toUpperCase())).toBe(5);
  });

  it.each([
    ['a UUID of version 4', '9b2f0f4e-1f3c-4b57-9a2e-0d7f0a1b2c3d'],
    ['one of another variant', '019a0000-0000-7000-c000-000000000000'],
    ['one with a line break at its end', `${uuidV7()}\n`],
    ['an empty text', ''],
    ['another text of its length', 'x'.repeat(36)],
  ])('is not %s', (_what, text) => {
    expect(isUuidV7(text)).toBe(false);
    expect(uuidV7Time(text)).toBeUndefined();
  });
});

describe('a UUID of version 8', () => {
  it('is created from a hash, with the version and the variant of RFC 9562', () => {
    expect(uuidV8(SHA_256)).toBe('01234567-89ab-8def-a123-456789abcdef');
  });
});

describe('a UUID', () => {
  it.each([uuidV7(), uuidV8(SHA_256), 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'])('is %s', (text) => {
    expect(isUuid(text)).toBe(true);
    expect(dashedUuid(text.replaceAll('-', ''))).toBe(text);
  });

  it.each([undefined, 7, '', 'x', `${uuidV7()}0`, `{${uuidV7()}}`, `${uuidV7()}\n`])('is not %p', (value) => {
    expect(isUuid(value)).toBe(false);
  });
});
