import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { deadlineIn, RequestContext } from '@app/context';
import { DeadlineExceededError } from '@app/errors';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { jsonCodec } from '../../../../test/support/json-codec.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchRedisServer } from '../../../../test/support/servers/scratch-redis-server.js';
import {
  Cache,
  CacheNamespaceTakenError,
  type CacheNamespaceOptions,
  RedisModule,
  RedisUnavailableError,
} from '../index.js';

const OPTIONS = {
  codec: jsonCodec((value) => z.object({ title: z.string() }).parse(value)),
  ttl: 60_000,
  jitter: 0,
};
type Book = { title: string };

const book = (title = 'Faust'): Book => ({ title });
const found = (title?: string) => jest.fn(() => Promise.resolve<Book | undefined>(book(title)));
const missing = () => jest.fn(() => Promise.resolve<Book | undefined>(undefined));

describe('a cached value', () => {
  let server: ScratchRedisServer;
  let redis: Redis;
  let one: INestApplicationContext;
  let other: INestApplicationContext;
  const apps: INestApplicationContext[] = [];

  const start = async () => {
    const environment = { APP__REDIS__STATE__URL: server.url, APP__REDIS__COMMAND_TIMEOUT: '300ms' };
    const app = await given.app('gateway').with(RedisModule.forRoot()).configured(environment).start();
    apps.push(app);
    return app;
  };
  /** One namespace with a new name, opened by two processes. */
  const both = (options: Partial<CacheNamespaceOptions<Book>> = {}) => {
    const name = `n${randomUUID()}`;
    const open = (app: INestApplicationContext) =>
      app.get(Cache).namespace<Book>({ ...OPTIONS, ...options, name });
    return { name, here: open(one), there: open(other) };
  };

  beforeAll(async () => {
    server = await ScratchRedisServer.start();
    redis = server.client();
    [one, other] = [await start(), await start()];
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    redis.disconnect();
    await server.remove();
  });

  it('is loaded once for a thousand concurrent requests', async () => {
    const { here } = both();
    const load = found();
    const all = await Promise.all(Array.from({ length: 1000 }, () => here.getOrLoad('faust', load)));
    expect(load).toHaveBeenCalledTimes(1);
    expect(all).toEqual(Array.from({ length: 1000 }, () => book()));
  });

  it('is loaded once in the whole fleet with singleFlight: fleet', async () => {
    const { here, there } = both({ singleFlight: 'fleet' });
    const load = jest.fn(() => delay(100, book()));
    const ask = (_: unknown, index: number) => (index % 2 ? here : there).getOrLoad('faust', load);
    await Promise.all(Array.from({ length: 200 }, ask));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('is returned until it expires, and then loaded again', async () => {
    const { here, there, name } = both({ ttl: 60_000 });
    await here.getOrLoad('faust', found('first'));
    await expect(there.getOrLoad('faust', found('second'))).resolves.toEqual(book('first'));
    await redis.pexpire(`cache:{${name}:faust}`, 1);
    await eventually(async () =>
      expect(await there.getOrLoad('faust', found('second'))).toEqual(book('second')),
    );
  });

  it('expires at different times for values that were stored together', async () => {
    const { here, name } = both({ jitter: 0.5, ttl: 100_000 });
    const keys = Array.from({ length: 50 }, (_, index) => `book-${index}`);
    await Promise.all(keys.map((key) => here.getOrLoad(key, found())));
    const ends = await Promise.all(keys.map((key) => redis.pttl(`cache:{${name}:${key}}`)));
    expect(Math.max(...ends)).toBeLessThanOrEqual(100_000);
    expect(Math.min(...ends)).toBeGreaterThan(49_000);
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(10_000);
  });

  it('may be absent, with a shorter time to live', async () => {
    const { here, there, name } = both({ negativeTtl: 5_000 });
    const load = missing();
    await expect(here.getOrLoad('faust', load)).resolves.toBeUndefined();
    await expect(there.getOrLoad('faust', load)).resolves.toBeUndefined();
    expect(load).toHaveBeenCalledTimes(1);
    expect(await redis.pttl(`cache:{${name}:faust}`)).toBeLessThanOrEqual(5_000);
  });

  it('is loaded each time when absence is not cached', async () => {
    const { here } = both();
    const load = missing();
    await here.getOrLoad('faust', load);
    await here.getOrLoad('faust', load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('is returned when stale, while one process of the fleet loads it again', async () => {
    const { here, there, name } = both({ ttl: 60_000, staleWhileRevalidate: 60_000 });
    await here.getOrLoad('faust', found('old'));
    await redis.pexpire(`cache:{${name}:faust}`, 59_000);
    const source = Promise.withResolvers<Book>();
    const load = jest.fn(() => source.promise);
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 ? here : there).getOrLoad('faust', load)),
    );
    expect(new Set(all.map((value) => value?.title))).toEqual(new Set(['old']));
    await eventually(() => expect(load).toHaveBeenCalledTimes(1));
    source.resolve(book('new'));
    await eventually(async () => expect(await there.getOrLoad('faust', load)).toEqual(book('new')));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('is still returned when stale and the load fails', async () => {
    const { here, name } = both({ ttl: 1_000, staleWhileRevalidate: 60_000 });
    await here.getOrLoad('faust', found('old'));
    await redis.pexpire(`cache:{${name}:faust}`, 60_000);
    const load = jest.fn(() => Promise.reject(new Error('the source is unavailable')));
    await expect(here.getOrLoad('faust', load)).resolves.toEqual(book('old'));
    await eventually(async () => {
      await expect(here.getOrLoad('faust', load)).resolves.toEqual(book('old'));
      expect(load.mock.calls.length).toBeGreaterThan(1);
    });
  });

  it('is loaded again by the next request after a failed load, whose error all waiting requests receive', async () => {
    const { here } = both({ singleFlight: 'fleet' });
    const failing = jest.fn(() =>
      delay(20).then(() => Promise.reject(new Error('the source is unavailable'))),
    );
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => here.getOrLoad('faust', failing)));
    expect(all.every(({ status }) => status === 'rejected')).toBe(true);
    expect(failing).toHaveBeenCalledTimes(1);
    await expect(here.getOrLoad('faust', found())).resolves.toEqual(book());
  });

  it('fails when its load takes longer than loadTimeout', async () => {
    const { here } = both({ loadTimeout: 50 });
    let signal: AbortSignal | undefined;
    const hanging = (given_: AbortSignal) => new Promise<Book>(() => (signal = given_));
    await expect(here.getOrLoad('faust', hanging)).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(signal?.aborted).toBe(true);
    await expect(here.getOrLoad('faust', found())).resolves.toEqual(book());
  });

  it('is loaded for the other requests when the first caller disconnects', async () => {
    const { here } = both();
    const caller = new AbortController();
    const context = new RequestContext({ entry: 'http', operation: '/', signal: caller.signal });
    const source = Promise.withResolvers<Book>();
    const first = context.run(() => here.getOrLoad('faust', () => source.promise));
    const second = here.getOrLoad('faust', found('another'));
    caller.abort();
    await expect(first).rejects.toHaveReason('CANCELLED');
    source.resolve(book());
    await expect(second).resolves.toEqual(book());
  });

  it('is awaited until the deadline of the caller, and loaded with its own deadline', async () => {
    const { here } = both({ loadTimeout: 60_000 });
    const context = new RequestContext({ entry: 'http', operation: '/', deadline: deadlineIn(200) });
    const seen: (number | undefined)[] = [];
    const source = Promise.withResolvers<Book>();
    const load = () => {
      seen.push(RequestContext.current()?.deadline);
      return source.promise;
    };
    await expect(context.run(() => here.getOrLoad('faust', load))).rejects.toHaveReason('DEADLINE_EXCEEDED');
    expect(seen[0]).toBeGreaterThan(deadlineIn(30_000));
    source.resolve(book());
    await eventually(async () => expect(await here.getOrLoad('faust', missing())).toEqual(book()));
  });

  it('is a miss when it cannot be decoded', async () => {
    const { here, name } = both();
    for (const bytes of ['+{"title":5}', '+{', '?', '']) {
      await redis.set(`cache:{${name}:faust}`, bytes);
      await expect(here.getOrLoad('faust', found())).resolves.toEqual(book());
      await expect(here.getOrLoad('faust', missing())).resolves.toEqual(book());
    }
  });

  it('is not stored when any process invalidated it during the load', async () => {
    const { here, there } = both();
    const source = Promise.withResolvers<Book>();
    const began = Promise.withResolvers<void>();
    const before = here.getOrLoad('faust', () => (began.resolve(), source.promise));
    await began.promise;
    await there.invalidate('faust');
    source.resolve(book('old'));
    await expect(before).resolves.toEqual(book('old'));
    await expect(here.getOrLoad('faust', found('new'))).resolves.toEqual(book('new'));
  });

  it('is loaded again after its invalidation, even if a load is running', async () => {
    const { here } = both();
    const source = Promise.withResolvers<Book>();
    const began = Promise.withResolvers<void>();
    const before = here.getOrLoad('faust', () => (began.resolve(), source.promise));
    await began.promise;
    await here.invalidate('faust');
    await expect(here.getOrLoad('faust', found('new'))).resolves.toEqual(book('new'));
    source.resolve(book('old'));
    await before;
    await expect(here.getOrLoad('faust', missing())).resolves.toEqual(book('new'));
  });

  it('is not overwritten after set by a load that began before', async () => {
    const { here, there } = both();
    const source = Promise.withResolvers<Book>();
    const began = Promise.withResolvers<void>();
    const before = here.getOrLoad('faust', () => (began.resolve(), source.promise));
    await began.promise;
    await there.set('faust', book('set'));
    source.resolve(book('loaded'));
    await before;
    await expect(here.getOrLoad('faust', missing())).resolves.toEqual(book('set'));
  });

  it('has one owner of its namespace', () => {
    const { name } = both();
    expect(() => one.get(Cache).namespace({ ...OPTIONS, name })).toThrow(CacheNamespaceTakenError);
  });

  describe('while Redis is down', () => {
    const namespaces = () => ({ loading: both({ whenDown: 'load' }), failing: both({ whenDown: 'fail' }) });

    it('is loaded, once at a time, or the request fails, as configured', async () => {
      const { loading, failing } = namespaces();
      await server.kill();
      try {
        const load = jest.fn(() => delay(50, book()));
        const all = Array.from({ length: 100 }, () => loading.here.getOrLoad('faust', load));
        await expect(Promise.all(all)).resolves.toHaveLength(100);
        expect(load).toHaveBeenCalledTimes(1);
        await expect(failing.here.getOrLoad('faust', load)).rejects.toBeInstanceOf(RedisUnavailableError);
        expect(load).toHaveBeenCalledTimes(1);
        await expect(loading.here.invalidate('faust')).rejects.toBeInstanceOf(RedisUnavailableError);
      } finally {
        await server.restart();
      }
      await eventually(async () => expect(await failing.here.getOrLoad('faust', found())).toEqual(book()));
    });

    it('is also loaded when Redis hangs', async () => {
      const { loading } = namespaces();
      server.pause();
      try {
        await expect(loading.here.getOrLoad('faust', found())).resolves.toEqual(book());
      } finally {
        server.resume();
      }
    });
  });
});
