import { describe, expect, it } from '@jest/globals';
import { matchesEntityTag } from './entity-tag.js';

describe('If-None-Match', () => {
  it.each(['"abc-3"', 'W/"abc-3"', '"x", "abc-3"', '*', ' * '])('%s matches the tag "abc-3"', (header) => {
    expect(matchesEntityTag(header, '"abc-3"')).toBe(true);
  });

  it.each(['"abc"', 'abc-3', '', '"x", "y"'])('%s does not match the tag "abc-3"', (header) => {
    expect(matchesEntityTag(header, '"abc-3"')).toBe(false);
  });
});
