import { describe, expect, it } from '@jest/globals';
import { isHeld } from './conditions.js';

const file = {
  key: 'a',
  size: 1,
  contentType: 'text/plain',
  etag: '"abc"',
  lastModified: new Date('2026-03-08T10:00:00.700Z'),
};
const at = (time: string) => new Date(`2026-03-08T${time}Z`);

describe('a file that a caller may hold already', () => {
  it.each([
    { what: 'its entity tag', conditions: { ifNoneMatch: '"abc"' }, held: true },
    { what: 'another entity tag', conditions: { ifNoneMatch: '"x"' }, held: false },
    { what: 'the second in which it changed', conditions: { ifModifiedSince: at('10:00:00') }, held: true },
    { what: 'a later time', conditions: { ifModifiedSince: at('10:00:01') }, held: true },
    { what: 'an earlier time', conditions: { ifModifiedSince: at('09:59:59') }, held: false },
    { what: 'no date', conditions: { ifModifiedSince: new Date('soon') }, held: false },
    {
      what: 'another tag and a later time',
      conditions: { ifNoneMatch: '"x"', ifModifiedSince: at('11:00:00') },
      held: false,
    },
    { what: 'nothing', conditions: {}, held: false },
  ])('is held by who brings $what: $held', ({ conditions, held }) => {
    expect(isHeld(conditions, file)).toBe(held);
  });

  it('is sent when the store does not say when it changed', () => {
    expect(isHeld({ ifModifiedSince: at('11:00:00') }, { ...file, lastModified: undefined })).toBe(false);
  });
});
