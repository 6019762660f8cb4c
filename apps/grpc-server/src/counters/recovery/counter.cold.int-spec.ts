import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CountersReplica,
  ScratchCounters,
} from '../../../../../test/support/counters/scratch-counters.js';
import { fieldOf, shardOf } from '../counter.key.js';

const key = { resourceId: 'article-1', counterType: 'view' };
const add = (delta: number) => [{ ...key, delta }];

describe('an unused counter', () => {
  let scratch: ScratchCounters;
  let one: CountersReplica;
  let two: CountersReplica;

  beforeAll(async () => {
    scratch = await ScratchCounters.create();
    // Each drain ends a generation.
    [one, two] = [await scratch.replica({ coldAfter: 0 }), await scratch.replica({ coldAfter: 0 })];
  });

  beforeEach(() => scratch.empty());

  afterAll(() => scratch.drop());

  it('is dropped from Redis when PostgreSQL has it, and loaded when it is used', async () => {
    await one.counters.increment(add(7));
    await one.drain.drainAll();
    await one.drain.drainAll();
    await one.drain.drainAll();
    await expect(one.store.sizes()).resolves.toEqual({ held: 0, waiting: 0 });
    await expect(two.counters.read([key])).resolves.toEqual([7]);
    await expect(one.counters.increment(add(1))).resolves.toEqual([8]);
  });

  it('stays in Redis until PostgreSQL has it', async () => {
    await one.counters.increment(add(1));
    const ledger = await ledgerOf(scratch);
    const limits = { coldAfterMs: 0, generationSize: 1, keysMs: 0, attemptsMs: 0 };
    for (let look = 0; look < 5; look++) await one.store.sweep(shardOf(fieldOf(key)), ledger, limits);
    await expect(one.counters.read([key])).resolves.toEqual([1]);
  });

  it('is dropped earlier when there are more than max_held', async () => {
    const crowded = await scratch.replica({ coldAfter: 3_600_000, maxHeld: 1000 });
    for (let round = 0; round < 5; round++) {
      const batch = Array.from({ length: 1000 }, (_, index) => ({
        resourceId: `r${round}-${index}`,
        counterType: 'view',
        delta: 1,
      }));
      await crowded.counters.increment(batch);
      await crowded.drain.drainAll();
    }
    // Redis keeps the last two batches, and their counters.
    for (let look = 0; look < 2; look++) await crowded.drain.drainAll();
    const { held } = await crowded.store.sizes();
    expect(held).toBeLessThanOrEqual(1000);
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 5000, published: 5000 });
  });

  it('is not loaded with a value that was read before it was dropped', async () => {
    await one.counters.increment(add(1));
    const shard = shardOf(fieldOf(key));
    const ledger = await ledgerOf(scratch);
    const state = { ...ledger, identity: '' };
    const asked = await one.store.read(shard, state, ['nobody|view']);
    if (asked === 'STALE') throw new Error('the shard was verified a moment ago');
    for (let look = 0; look < 4; look++) await one.drain.drainAll();
    await one.store.load(shard, state, asked.generation, new Map([[fieldOf(key), 0]]));
    await expect(one.counters.read([key])).resolves.toEqual([1]);
  });

  it('is exact while it is dropped and loaded under concurrent increments', async () => {
    const resources = Array.from({ length: 40 }, (_, index) => `busy-${index}`);
    let counting = true;
    const drains = [one, two].map(async ({ drain }) => {
      while (counting) await drain.drainAll();
    });
    const expected = new Map<string, number>();
    const client = async (which: number) => {
      for (let round = 0; round < 60; round++) {
        const items = resources
          .filter((_, index) => (index * 7 + round * 3 + which) % 5 === 0)
          .map((resourceId) => ({ resourceId, counterType: 'view', delta: ((round + which) % 7) - 2 || 1 }));
        const outcomes = await [one, two][which % 2]?.counters.increment(items);
        expect(outcomes?.every((outcome) => typeof outcome === 'number')).toBe(true);
        for (const { resourceId, delta } of items)
          expected.set(resourceId, (expected.get(resourceId) ?? 0) + delta);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, which) => client(which)));
    counting = false;
    await Promise.all(drains);
    await one.drain.drainAll();
    const keys = resources.map((resourceId) => ({ resourceId, counterType: 'view' }));
    const sums = resources.map((resourceId) => expected.get(resourceId) ?? 0);
    await expect(two.counters.read(keys)).resolves.toEqual(sums);
    const total = sums.reduce((sum, value) => sum + value, 0);
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: total, published: total });
  });
});

async function ledgerOf(scratch: ScratchCounters): Promise<{ epoch: number; sequence: number }> {
  const [row] = await scratch.sql<{ epoch: string; sequence: string }>(
    'SELECT epoch, sequence FROM counter_shard WHERE shard = $1',
    [shardOf(fieldOf(key))],
  );
  return { epoch: Number(row?.epoch), sequence: Number(row?.sequence) };
}
