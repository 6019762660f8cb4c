import { describe, expect, it } from '@jest/globals';
import { parseRange, requestedRange } from './range.header.js';

describe('the Range header', () => {
  it.each([
    { header: 'bytes=0-99', range: { start: 0, end: 99 } },
    { header: 'Bytes=100-', range: { start: 100 } },
    { header: 'bytes=-5', range: { suffix: 5 } },
    { header: 'bytes=-0', range: { suffix: 0 } },
    { header: 'bytes= 0-1 ,', range: { start: 0, end: 1 } },
    { header: 'bytes=0-99999999999999999999', range: { start: 0, end: Number.MAX_SAFE_INTEGER } },
    { header: 'bytes=99999999999999999999-', range: { start: Number.MAX_SAFE_INTEGER } },
  ])('$header requests a part', ({ header, range }) => {
    expect(parseRange(header)).toEqual(range);
  });

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=0-1,3-4',
    'bytes=0-1, bytes=3-4',
    'items=0-1',
    'bytes=a-b',
    'bytes=0x1-2',
    'bytes=1.5-2',
    'bytes=--1',
    'bytes 0-1',
  ])('%s requests the whole', (header) => {
    expect(parseRange(header)).toBeUndefined();
  });
});

describe('a range of a version', () => {
  const current = { etag: '"abc"', lastModified: new Date('2026-03-08T10:00:00.700Z') };
  const rangeFor = (version: string, method = 'GET', of: typeof current | { etag: string } = current) =>
    requestedRange({ method, headers: { range: 'bytes=0-1', 'if-range': version } }, of);

  it.each([
    '"abc"',
    'Sun, 08 Mar 2026 10:00:00 GMT',
    'Sunday, 08-Mar-26 10:00:00 GMT',
    'Sun Mar  8 10:00:00 2026',
  ])('is sent to a client that has %s', (version) => {
    expect(rangeFor(version)).toEqual({ start: 0, end: 1 });
  });

  it.each([
    '"x"',
    'W/"abc"',
    '"abc", "x"',
    '*',
    'abc',
    '',
    'Sun, 08 Mar 2026 10:00:01 GMT',
    'Sun, 08 Mar 2026 09:59:59 GMT',
    'soon',
  ])('is the whole for a client that has %j', (version) => {
    expect(rangeFor(version)).toBeUndefined();
  });

  it('is the whole when the entity tag is weak, or the last change is unknown', () => {
    expect(rangeFor('W/"abc"', 'GET', { etag: 'W/"abc"' })).toBeUndefined();
    expect(rangeFor('Sun, 08 Mar 2026 10:00:00 GMT', 'GET', { etag: '"abc"' })).toBeUndefined();
  });

  it('is ignored for every method but GET', () => {
    for (const method of ['HEAD', 'POST', 'DELETE']) expect(rangeFor('"abc"', method)).toBeUndefined();
  });
});
