import { describe, expect, it } from '@jest/globals';
import { parseContentRange, resolveRange, toRangeHeader } from './byte-range.js';

describe('a byte range', () => {
  it('is written as a Range header', () => {
    expect(toRangeHeader({ start: 0, end: 99 })).toBe('bytes=0-99');
  });

  it.each([
    { range: { start: 0, end: 3 }, found: { start: 0, end: 3 } },
    { range: { start: 8 }, found: { start: 8, end: 9 } },
    { range: { start: 8, end: 99 }, found: { start: 8, end: 9 } },
    { range: { suffix: 2 }, found: { start: 8, end: 9 } },
    { range: { suffix: 20 }, found: { start: 0, end: 9 } },
  ])('$range of ten bytes resolves to $found', ({ range, found }) => {
    expect(resolveRange(range, 10)).toEqual(found);
  });

  it.each([
    { range: { start: 10 }, size: 10 },
    { range: { suffix: 0 }, size: 10 },
    { range: { start: 0 }, size: 0 },
    { range: { start: 0, end: 0 }, size: 0 },
    { range: { suffix: 5 }, size: 0 },
  ])('$range of $size bytes is not satisfiable', ({ range, size }) => {
    expect(() => resolveRange(range, size)).toThrow(`${size} bytes`);
  });

  it('is read from Content-Range with the size of the whole file', () => {
    expect(parseContentRange('bytes 0-99/1234')).toEqual({ start: 0, end: 99, size: 1234 });
    expect(parseContentRange(undefined)).toBeUndefined();
  });
});
