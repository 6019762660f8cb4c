import { describe, expect, it } from '@jest/globals';
import type { Delay } from '@app/contracts';
import { waitWhileUnavailable } from './wait-while-unavailable.js';

describe('a message whose database is unavailable', () => {
  it.each<[readonly Delay[], Delay | undefined]>([
    [['1s', '5s', '30s'], '5s'],
    [['1s', '10s', '1m', '10m'], '10s'],
    [['2m', '1h'], '2m'],
    [[], undefined],
  ])('waits, on the ladder %j, for %s', (ladder, delay) => {
    expect(waitWhileUnavailable(ladder)).toBe(delay);
  });
});
