import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CountersReplica,
  ScratchCounters,
} from '../../../../../test/support/counters/scratch-counters.js';
import { ScratchRedisServer } from '../../../../../test/support/servers/scratch-redis-server.js';

/** Redis also needs memory for requests. It counts as full after it has refused this many single ones. */
const REFUSALS = 50;

describe('counters in a full Redis', () => {
  let server: ScratchRedisServer;
  let scratch: ScratchCounters;
  let one: CountersReplica;
  let acknowledged = 0;
  let full = 0;

  async function attempt(resourceIds: readonly string[]): Promise<unknown> {
    try {
      const outcomes = await one.counters.increment(
        resourceIds.map((resourceId) => ({ resourceId, counterType: 'view', delta: 1 })),
      );
      acknowledged += outcomes.filter((outcome) => typeof outcome === 'number').length;
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Increments new counters until Redis accepts no more; returns the last error. */
  async function fill(): Promise<unknown> {
    let refusal: unknown;
    for (let round = 0, refused = 0; refused < REFUSALS; round++) {
      const names = Array.from({ length: refused === 0 ? 1000 : 1 }, (_, index) => `full-${round}-${index}`);
      refusal = await attempt(names);
      refused = refusal === undefined && names.length > 1 ? 0 : refused + (refusal === undefined ? 0 : 1);
    }
    return refusal;
  }

  beforeAll(async () => {
    server = await ScratchRedisServer.start({ args: ['--maxmemory-policy', 'noeviction'] });
    scratch = await ScratchCounters.create(server);
    one = await scratch.replica({ coldAfter: 0 });
    await one.counters.increment([{ resourceId: 'early', counterType: 'view', delta: 5 }]);
    const used = Number(/used_memory:(\d+)/.exec(await scratch.redis.info('memory'))?.[1]);
    full = used + 1_000_000;
    await scratch.redis.config('SET', 'maxmemory', full);
  });

  afterAll(async () => {
    await scratch.drop();
    await server.remove();
  });

  it('are refused as unavailable, without partial counts', async () => {
    await expect(fill()).resolves.toHaveReason('UPSTREAM_UNAVAILABLE');
    expect(acknowledged).toBeGreaterThan(1000);
    const early = { resourceId: 'early', counterType: 'view' };
    await expect(one.counters.increment([{ ...early, delta: 1 }])).rejects.toHaveReason(
      'UPSTREAM_UNAVAILABLE',
    );
    await expect(one.counters.read([early])).resolves.toEqual([5]);
  });

  it('are refused with a key as well, and counted once when there is room', async () => {
    const early = [{ resourceId: 'early', counterType: 'view', delta: 1 }];
    const call = one.keys.of({ idempotencyKey: 'full', attemptKey: '' });
    await expect(one.counters.increment(early, call)).rejects.toHaveReason('UPSTREAM_UNAVAILABLE');
    await scratch.redis.config('SET', 'maxmemory', 0);
    for (let time = 0; time < 3; time++)
      await expect(one.counters.increment(early, call)).resolves.toEqual([6]);
    await one.counters.increment([{ resourceId: 'early', counterType: 'view', delta: -1 }]);
    await scratch.redis.config('SET', 'maxmemory', full);
  });

  it('are still drained, which makes room again', async () => {
    for (let look = 0; look < 3; look++) await one.drain.drainAll();
    await expect(scratch.inPostgres()).resolves.toEqual({
      ledger: acknowledged + 5,
      published: acknowledged + 5,
    });
    await expect(
      one.counters.increment([{ resourceId: 'early', counterType: 'view', delta: 1 }]),
    ).resolves.toEqual([6]);
  });
});
