import { describe, expect, it } from '@jest/globals';
import { writeContent } from './write-content.js';

describe('the content of a message', () => {
  it.each([{ a: ['b', 'c\0'] }, { '\0': 1 }, ['\ud800'], '\udfff'])(
    'is rejected when no consumer would accept it: %j',
    (payload) => {
      expect(() => writeContent('tests.event.v1', payload, 1000)).toThrow(
        expect.objectContaining({ reason: 'VALIDATION_FAILED' }),
      );
    },
  );

  it.each([{ constructor: { prototype: 1 } }, '\\u0000', 'é€😀', '\u0001', null])('keeps %j', (payload) => {
    expect(writeContent('tests.event.v1', payload, 1000).toString()).toBe(JSON.stringify(payload));
  });
});
