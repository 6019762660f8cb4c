import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CountersReplica, ScratchCounters } from '../../../../test/support/counters/scratch-counters.js';

const key = { resourceId: 'article-1', counterType: 'view' };
const add = (delta: number) => ({ ...key, delta });

describe('a counter', () => {
  let scratch: ScratchCounters;
  let one: CountersReplica;

  const record = (value: number) =>
    scratch.sql('INSERT INTO counter VALUES ($1, $2, $3)', [key.resourceId, key.counterType, value]);

  beforeAll(async () => {
    scratch = await ScratchCounters.create();
    one = await scratch.replica();
  });

  beforeEach(() => scratch.empty());

  afterAll(() => scratch.drop());

  it('is 0 when it was never incremented', async () => {
    await expect(one.counters.read([key])).resolves.toEqual([0]);
  });

  it('counts each increment of a batch in order, and answers in order', async () => {
    const other = { resourceId: 'article-2', counterType: 'view' };
    const batch = [add(1), { ...other, delta: 5 }, add(2), add(-1)];
    await expect(one.counters.increment(batch)).resolves.toEqual([1, 5, 3, 2]);
    await expect(one.counters.read([other, key])).resolves.toEqual([5, 2]);
  });

  it('is exact in PostgreSQL and in the events, however often it is drained', async () => {
    for (let round = 0; round < 20; round++) {
      await one.counters.increment([add(3), add(-1)]);
      if (round % 5 === 0) await Promise.all([one.drain.drainAll(), one.drain.drainAll()]);
    }
    await one.drain.drainAll();
    await one.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 40, published: 40 });
  });

  it('is drained with any number of others, in small batches and events', async () => {
    const total = 12_000;
    for (let start = 0; start < total; start += 1000) {
      const batch = Array.from({ length: 1000 }, (_, index) => ({
        resourceId: `many-${(start + index) % 6000}`,
        counterType: 'view',
        delta: 1,
      }));
      await one.counters.increment(batch);
    }
    await one.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: total, published: total });
    await expect(one.store.sizes()).resolves.toEqual({ held: 6000, waiting: 0 });
    const [{ most } = { most: 0 }] = await scratch.sql<{ most: number }>(
      `SELECT max(jsonb_array_length(convert_from(payload, 'UTF8')::jsonb -> 'deltas')) AS most FROM outbox`,
    );
    expect(most).toBeLessThanOrEqual(500);
  });

  it.each([
    ['above', 1],
    ['below', -1],
  ])('is not changed when it would exceed the range of ±(2^53-1) %s', async (_side, sign) => {
    await record(sign * (Number.MAX_SAFE_INTEGER - 1));
    const [fits, overflows, back] = await one.counters.increment([add(sign), add(sign), add(-sign)]);
    expect([fits, back]).toEqual([sign * Number.MAX_SAFE_INTEGER, sign * (Number.MAX_SAFE_INTEGER - 1)]);
    expect(overflows).toHaveReason('COUNTER_OVERFLOW');
    await expect(one.counters.read([key])).resolves.toEqual([sign * (Number.MAX_SAFE_INTEGER - 1)]);
  });

  it('accepts exactly what fits when many concurrent increments reach its limit', async () => {
    await record(Number.MAX_SAFE_INTEGER - 50);
    const calls = Array.from({ length: 60 }, (_, index) =>
      one.counters.increment(Array.from({ length: 1 + (index % 3) }, () => add(1))),
    );
    const settled = await Promise.allSettled(calls);
    const outcomes = settled.flatMap((call): unknown =>
      call.status === 'fulfilled' ? call.value : call.reason,
    );
    const values = outcomes.filter((outcome) => typeof outcome === 'number').sort((a, b) => a - b);
    expect(values).toEqual(Array.from({ length: 50 }, (_, index) => Number.MAX_SAFE_INTEGER - 49 + index));
    for (const refused of outcomes.filter((outcome) => typeof outcome !== 'number'))
      expect(refused).toHaveReason('COUNTER_OVERFLOW');
    await one.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toMatchObject({
      ledger: Number.MAX_SAFE_INTEGER,
      published: 50,
    });
  });

  it('crosses its whole range in one drain', async () => {
    await record(-Number.MAX_SAFE_INTEGER);
    await expect(one.counters.read([key])).resolves.toEqual([-Number.MAX_SAFE_INTEGER]);
    const shard = (await scratch.redis.keys('counters:*:values'))[0]?.replace(':values', '') ?? '';
    // Too many increments for a test, so the journal is written directly.
    const delta = 2n * BigInt(Number.MAX_SAFE_INTEGER);
    await scratch.redis.hincrby(`${shard}:values`, 'article-1|view', String(delta));
    await scratch.redis.hincrby(`${shard}:journal`, 'article-1|view', String(delta));
    await one.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toMatchObject({ ledger: Number.MAX_SAFE_INTEGER });
  });
});
