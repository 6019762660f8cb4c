import { describe, expect, it } from '@jest/globals';
import { parseContentRange, suffixToStart, toRangeHeader } from './byte-range.js';

describe('a byte range', () => {
  it('is asked for in the form of HTTP', () => {
    expect(toRangeHeader({ start: 0, end: 99 })).toBe('bytes=0-99');
    expect(toRangeHeader({ start: 100 })).toBe('bytes=100-');
  });

  it('of the last bytes begins so far before the end, but never before the start', () => {
    expect(suffixToStart(2, 10)).toEqual({ start: 8 });
    expect(suffixToStart(20, 10)).toEqual({ start: 0 });
    expect(() => suffixToStart(0, 10)).toThrow('10 bytes');
    expect(() => suffixToStart(5, 0)).toThrow('0 bytes');
  });

  it('comes back with the size of the whole', () => {
    expect(parseContentRange('bytes 0-99/1234')).toEqual({ start: 0, end: 99, size: 1234 });
    expect(parseContentRange(undefined)).toBeUndefined();
  });
});
