import { describe, expect, it } from '@jest/globals';
import { parseContentRange, resolveRange, toRangeHeader } from './byte-range.js';

describe('a byte range', () => {
  it('is asked for in the form of HTTP', () => {
    expect(toRangeHeader({ start: 0, end: 99 })).toBe('bytes=0-99');
  });

  it.each([
    { range: { start: 0, end: 3 }, found: { start: 0, end: 3 } },
    { range: { start: 8 }, found: { start: 8, end: 9 } },
    { range: { start: 8, end: 99 }, found: { start: 8, end: 9 } },
    { range: { suffix: 2 }, found: { start: 8, end: 9 } },
    { range: { suffix: 20 }, found: { start: 0, end: 9 } },
  ])('$range of ten bytes is $found', ({ range, found }) => {
    expect(resolveRange(range, 10)).toEqual(found);
  });

  it.each([
    { range: { start: 10 }, size: 10 },
    { range: { suffix: 0 }, size: 10 },
    { range: { start: 0 }, size: 0 },
    { range: { start: 0, end: 0 }, size: 0 },
    { range: { suffix: 5 }, size: 0 },
  ])('$range cannot be had of $size bytes', ({ range, size }) => {
    expect(() => resolveRange(range, size)).toThrow(`${size} bytes`);
  });

  it('comes back with the size of the whole', () => {
    expect(parseContentRange('bytes 0-99/1234')).toEqual({ start: 0, end: 99, size: 1234 });
    expect(parseContentRange(undefined)).toBeUndefined();
  });
});
