import { describe, expect, it } from '@jest/globals';
import { idempotencyKeyOf } from './counters.schemas.js';

describe('the header Idempotency-Key', () => {
  it.each([undefined, 'a', '!~', 'x'.repeat(128)])('may be %s', (header) => {
    expect(idempotencyKeyOf(header)).toBe(header);
  });

  it.each(['', 'x'.repeat(129), 'two words', 'tab\t', 'ä', '\u007f'])('is refused as %j', (header) => {
    expect(() => idempotencyKeyOf(header)).toThrow(
      expect.objectContaining({
        reason: 'VALIDATION_FAILED',
        details: { issues: [expect.objectContaining({ path: 'Idempotency-Key' })] },
      }),
    );
  });
});
