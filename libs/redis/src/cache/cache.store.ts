import type { Redis } from 'ioredis';
import { registerScript } from '../redis.script.js';
import { withRedisErrors } from '../to-redis-error.js';
import { LEASE, RELEASE, REPLACE, STORE } from './cache.scripts.js';

/** A stored value and its remaining time to live, in milliseconds. */
export interface StoredBytes {
  bytes: Buffer;
  /** Infinity when it was not requested. */
  remaining: number;
}

export interface LeaseRequest {
  token: string;
  /** Milliseconds. */
  ttl: number;
  /** Whether several processes may load at once, with the same lease. */
  joining: boolean;
  /** Whether to load even if there is a value. */
  anyway: boolean;
}

/** The lease for a load, or the reason not to load. */
export type LeaseReply = { state: 'LEASE'; token: string } | { state: 'VALUE' | 'BUSY' };

/** Values and leases in Redis, by the key of the value. @throws RedisUnavailableError */
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

  /** @param timed whether to read the remaining time too, with a second command in the same turn */
  async read(key: string, timed: boolean): Promise<StoredBytes | undefined> {
    const [bytes, remaining] = await withRedisErrors(() =>
      Promise.all([this.redis.getBuffer(key), timed ? this.redis.pttl(key) : Infinity]),
    );
    return bytes === null ? undefined : { bytes, remaining };
  }

  async lease(key: string, { token, ttl, joining, anyway }: LeaseRequest): Promise<LeaseReply> {
    const args = [token, ttl, joining ? 'join' : 'alone', anyway ? 'any' : 'missing'];
    const [state, granted] = await this.runLease(keysOf(key), args);
    return state === 'LEASE' ? { state, token: granted ?? token } : { state };
  }

  /** @returns whether the value was stored, because its lease still existed */
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
    await withRedisErrors(() => this.redis.del(keysOf(key)));
  }
}

/** The value's key contains a hash tag, see `keyOf`, so both keys are in one slot of a cluster. */
function keysOf(key: string): string[] {
  return [key, `${key}:lease`];
}
