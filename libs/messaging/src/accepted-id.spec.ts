import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { acceptedAt, newAcceptedId } from './accepted-id.js';
import { isMessageId, newMessageId } from './message-id.js';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-01T10:00:00.123Z');

describe('the id of an accepted message', () => {
  beforeEach(() => void jest.useFakeTimers({ now: NOW }));
  afterEach(() => void jest.useRealTimers());

  it('is a unique UUID of version 7 that begins with the time', () => {
    const ids = Array.from({ length: 10_000 }, () => newAcceptedId(0));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(isMessageId(id)).toBe(true);
      expect(id).toMatch(/^019ca8d7-2d7b-7[0-9a-f]{3}-[89ab]/);
    }
  });

  it('contains the time at which its message was accepted', () => {
    expect(acceptedAt(newAcceptedId(0))).toEqual(new Date(NOW));
  });

  it.each([
    [0, 0],
    [1, 1],
    [HOUR, 1],
    [HOUR + 1, 2],
    [30 * 24 * HOUR, 720],
  ])('is valid until a day after its message was due (delayed by %d ms)', (delayMs, hours) => {
    const id = newAcceptedId(delayMs);
    jest.setSystemTime(NOW + (hours + 24) * HOUR - 1);
    expect(acceptedAt(id)).toEqual(new Date(NOW));
    jest.setSystemTime(NOW + (hours + 24) * HOUR);
    expect(acceptedAt(id)).toBeUndefined();
  });

  it.each([-5_000, 5_000])('is valid for a gateway whose clock is %d ms off', (skew) => {
    const id = newAcceptedId(0);
    jest.setSystemTime(NOW + skew);
    expect(acceptedAt(id)).toEqual(new Date(NOW));
  });

  it('is invalid when it has another format, or when any digit was changed', () => {
    const id = newAcceptedId(0);
    const changed = id
      .split('')
      .map((digit, index) =>
        digit === '-' ? id : id.slice(0, index) + (digit === '0' ? '1' : '0') + id.slice(index + 1),
      );
    const others = Array.from({ length: 20 }, newMessageId);
    const saying = [...changed.filter((each) => each !== id), ...others].filter((each) => acceptedAt(each));
    // A checksum of 16 bits misses one change in 65,536.
    expect(saying.length).toBeLessThan(2);
  });
});
