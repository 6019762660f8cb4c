import { describe, expect, it } from '@jest/globals';
import { boundedText } from './bounded-text.js';

/** Fails the test when it is matched. */
class UntouchedPattern extends RegExp {
  override test(): boolean {
    throw new Error('the pattern was matched');
  }
}

describe('a bounded text', () => {
  it('that is too long is refused before its pattern is matched', () => {
    const schema = boundedText({ maxLength: 3, pattern: new UntouchedPattern('^a*$') });
    const issues = schema.safeParse('aaaa').error?.issues;
    expect(issues).toMatchObject([{ code: 'too_big' }]);
  });

  it.each([
    ['ab', true],
    ['', false],
    ['b!', false],
  ])('%j is allowed: %s', (text, allowed) => {
    const schema = boundedText({ minLength: 1, maxLength: 3, pattern: /^[a-z]*$/ }, 'must be small letters');
    expect(schema.safeParse(text).success).toBe(allowed);
  });
});
