import { describe, expect, it } from '@jest/globals';
import { expectedVersions, isKnown, tagOf } from './version.tag.js';

describe('the entity tag of a version', () => {
  it('is what If-Match and If-None-Match name it by', () => {
    expect(expectedVersions(tagOf(3))).toEqual([3]);
    expect(isKnown(3, tagOf(3))).toBe(true);
    expect(isKnown(3, tagOf(4))).toBe(false);
  });

  it.each([
    [undefined, []],
    ['*', []],
    ['"1", "22"', [1, 22]],
    ['W/"1", "2", "another"', [2]],
  ])('allows by If-Match %j the versions %j', (header, versions) => {
    expect(expectedVersions(header)).toEqual(versions);
  });

  it.each(['', '3', 'W/"3"', '"0"', '"-1"', '"1e3"', '"99999999999999999"', '"three"'])(
    'cannot be had from If-Match %j',
    (header) => {
      expect(() => expectedVersions(header)).toThrow(/ETag as it came/);
    },
  );

  it.each([['*'], ['W/"3"'], ['"1", "3"']])('is known by If-None-Match %j', (header) => {
    expect(isKnown(3, header)).toBe(true);
  });
});
