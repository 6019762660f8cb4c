import { describe, expect, it } from '@jest/globals';
import { parseRange } from './range.header.js';

describe('the Range header', () => {
  it.each([
    { header: 'bytes=0-99', range: { start: 0, end: 99 } },
    { header: 'bytes=100-', range: { start: 100 } },
    { header: 'bytes=-5', range: { suffix: 5 } },
  ])('$header asks for a part', ({ header, range }) => {
    expect(parseRange(header)).toEqual(range);
  });

  it.each([undefined, '', 'bytes=-', 'bytes=5-4', 'bytes=0-1,3-4', 'items=0-1', 'bytes=a-b'])(
    '%s is the whole file',
    (header) => {
      expect(parseRange(header)).toBeUndefined();
    },
  );
});
