import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { Cluster, type Redis } from 'ioredis';
import { Readiness } from '@app/lifecycle';
import { z } from 'zod';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { jsonCodec } from '../../../../test/support/json-codec.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchRedisCluster } from '../../../../test/support/servers/scratch-redis-cluster.js';
import { Cache, RedisModule, RedisUnavailableError, registerScript, type RunScript } from '../index.js';
import { redisToken } from '../redis.role.js';

const KEYS = 60;

describe('the connections to a cluster', () => {
  let cluster: ScratchRedisCluster;
  let app: INestApplicationContext;
  let redis: Redis;
  let add: RunScript<number>;

  const keys = Array.from({ length: KEYS }, (_, index) => `n:{${index}}`);
  const addToAll = () => Promise.all(keys.map((key) => add([key], [1])));

  beforeAll(async () => {
    cluster = await ScratchRedisCluster.start({ primaries: 3, replicas: 1 });
    const [first, ...others] = cluster.urls;
    app = await given
      .app('gateway')
      .with(RedisModule.forRoot())
      .configured({
        APP__REDIS__STATE__URL: first ?? '',
        APP__REDIS__STATE__CLUSTER_NODES: JSON.stringify(others.slice(0, 1)),
        APP__REDIS__COMMAND_TIMEOUT: '500ms',
        APP__LIFECYCLE__CHECK_CACHE: '0s',
      })
      .start();
    redis = app.get<Redis>(redisToken('state'));
    const lua = "return redis.call('INCRBY', KEYS[1], ARGV[1])";
    add = registerScript<number>(redis, { name: 'testAdd', numberOfKeys: 1, lua });
  });
  afterAll(async () => {
    await app.close();
    await cluster.remove();
  });

  it('reach every key, also with scripts that a node has not loaded', async () => {
    expect(redis).toBeInstanceOf(Cluster);
    await expect(addToAll()).resolves.toEqual(keys.map(() => 1));
    for (let index = 0; index < 3; index++) await cluster.at(index, (node) => node.script('FLUSH'));
    await expect(addToAll()).resolves.toEqual(keys.map(() => 2));
    expect(await redis.get(keys[0] ?? '')).toBe('2');
  });

  it('carry the cache', async () => {
    const codec = jsonCodec((value) => z.number().parse(value));
    const cache = app
      .get(Cache)
      .namespace({ name: 'numbers', codec, ttl: 60_000, staleWhileRevalidate: 1000 });
    const odd = ['', '}', '{}', 'a}{b', '{a}{b}'];
    for (const key of odd) await expect(cache.getOrLoad(key, () => Promise.resolve(5))).resolves.toBe(5);
    for (const key of odd) await expect(cache.getOrLoad(key, () => Promise.resolve(6))).resolves.toBe(5);
    await cache.invalidate('}');
    await expect(cache.getOrLoad('}', () => Promise.resolve(7))).resolves.toBe(7);
  });

  it('follow slots that move, and every command is executed once', async () => {
    await redis.del(keys[0] ?? '');
    await Promise.all(keys.map((key) => redis.set(key, 0)));
    const slots = await Promise.all(keys.map((key) => cluster.at(0, (node) => node.cluster('KEYSLOT', key))));
    const ofFirst = [...new Set(slots)].filter((slot) => slot < 5461).slice(0, 8);
    let rounds = 0;
    let moving = true;
    const load = (async () => {
      while (moving) {
        await addToAll();
        rounds += 1;
      }
    })();
    for (const slot of ofFirst) await cluster.move(slot, 0, 1);
    moving = false;
    await load;
    expect(rounds).toBeGreaterThan(1);
    await addToAll();
    const values = await Promise.all(keys.map((key) => redis.get(key)));
    expect(values).toEqual(keys.map(() => String(rounds + 1)));
  });

  it('fail within the command time-out while a node has stopped, and continue with its replica', async () => {
    await addToAll();
    const slow = keys.map(async (key) => {
      const started = performance.now();
      const outcome = await add([key], [1]).then(
        () => 'done',
        (error: unknown) => error,
      );
      return { outcome, ms: performance.now() - started };
    });
    cluster.servers[2]?.pause();
    try {
      const ends = await Promise.all([...slow, ...keys.map((key) => timed(() => add([key], [1])))]);
      expect(Math.max(...ends.map(({ ms }) => ms))).toBeLessThan(1500);
      const errors = ends.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'done');
      expect(errors.every((error) => error instanceof RedisUnavailableError)).toBe(true);
      expect(errors.length).toBeGreaterThan(0);
      await eventually(addToAll, { within: 10_000, every: 100 });
      const dependencies = () => app.get(Readiness).dependencies();
      await eventually(async () => expect((await dependencies())['redis']?.status).toBe('up'));
    } finally {
      cluster.servers[2]?.resume();
    }
    await eventually(addToAll);
  });

  async function timed(work: () => Promise<unknown>) {
    const started = performance.now();
    const outcome = await work().then(
      () => 'done',
      (error: unknown) => error,
    );
    return { outcome, ms: performance.now() - started };
  }
});
