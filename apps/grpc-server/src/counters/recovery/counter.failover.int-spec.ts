import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CountersReplica,
  ScratchCounters,
} from '../../../../../test/support/counters/scratch-counters.js';
import { fieldOf, shardOf } from '../counter.key.js';

const key = { resourceId: 'article-1', counterType: 'view' };
const add = (delta: number) => [{ ...key, delta }];
const shard = shardOf(fieldOf(key));

describe('a counter after a failover of PostgreSQL', () => {
  let scratch: ScratchCounters;
  let one: CountersReplica;
  let two: CountersReplica;

  const drain = async (times = 1) => {
    for (let time = 0; time < times; time++) {
      await one.drain.drainAll();
      await two.drain.drainAll();
    }
  };
  const count = async (delta: number) => {
    await one.counters.increment(add(delta));
    await one.drain.drainAll();
  };
  const ledger = async () => {
    const [row] = await scratch.sql<{ epoch: string; sequence: string }>(
      'SELECT epoch, sequence FROM counter_shard WHERE shard = $1',
      [shard],
    );
    return { epoch: Number(row?.epoch), sequence: Number(row?.sequence) };
  };
  /** Expects the value from Redis and, after Redis has lost its data, from PostgreSQL. */
  const expectEverywhere = async (value: number, published = value) => {
    await expect(two.counters.read([key])).resolves.toEqual([value]);
    await scratch.redis.flushdb();
    await expect(one.counters.read([key])).resolves.toEqual([value]);
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: value, published });
  };

  beforeAll(async () => {
    scratch = await ScratchCounters.create();
    [one, two] = [await scratch.replica({ coldAfter: 0 }), await scratch.replica({ coldAfter: 0 })];
  });

  beforeEach(() => scratch.empty());

  afterAll(() => scratch.drop());

  it.each([1, 2])('is drained again when the last %i batches are lost', async (batches) => {
    await count(100);
    const putBack = await scratch.savePostgres();
    for (let batch = 0; batch < batches; batch++) await count(5);
    await putBack();
    await one.counters.increment(add(1));
    await drain();
    await expectEverywhere(101 + 5 * batches);
  });

  it.each([1, 2])('is drained again from the %i batches that Redis keeps', async (batches) => {
    await count(100);
    const putBack = await scratch.savePostgres();
    for (let batch = 1; batch <= batches; batch++) await count(6 / batches);
    const before = await ledger();
    await putBack();
    await one.drain.drainAll();
    // The batches keep their numbers: no values were copied to PostgreSQL.
    await expect(ledger()).resolves.toEqual(before);
    await expectEverywhere(106);
  });

  it('is drained again when the next batch was in flight during the failover', async () => {
    await count(100);
    const putBack = await scratch.savePostgres();
    await count(5);
    await one.counters.increment(add(1));
    await one.store.seal(shard, await ledger(), { most: 100 });
    await putBack();
    await drain();
    await expectEverywhere(106);
  });

  it('has the value of Redis when more batches are lost than Redis keeps', async () => {
    await count(100);
    const putBack = await scratch.savePostgres();
    for (let batch = 0; batch < 4; batch++) await count(5);
    await putBack();
    await one.counters.increment(add(1));
    await expect(two.counters.read([key])).resolves.toEqual([121]);
    const before = await ledger();
    await drain();
    expect((await ledger()).epoch).toBe(before.epoch);
    await expectEverywhere(121);
  });

  it('loses no increment while the values of Redis are copied to PostgreSQL', async () => {
    const items = Array.from({ length: 3000 }, (_, index) => ({
      resourceId: `r${index}`,
      counterType: 'view',
      delta: 1,
    }));
    const countAll = async () => {
      for (let start = 0; start < items.length; start += 1000)
        await one.counters.increment(items.slice(start, start + 1000));
    };
    await countAll();
    await drain();
    const putBack = await scratch.savePostgres();
    for (let batch = 0; batch < 3; batch++) {
      await countAll();
      await one.drain.drainAll();
    }
    await putBack();
    await Promise.all([drain(), countAll(), two.counters.increment(items.slice(0, 1000))]);
    await drain();
    const total = 5 * 3000 + 1000;
    await scratch.redis.flushdb();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: total, published: total });
  });

  it('has the value of Redis when the beginning of the epoch is lost', async () => {
    await count(100);
    const putBack = await scratch.savePostgres();
    await scratch.redis.flushdb();
    await count(5);
    await one.counters.increment(add(1));
    await putBack();
    await drain();
    await expectEverywhere(106);
  });

  it('is not dropped from Redis before a later batch has replaced its own', async () => {
    await count(100);
    const putBack = await scratch.savePostgres();
    await count(5);
    await one.drain.drainAll();
    const limits = { coldAfterMs: 0, generationSize: 1, keysMs: 0, attemptsMs: 0 };
    await one.store.sweep(shard, await ledger(), limits);
    await expect(one.store.sizes()).resolves.toMatchObject({ held: 1 });
    await putBack();
    await expect(two.counters.read([key])).resolves.toEqual([105]);
    await drain();
    await expectEverywhere(105);
  });

  it('is not taken from a batch that another release has dropped', async () => {
    await count(100);
    const putBack = await scratch.savePostgres();
    await count(5);
    await scratch.redis.del(`counters:{${shard}}:sealed`);
    await putBack();
    await drain();
    await expectEverywhere(105);
  });
});
