import { describe, expect, it } from '@jest/globals';
import { parseHttpDate } from './http-date.js';

const INSTANT = '1994-11-06T08:49:37.000Z';

describe('an HTTP date', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    ' Sun, 06 Nov 1994 08:49:37 GMT ',
  ])('is read as %j', (text) => {
    expect(parseHttpDate(text)?.toISOString()).toBe(INSTANT);
  });

  it('with a two-digit year is at most fifty years ahead', () => {
    const year = new Date().getUTCFullYear();
    const digits = (ahead: number) => String((year + ahead) % 100).padStart(2, '0');
    const yearOf = (ahead: number) =>
      parseHttpDate(`Sunday, 06-Nov-${digits(ahead)} 08:49:37 GMT`)?.getUTCFullYear();
    expect([yearOf(0), yearOf(50), yearOf(51)]).toEqual([year, year + 50, year - 49]);
  });

  it('may have a leap second', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT')?.toISOString()).toBe('2016-12-31T23:59:59.000Z');
  });

  it.each([
    '',
    'the other day',
    '1994',
    '784111777',
    INSTANT,
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 CET',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  ])('is invalid as %j', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });
});
