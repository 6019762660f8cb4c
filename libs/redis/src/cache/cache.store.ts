import type { Redis } from 'ioredis';
import { registerScript } from '../redis.script.js';
import { answered } from '../to-redis-error.js';
import { LEASE, RELEASE, REPLACE, STORE } from './cache.scripts.js';

/** What is stored under a key, and for how long yet, in milliseconds. */
export interface StoredBytes {
  bytes: Buffer;
  /** Infinity where nobody asked. */
  remaining: number;
}

export interface LeaseRequest {
  token: string;
  /** Milliseconds. */
  ttl: number;
  /** Whether several may load at once, under one lease. */
  joining: boolean;
  /** Whether to load though there is a value. */
  anyway: boolean;
}

/** The lease under which to load; or why not to. */
export type LeaseReply = { state: 'LEASE'; token: string } | { state: 'VALUE' | 'BUSY' };

/** Values and leases in Redis; the key is that of the value. @throws RedisUnavailableError */
export class CacheStore {
  private readonly runLease;
  private readonly runStore;
  private readonly runRelease;
  private readonly runReplace;

  constructor(private readonly redis: Redis) {
    this.runLease = registerScript<[LeaseReply['state'], string?]>(redis, LEASE);
    this.runStore = registerScript<number>(redis, STORE);
    this.runRelease = registerScript<number>(redis, RELEASE);
    this.runReplace = registerScript<number>(redis, REPLACE);
  }

  /** @param timed whether the remaining time is wanted; it is a second command of the same turn */
  async read(key: string, timed: boolean): Promise<StoredBytes | undefined> {
    const [bytes, remaining] = await answered(() =>
      Promise.all([this.redis.getBuffer(key), timed ? this.redis.pttl(key) : Infinity]),
    );
    return bytes === null ? undefined : { bytes, remaining };
  }

  async lease(key: string, { token, ttl, joining, anyway }: LeaseRequest): Promise<LeaseReply> {
    const args = [token, ttl, joining ? 'join' : 'alone', anyway ? 'any' : 'missing'];
    const [state, granted] = await this.runLease(keysOf(key), args);
    return state === 'LEASE' ? { state, token: granted ?? token } : { state };
  }

  /** Whether the lease still stood, and the value is stored. */
  async store(key: string, token: string, bytes: Buffer, ttl: number): Promise<boolean> {
    return (await this.runStore(keysOf(key), [token, bytes, ttl])) === 1;
  }

  async release(key: string, token: string): Promise<void> {
    await this.runRelease(keysOf(key), [token]);
  }

  async replace(key: string, bytes: Buffer, ttl: number): Promise<void> {
    await this.runReplace(keysOf(key), [bytes, ttl]);
  }

  async remove(key: string): Promise<void> {
    await answered(() => this.redis.del(keysOf(key)));
  }
}

/** The value's key is a hash tag as a whole, see `keyOf`; so both are in one slot of a cluster. */
function keysOf(key: string): string[] {
  return [key, `${key}:lease`];
}
