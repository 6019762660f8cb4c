import { describe, expect, it } from '@jest/globals';
import { newUserId } from './user-id.js';

describe('the id of a user', () => {
  it('is a UUIDv7 of its moment', () => {
    expect(newUserId(0x019a_0000_0000)).toMatch(
      /^019a0000-0000-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(newUserId(1) < newUserId(2)).toBe(true);
  });
});
