import { describe, expect, it } from '@jest/globals';
import { isMessageId, newMessageId } from './message-id.js';

describe('a message id', () => {
  it('is a UUID of version 7 and variant 1 that begins with the time', () => {
    const id = newMessageId();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.slice(0, 13).replace('-', ''), 16)).toBeCloseTo(Date.now(), -3);
  });

  it('is unique', () => {
    const ids = Array.from({ length: 10_000 }, newMessageId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([undefined, 7, '', 'x', `${newMessageId()}0`])('is not %p', (candidate) => {
    expect(isMessageId(candidate)).toBe(false);
  });
});
