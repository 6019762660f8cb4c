import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CountersReplica, ScratchCounters } from '../../../../test/support/counters/scratch-counters.js';
import { ScratchRedisServer } from '../../../../test/support/scratch-redis-server.js';

describe('counters in a Redis that is full', () => {
  let server: ScratchRedisServer;
  let scratch: ScratchCounters;
  let one: CountersReplica;
  let acknowledged = 0;

  /** Batches of counters that nobody has had before, until Redis takes no more; returns the last answer. */
  async function fill(): Promise<unknown> {
    for (let round = 0; ; round++) {
      const batch = Array.from({ length: 1000 }, (_, index) => ({
        resourceId: `full-${round}-${index}`,
        counterType: 'view',
        delta: 1,
      }));
      try {
        const outcomes = await one.counters.increment(batch);
        acknowledged += outcomes.filter((outcome) => typeof outcome === 'number').length;
        const failure = outcomes.find((outcome) => typeof outcome !== 'number');
        if (failure) return failure;
      } catch (error) {
        return error;
      }
    }
  }

  beforeAll(async () => {
    server = await ScratchRedisServer.start({ args: ['--maxmemory-policy', 'noeviction'] });
    scratch = await ScratchCounters.create(server);
    one = await scratch.replica({ coldAfter: 0 });
    await one.counters.increment([{ resourceId: 'early', counterType: 'view', delta: 5 }]);
    const used = Number(/used_memory:(\d+)/.exec(await scratch.redis.info('memory'))?.[1]);
    await scratch.redis.config('SET', 'maxmemory', used + 1_000_000);
  });

  afterAll(async () => {
    await scratch.drop();
    await server.remove();
  });

  it('are refused as unavailable and not counted by halves', async () => {
    await expect(fill()).resolves.toHaveReason('UPSTREAM_UNAVAILABLE');
    expect(acknowledged).toBeGreaterThan(1000);
    const early = { resourceId: 'early', counterType: 'view' };
    await expect(one.counters.increment([{ ...early, delta: 1 }])).rejects.toHaveReason(
      'UPSTREAM_UNAVAILABLE',
    );
    await expect(one.counters.read([early])).resolves.toEqual([5]);
  });

  it('are drained all the same, which makes room again', async () => {
    for (let look = 0; look < 3; look++) await one.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toEqual({ ledger: acknowledged + 5, told: acknowledged + 5 });
    await expect(
      one.counters.increment([{ resourceId: 'early', counterType: 'view', delta: 1 }]),
    ).resolves.toEqual([6]);
  });
});
