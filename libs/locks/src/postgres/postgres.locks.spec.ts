import { PostgresUnavailableError } from '@app/postgres';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
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

const lease = { name: 'report', fence: 1 } as Lease;

describe('a wait for a lock', () => {
  const acquire = jest.fn<() => Promise<Lease | undefined>>();
  const locks = new PostgresLocks({ acquire } as unknown as Leases);
  const request = { name: 'report', ttl: 10_000, wait: 1_000, signal: undefined };

  beforeEach(() => {
    acquire.mockReset().mockResolvedValue(undefined);
    pauses.length = 0;
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('polls after 10 ms at first, and at least every 250 ms', async () => {
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    // Without jitter.
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    await expect(locks.acquire(request)).resolves.toBeUndefined();
    expect(pauses).toEqual([10, 20, 40, 80, 160, 250, 250, 190]);
  });

  it('of 0 ms takes a free lock, and is over after one attempt', async () => {
    const attempt = () => locks.acquire({ ...request, wait: 0 });
    await expect(attempt()).resolves.toBeUndefined();
    expect(acquire).toHaveBeenCalledTimes(1);
    acquire.mockResolvedValue(lease);
    await expect(attempt()).resolves.toMatchObject({ fence: { name: 'report', number: 1 } });
  });

  it('fails when the database becomes unavailable, and the next request has its turn', async () => {
    const outage = PostgresUnavailableError.because(new Error('cut'));
    acquire.mockResolvedValueOnce(undefined).mockRejectedValueOnce(outage).mockResolvedValue(lease);
    const outcomes = await Promise.allSettled([locks.acquire(request), locks.acquire(request)]);
    expect(outcomes).toMatchObject([
      { status: 'rejected', reason: outage },
      { status: 'fulfilled', value: { name: 'report' } },
    ]);
  });
});
