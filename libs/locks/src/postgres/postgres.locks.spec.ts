import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Lease, Leases } from '../lease.js';

const pauses: number[] = [];
let now = 0;

/** The pauses between two polls pass at once. The time limit of the turn, whose value is false, never does. */
jest.unstable_mockModule('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown) => {
    if (value === false) return new Promise(() => undefined);
    pauses.push(Math.round(ms));
    now += ms;
    return Promise.resolve(value);
  },
}));
const { PostgresLocks } = await import('./postgres.locks.js');

describe('a wait for a lock', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('polls after 10 ms at first, and at least every 250 ms', async () => {
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    // Without jitter.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const leases = { acquire: () => Promise.resolve<Lease | undefined>(undefined) };
    const locks = new PostgresLocks(leases as unknown as Leases);
    const request = { name: 'report', ttl: 10_000, wait: 1_000, signal: undefined };
    await expect(locks.acquire(request)).resolves.toBeUndefined();
    expect(pauses).toEqual([10, 20, 40, 80, 160, 250, 250, 190]);
  });
});
