import type { RedisScript } from '../redis.script.js';

/**
 * The scripts of a cached key. During a load, a second key holds the lease of the load: a random token. A loaded value
 * is stored only if its lease still exists. An invalidation removes the lease. An eviction can remove it too, which
 * costs only another load.
 *
 * @see https://www.usenix.org/system/files/conference/nsdi13/nsdi13-final170_update.pdf section 3.2.1, leases
 */
const KEYS = 2;

/**
 * args: token, time to live of the lease, `join` or `alone`, `any` to ignore an existing value. Returns `VALUE` when a
 * value has been stored meanwhile; else `LEASE` with the lease for the load: a new one or, with `join`, the existing
 * one; else `BUSY`, because another process is loading.
 */
export const LEASE: RedisScript = {
  name: 'cacheLease',
  numberOfKeys: KEYS,
  lua: `
if ARGV[4] ~= 'any' and redis.call('EXISTS', KEYS[1]) == 1 then return {'VALUE'} end
local held = redis.call('GET', KEYS[2])
if not held then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  return {'LEASE', ARGV[1]}
end
if ARGV[3] == 'join' then return {'LEASE', held} end
return {'BUSY'}`,
};

/** args: token, value, time to live. Returns 1 if it was stored, else 0. */
export const STORE: RedisScript = {
  name: 'cacheStore',
  numberOfKeys: KEYS,
  lua: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`,
};

/** args: token. Releases the lease after a failed load, so that others can load at once. */
export const RELEASE: RedisScript = {
  name: 'cacheRelease',
  numberOfKeys: KEYS,
  lua: `
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1`,
};

/** args: value, time to live. */
export const REPLACE: RedisScript = {
  name: 'cacheReplace',
  numberOfKeys: KEYS,
  lua: `
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`,
};
