import { beforeEach, describe, expect, it } from '@jest/globals';
import { DeadLetterAdmin } from './dead-letter.admin.js';
import type { DeadLetterStore } from './dead-letter.store.js';
import type { DeadLetterMetrics } from './dead-letters.metrics.js';
import type { Redriver } from './redriver.js';

const BY_ALICE = { actor: 'alice', note: 'the bug is fixed' };

describe('handling many dead letters', () => {
  /** How many dead letters are left. */
  let letters: number;
  let limits: number[];
  let counted: number;
  let wakes: number;
  let fails: boolean;
  let admin: DeadLetterAdmin;

  const handle = (_action: string, _filter: object, { limit }: { limit: number }): Promise<string[]> => {
    limits.push(limit);
    if (fails && limits.length > 1) return Promise.reject(new Error('the database is unavailable'));
    const handled = Math.min(letters, limit);
    letters -= handled;
    return Promise.resolve(Array.from({ length: handled }, () => 'q'));
  };

  beforeEach(() => {
    [letters, limits, counted, wakes, fails] = [2_500, [], 0, 0, false];
    admin = new DeadLetterAdmin(
      { now: () => Promise.resolve(new Date()), handle } as unknown as DeadLetterStore,
      { wake: () => (wakes += 1) } as unknown as Redriver,
      {
        count: (_action: string, queues: readonly string[]) => (counted += queues.length),
      } as unknown as DeadLetterMetrics,
    );
  });

  it.each([
    [5_000, [1_000, 1_000, 1_000], 2_500],
    [2_200, [1_000, 1_000, 200], 2_200],
    [1_000, [1_000], 1_000],
  ])('takes at most 1,000 in one transaction, until the limit of %d', async (limit, expected, count) => {
    expect(await admin.handleMany('redrive', { queue: 'q' }, { ...BY_ALICE, limit })).toBe(count);
    expect([limits, counted, wakes]).toEqual([expected, count, 1]);
  });

  it('redrives those of the earlier transactions when one fails', async () => {
    fails = true;
    const handling = admin.handleMany('redrive', { queue: 'q' }, { ...BY_ALICE, limit: 5_000 });
    await expect(handling).rejects.toThrow('unavailable');
    expect([counted, wakes]).toEqual([1_000, 1]);
  });
});
