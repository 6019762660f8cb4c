import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CountersReplica,
  ScratchCounters,
} from '../../../../../test/support/counters/scratch-counters.js';
import { fieldOf, shardOf } from '../counter.key.js';

const key = { resourceId: 'article-1', counterType: 'view' };
const add = (delta: number) => [{ ...key, delta }];
const shard = shardOf(fieldOf(key));

describe('a counter after Redis has lost data', () => {
  let scratch: ScratchCounters;
  let one: CountersReplica;
  let two: CountersReplica;

  const epoch = async () => {
    const [row] = await scratch.sql<{ epoch: string }>('SELECT epoch FROM counter_shard WHERE shard = $1', [
      shard,
    ]);
    return Number(row?.epoch);
  };
  const drainBoth = async () => {
    await one.drain.drainAll();
    await two.drain.drainAll();
  };

  beforeAll(async () => {
    scratch = await ScratchCounters.create();
    [one, two] = [await scratch.replica(), await scratch.replica()];
  });

  beforeEach(() => scratch.empty());

  afterAll(() => scratch.drop());

  it('continues from the value in PostgreSQL when Redis is empty', async () => {
    await one.counters.increment(add(7));
    await one.drain.drainAll();
    await one.counters.increment(add(2));
    await scratch.redis.flushdb();
    await expect(two.counters.read([key])).resolves.toEqual([7]);
    await expect(one.counters.increment(add(1))).resolves.toEqual([8]);
    await drainBoth();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 8, published: 8 });
  });

  it('never returns less than was drained when Redis goes back without closing connections', async () => {
    await one.counters.increment(add(10));
    await drainBoth();
    const older = await scratch.snapshot();
    await two.counters.increment(add(5));
    await one.drain.drainAll();
    await scratch.goBack(older);
    await expect(one.counters.read([key])).resolves.toEqual([15]);
    await expect(two.counters.increment(add(1))).resolves.toEqual([16]);
    await drainBoth();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 16, published: 16 });
  });

  it('is corrected by the next drain of a process that has not counted since', async () => {
    await two.counters.increment(add(10));
    await drainBoth();
    const older = await scratch.snapshot();
    await one.counters.increment(add(5));
    await one.drain.drainAll();
    await two.drain.drainAll();
    await scratch.goBack(older);
    await expect(two.counters.read([key])).resolves.toEqual([15]);
  });

  it('is correct when Redis goes back to before an epoch, twice', async () => {
    await one.counters.increment(add(3));
    await drainBoth();
    const older = await scratch.snapshot();
    await scratch.redis.flushdb();
    await expect(one.counters.read([key])).resolves.toEqual([3]);
    for (const expected of [4, 5]) {
      await scratch.goBack(older);
      await expect(one.counters.increment(add(1))).resolves.toEqual([expected]);
      await drainBoth();
      await expect(two.counters.read([key])).resolves.toEqual([expected]);
    }
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 5, published: 5 });
  });

  it('is not counted twice when Redis goes back to a sealed batch that was drained since', async () => {
    await one.counters.increment(add(4));
    const [ledger] = await scratch.sql<{ epoch: string; sequence: string }>(
      'SELECT epoch, sequence FROM counter_shard WHERE shard = $1',
      [shard],
    );
    const sealing = { epoch: Number(ledger?.epoch), sequence: Number(ledger?.sequence) };
    await expect(one.store.seal(shard, sealing, { most: 100 })).resolves.toMatchObject({ state: 'SEALED' });
    await one.counters.increment(add(1));
    const sealed = await scratch.snapshot();
    await two.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 5, published: 5 });
    await scratch.goBack(sealed);
    await expect(one.counters.read([key])).resolves.toEqual([5]);
    await drainBoth();
    await expect(one.counters.increment(add(1))).resolves.toEqual([6]);
    await drainBoth();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 6, published: 6 });
  });

  it('keeps a sealed batch when the draining process crashes before PostgreSQL has it', async () => {
    await one.counters.increment(add(4));
    const [ledger] = await scratch.sql<{ epoch: string; sequence: string }>(
      'SELECT epoch, sequence FROM counter_shard WHERE shard = $1',
      [shard],
    );
    await one.store.seal(
      shard,
      { epoch: Number(ledger?.epoch), sequence: Number(ledger?.sequence) },
      { most: 100 },
    );
    await one.counters.increment(add(2));
    await two.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 6, published: 6 });
  });

  it('begins one new epoch, not one for each process and caller that detects the loss', async () => {
    await one.counters.increment(add(1));
    await drainBoth();
    const before = await epoch();
    await scratch.redis.flushdb();
    const callers = Array.from({ length: 50 }, (_, index) =>
      (index % 2 ? one : two).counters.increment(add(1)),
    );
    const values = (await Promise.all(callers)).flat().map(Number);
    expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
    await expect(epoch()).resolves.toBe(before + 1);
  });
});
