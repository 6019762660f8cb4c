import { InjectRedis, registerScript } from '@app/redis';
import { Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { ACQUIRE, EXTEND, RELEASE } from './lock.scripts.js';

/** What became of a request for a lock. */
export interface AcquireReply {
  held: boolean;
  /** How many wait ahead. */
  ahead: number;
  /** Milliseconds after which the lock is free, unless its holder renews it. */
  remaining: number;
}

/** The locks in Redis: one call is one script. @throws RedisUnavailableError */
@Injectable()
export class RedisLockStore {
  private readonly runAcquire;
  private readonly runExtend;
  private readonly runRelease;

  constructor(@InjectRedis('state') redis: Redis) {
    this.runAcquire = registerScript<[number, number, number]>(redis, ACQUIRE);
    this.runExtend = registerScript<number>(redis, EXTEND);
    this.runRelease = registerScript<number>(redis, RELEASE);
  }

  /** @param waiterTtl how long the token is believed to wait unless it asks again, in milliseconds; 0: not at all */
  async acquire(name: string, token: string, ttl: number, waiterTtl: number): Promise<AcquireReply> {
    const [held, ahead, remaining] = await this.runAcquire(keysOf(name), [token, ttl, waiterTtl]);
    return { held: held === 1, ahead, remaining };
  }

  async extend(name: string, token: string, ttl: number): Promise<boolean> {
    return (await this.runExtend(keysOf(name), [token, ttl])) === 1;
  }

  async release(name: string, token: string): Promise<void> {
    await this.runRelease(keysOf(name), [token]);
  }
}

function keysOf(name: string): string[] {
  const tag = `{lock:${name}}`;
  return [tag, `${tag}:queue`, `${tag}:alive`];
}
