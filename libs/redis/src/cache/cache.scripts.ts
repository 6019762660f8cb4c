import type { RedisScript } from '../redis.script.js';

/**
 * The scripts of a cached key. Beside the value stands, while it is loaded, the lease of those who load it: a random
 * token. What they have loaded is stored only while the lease stands; invalidating removes it, and so does an eviction,
 * which costs no more than another load.
 *
 * @see https://www.usenix.org/system/files/conference/nsdi13/nsdi13-final170_update.pdf section 3.2.1, leases
 */
const KEYS = 2;

/**
 * args: token, time to live of the lease, `join` or `alone`, `any` where a value that is there does not matter. Answers
 * that a value has come in the meantime; else the lease under which to load, one's own or, when joining, that of others;
 * else that others are loading.
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

/** args: token, value, time to live. Whether it was stored. */
export const STORE: RedisScript = {
  name: 'cacheStore',
  numberOfKeys: KEYS,
  lua: `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`,
};

/** args: token. Nothing was loaded; others may try at once. */
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
