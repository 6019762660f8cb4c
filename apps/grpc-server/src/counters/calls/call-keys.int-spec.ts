import { randomUUID } from 'node:crypto';
import { uuidV7Time } from '@app/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CountersReplica,
  ScratchCounters,
} from '../../../../../test/support/counters/scratch-counters.js';
import { fieldOf, shardOf } from '../counter.key.js';

const key = { resourceId: 'article-1', counterType: 'view' };
const add = (delta: number) => [{ ...key, delta }];
const shard = shardOf(fieldOf(key));
/** Increments on every shard, each counter twice. */
const many = Array.from({ length: 100 }, (_, index) => ({
  resourceId: `many-${index % 50}`,
  counterType: 'view',
  delta: 1 + (index % 3),
}));

function uuidV7(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}

describe('a call with an idempotency key', () => {
  let scratch: ScratchCounters;
  let one: CountersReplica;
  let two: CountersReplica;

  const named = (idempotencyKey: string) => one.keys.of({ idempotencyKey, attemptKey: '' });
  const read = () => one.counters.read([key]);

  beforeAll(async () => {
    scratch = await ScratchCounters.create();
    [one, two] = [await scratch.replica(), await scratch.replica()];
  });

  beforeEach(async () => {
    // There was no epoch before, so Redis has not lost any data.
    await scratch.empty();
    await scratch.sql('UPDATE counter_shard SET epoch = 0, sequence = 0');
  });

  afterAll(() => scratch.drop());

  it.each([
    [1, 'idempotencyKey'],
    [2, 'idempotencyKey'],
    [50, 'idempotencyKey'],
    [50, 'attemptKey'],
  ])('counts once and returns the same result when it is sent %i times with an %s', async (times, name) => {
    const call = one.keys.of({ attemptKey: '', [name]: 'a-key' });
    const together = Array.from({ length: times }, (_, index) =>
      (index % 2 ? one : two).counters.increment(add(3), call),
    );
    for (const answer of await Promise.all(together)) expect(answer).toEqual([3]);
    await one.counters.increment(add(10));
    for (let time = 0; time < times; time++)
      await expect(two.counters.increment(add(3), call)).resolves.toEqual([3]);
    await expect(read()).resolves.toEqual([13]);
  });

  it('is recognized by processes that start later, and is drained once', async () => {
    await one.counters.increment(many, named('restart'));
    await one.drain.drainAll();
    const later = await scratch.replica();
    await later.counters.increment(many, named('restart'));
    await later.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: 199, published: 199 });
  });

  it('completes a call that was counted in part before its server crashed', async () => {
    const call = named('halfway');
    const all = await one.counters.increment(many);
    await scratch.empty();
    await scratch.sql('UPDATE counter_shard SET epoch = 0, sequence = 0');
    const broken = failingShards(one, (at) => at % 2 === 0);
    const outcomes = await one.counters.increment(many, call);
    expect(outcomes.some((outcome) => typeof outcome === 'number')).toBe(true);
    expect(outcomes.some((outcome) => typeof outcome !== 'number')).toBe(true);
    broken.mend();
    for (const replica of [two, one])
      await expect(replica.counters.increment(many, call)).resolves.toEqual(all);
  });

  it('completes a call of which some counters could not be loaded from PostgreSQL', async () => {
    const held = [0, 1, 2].map((index) => ({ resourceId: `held-${index}`, counterType: 'view', delta: 1 }));
    await one.counters.increment(held);
    const unknown = held.map((item) => ({ ...item, counterType: 'like' }));
    const items = [...held, ...unknown, ...held];
    const call = named('missing');
    await scratch.sql('ALTER TABLE counter RENAME TO counter_away');
    const first = await one.counters.increment(items, call);
    await scratch.sql('ALTER TABLE counter_away RENAME TO counter');
    expect(first.filter((outcome) => typeof outcome === 'number').length).toBeGreaterThan(0);
    await expect(two.counters.increment(items, call)).resolves.toEqual([2, 2, 2, 1, 1, 1, 3, 3, 3]);
    await expect(one.counters.increment(items, call)).resolves.toEqual([2, 2, 2, 1, 1, 1, 3, 3, 3]);
  });

  it('keeps a refusal as its result', async () => {
    await scratch.sql('INSERT INTO counter VALUES ($1, $2, $3)', [
      key.resourceId,
      key.counterType,
      Number.MAX_SAFE_INTEGER,
    ]);
    const call = named('overflow');
    for (const replica of [one, two]) {
      const [outcome] = await replica.counters.increment(add(1), call);
      expect(outcome).toHaveReason('COUNTER_OVERFLOW');
      await one.counters.increment(add(-5));
    }
  });

  it('is refused when its key was used with other increments, on any shard', async () => {
    await one.counters.increment(add(1), named('reused'));
    for (const other of [add(2), [...add(1), ...add(1)], many, ...many.map((item) => [item])])
      await expect(two.counters.increment(other, named('reused'))).rejects.toHaveReason(
        'IDEMPOTENCY_KEY_REUSED',
      );
    await expect(one.counters.read(many)).resolves.toEqual(many.map(() => 0));
    await expect(read()).resolves.toEqual([1]);
  });

  describe('after Redis has lost its data', () => {
    const past = uuidV7(Date.now() - 60_000);

    it.each(['opaque', past])('has an unknown outcome and is not counted, with the key %s', async (id) => {
      await one.counters.increment(add(5), named(id));
      await one.drain.drainAll();
      await scratch.redis.flushdb();
      for (let time = 0; time < 3; time++)
        await expect(two.counters.increment(add(5), named(id))).rejects.toMatchObject({
          reason: 'OUTCOME_UNKNOWN',
          status: { http: 503 },
          details: { new_keys_from: expect.any(String) },
        });
      await expect(read()).resolves.toEqual([5]);
    });

    it('is counted when its key was created later', async () => {
      await one.counters.increment(add(5));
      await one.drain.drainAll();
      await scratch.redis.flushdb();
      // The drain detects the loss in each shard.
      await one.drain.drainAll();
      const failure: unknown = await one.counters.increment(add(1), named(past)).catch((error) => error);
      const { details } = failure as { details: { new_keys_from: string } };
      const call = named(uuidV7(Date.parse(details.new_keys_from) + 1000));
      await expect(one.counters.increment(add(1), call)).resolves.toEqual([6]);
      await expect(two.counters.increment(add(1), call)).resolves.toEqual([6]);
    });

    it('is counted as new when the retention is over', async () => {
      const hasty = await scratch.replica({ idempotencyRetention: 1 });
      const call = hasty.keys.of({ idempotencyKey: 'old', attemptKey: '' });
      await one.counters.increment(add(5));
      await one.drain.drainAll();
      await scratch.redis.flushdb();
      await expect(one.counters.increment(add(1), named('old'))).rejects.toHaveReason('OUTCOME_UNKNOWN');
      await expect(hasty.counters.increment(add(1), call)).resolves.toEqual([6]);
    });
  });

  it('expires after two changes of generation', async () => {
    const hasty = await scratch.replica({ idempotencyRetention: 1 });
    const call = hasty.keys.of({ idempotencyKey: 'old', attemptKey: '' });
    const limits = { coldAfterMs: 3_600_000, generationSize: 1000, keysMs: 0, attemptsMs: 0 };
    await hasty.counters.increment(add(1), call);
    const ledger = { epoch: 1, sequence: 0 };
    await hasty.store.sweep(shard, ledger, limits);
    await expect(hasty.counters.increment(add(1), call)).resolves.toEqual([1]);
    for (let time = 0; time < 2; time++) {
      await hasty.store.sweep(shard, ledger, limits);
      await hasty.store.sweep(shardOf('old'), ledger, limits);
    }
    await expect(hasty.counters.increment(add(1), call)).resolves.toEqual([2]);
  });

  it('is not counted again when its full table dropped it, if its key has a time', async () => {
    const small = await scratch.replica({ maxIdempotencyResults: 1000 });
    const call = (id: string) => small.keys.of({ idempotencyKey: id, attemptKey: '' });
    const id = uuidV7(Date.now() - 1000);
    await small.counters.increment(add(1), call(id));
    for (let other = 0; other < 80; other++) await small.counters.increment(add(1), call(`other-${other}`));
    const held = await scratch.redis.hlen(`counters:{${shard}}:keys`);
    expect(held).toBeLessThanOrEqual(64);
    await expect(small.counters.increment(add(1), call(id))).rejects.toHaveReason('OUTCOME_UNKNOWN');
    await expect(read()).resolves.toEqual([81]);
    expect(uuidV7Time(id)).toBeLessThan(Date.now());
  });
});

/** Fails calls of some shards before they reach Redis, with the same effect as a crash of the process. */
function failingShards({ store }: CountersReplica, fails: (shard: number) => boolean): { mend(): void } {
  const increment = store.increment.bind(store);
  store.increment = (at, ...rest) =>
    fails(at) && rest[1].length > 0 ? Promise.reject(new Error('killed')) : increment(at, ...rest);
  return { mend: () => void (store.increment = increment) };
}
