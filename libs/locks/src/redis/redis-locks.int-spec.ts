import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisModule } from '@app/redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { eventually } from '../../../../test/support/assertions/eventually.js';
import { given } from '../../../../test/support/apps/given.js';
import { ScratchRedisServer } from '../../../../test/support/servers/scratch-redis-server.js';
import { LeaseLostError, LockBusyError, LockQueueFullError, Locks, LocksModule } from '../index.js';

const HAND_OVER_MS = 50;

describe('a lock on Redis', () => {
  let server: ScratchRedisServer;
  let redis: Redis;
  const apps: INestApplicationContext[] = [];
  let one: Locks;
  let other: Locks;
  let name: string;
  let count = 0;

  const start = async () => {
    const environment = { APP__REDIS__STATE__URL: server.url, APP__REDIS__COMMAND_TIMEOUT: '500ms' };
    const imports = [RedisModule.forRoot(), LocksModule.forRoot({ drivers: ['redis'], postgres: false })];
    const app = await given
      .app('gateway')
      .with(...imports)
      .configured(environment)
      .start();
    apps.push(app);
    return app.get(Locks);
  };
  const keyOf = (part = '') => `{lock:${name}}${part}`;
  const waiting = () => redis.zcard(keyOf(':queue'));
  const untilWaiting = (number: number) =>
    eventually(async () => expect(await waiting()).toBe(number), { every: 5 });

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
  beforeEach(async () => {
    count += 1;
    name = `lock ${count}`;
    // A test before may have broken the connections.
    for (const locks of [one, other])
      await eventually(async () => (await locks.acquire(`quiet ${count}`)).release());
  });

  it('is held by one at a time, and given on in the order of coming', async () => {
    const first = await one.acquire(name);
    const order: number[] = [];
    let holders = 0;
    const all: Promise<void>[] = [];
    for (let index = 0; index < 10; index++) {
      all.push(
        (index % 2 ? one : other).withLock(name, { wait: 10_000 }, async () => {
          expect((holders += 1)).toBe(1);
          order.push(index);
          await delay(1);
          holders -= 1;
        }),
      );
      await untilWaiting(index + 1);
    }
    await first.release();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is given on quickly: in no more than ten round trips to 99 of 100', async () => {
    const gaps: number[] = [];
    const trips: number[] = [];
    let released = 0;
    const contend = async (locks: Locks) => {
      for (let turn = 0; turn < 6; turn++) {
        const lock = await locks.acquire(name, { wait: 30_000 });
        if (released > 0) gaps.push(performance.now() - released);
        const asked = performance.now();
        await redis.ping();
        trips.push(performance.now() - asked);
        released = performance.now();
        await lock.release();
      }
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => contend(index % 2 ? one : other)));
    const percentile = (times: number[]) =>
      times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;
    expect(gaps).toHaveLength(299);
    expect(percentile(gaps)).toBeLessThan(Math.max(HAND_OVER_MS, 10 * percentile(trips)));
  });

  it('goes to the next one when its holder has died', async () => {
    await redis.set(keyOf(), 'a holder that died', 'PX', 200);
    const lock = await one.acquire(name);
    expect(await redis.get(keyOf())).toMatch(/^locks:/);
    await lock.release();
    expect(await redis.exists(keyOf())).toBe(0);
  });

  it('does not wait for those in the queue who have died', async () => {
    await redis.zadd(keyOf(':queue'), 1, 'locks:dead/1');
    await redis.zadd(keyOf(':alive'), Date.now() + 300, 'locks:dead/1');
    await expect(one.acquire(name, { wait: 0 })).rejects.toBeInstanceOf(LockBusyError);
    const lock = await one.acquire(name);
    expect(await redis.exists(keyOf(':alive'))).toBe(0);
    await lock.release();
  });

  it('is kept by renewing, and its holder told when it is gone all the same', async () => {
    const lock = await one.acquire(name, { ttl: 300 });
    const token = await redis.get(keyOf());
    const until = performance.now() + 700;
    while (performance.now() < until) await expect(redis.get(keyOf())).resolves.toBe(token);
    expect(lock.signal.aborted).toBe(false);
    await redis.set(keyOf(), 'somebody else');
    await aborted(lock.signal);
    expect(lock.signal.reason).toBeInstanceOf(LeaseLostError);
    await lock.release();
    expect(await redis.get(keyOf())).toBe('somebody else');
  });

  it('is not brought back to life by a process that slept beyond its end', async () => {
    const lock = await one.acquire(name, { ttl: 100 });
    const wake = performance.now() + 150;
    while (performance.now() < wake);
    await redis.set(keyOf(), String(await redis.get(keyOf())));
    await expect(lock.renew()).rejects.toBeInstanceOf(LeaseLostError);
    expect(lock.signal.aborted).toBe(true);
  });

  it('ends by the clock of its holder when Redis does not answer, and those who wait go on waiting', async () => {
    const lock = await one.acquire(name, { ttl: 800 });
    const next = other.acquire(name, { wait: 10_000 });
    await untilWaiting(1);
    server.pause();
    try {
      await aborted(lock.signal);
    } finally {
      server.resume();
    }
    expect((await next).signal.aborted).toBe(false);
    await (await next).release();
  });

  it('is lost when Redis has lost its data, and the wait goes on through the restart', async () => {
    const lock = await one.acquire(name, { ttl: 3_000 });
    const next = other.acquire(name, { wait: 10_000 });
    await untilWaiting(1);
    await server.restart();
    const heir = await next;
    await aborted(lock.signal);
    expect(heir.signal.aborted).toBe(false);
    await heir.release();
  });

  it('is given on when the connection for notifications was lost', async () => {
    const lock = await one.acquire(name);
    const next = other.acquire(name);
    await untilWaiting(1);
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await lock.release();
    await expect(next).resolves.toMatchObject({ name });
    await (await next).release();
  });

  it('is refused after the wait, to too many at once, and to who does not want it any more', async () => {
    const lock = await one.acquire(name);
    await expect(other.acquire(name, { wait: 0 })).rejects.toBeInstanceOf(LockBusyError);
    await expect(other.acquire(name, { wait: 50 })).rejects.toBeInstanceOf(LockBusyError);
    const end = new AbortController();
    const waiter = other.acquire(name, { maxWaiters: 1, signal: end.signal });
    await untilWaiting(1);
    await expect(other.acquire(name, { maxWaiters: 1 })).rejects.toBeInstanceOf(LockQueueFullError);
    end.abort();
    await expect(waiter).rejects.toHaveReason('CANCELLED');
    expect(await waiting()).toBe(0);
    await lock.release();
  });

  it('is released when its process stops', async () => {
    const locks = await start();
    await locks.acquire(name, { ttl: 60_000 });
    await apps.pop()?.close();
    expect(await redis.exists(keyOf())).toBe(0);
  });
});

/** Resolves when a signal is aborted, also one that is already. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
