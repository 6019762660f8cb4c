import type { RedisScript } from '@app/redis';

/**
 * The scripts of a lock. Its keys, all with the name as hash tag:
 *
 *     lock     string  the holder's token, for its time to live
 *     queue    zset    token of each who waits → when it came
 *     alive    zset    token of each who waits → until when it is believed to live, unless it asks again
 *
 * A token begins with the channel of its process, on which it is told that its turn has come. All times are Redis's own.
 */
const KEYS = 3;

const PRELUDE = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
  redis.call('ZREM', KEYS[2], dead)
  redis.call('ZREM', KEYS[3], dead)
end
`;

/**
 * args: token, time to live, how long a waiter is believed to live, 0 when it will not wait. Answers 1 when the token
 * holds the lock now; else 0, how many wait ahead, and how long the lock is held at most. Asking again changes nothing.
 */
export const ACQUIRE: RedisScript = {
  name: 'locksAcquire',
  numberOfKeys: KEYS,
  lua: `${PRELUDE}
local holder = redis.call('GET', KEYS[1])
local head = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
if holder == ARGV[1] or (not holder and (not head or head == ARGV[1])) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  return {1, 0, 0}
end
if ARGV[3] ~= '0' then
  redis.call('ZADD', KEYS[2], 'NX', string.format('%.0f', micros), ARGV[1])
  redis.call('ZADD', KEYS[3], now + ARGV[3], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[3] * 2)
  redis.call('PEXPIRE', KEYS[3], ARGV[3] * 2)
end
return {0, redis.call('ZRANK', KEYS[2], ARGV[1]) or 0, math.max(redis.call('PTTL', KEYS[1]), 0)}`,
};

/** args: token, time to live. Whether the token still holds the lock. */
export const EXTEND: RedisScript = {
  name: 'locksExtend',
  numberOfKeys: KEYS,
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`,
};

/** args: token. Gives up the lock or the place in the queue, and tells the next one that it may ask. */
export const RELEASE: RedisScript = {
  name: 'locksRelease',
  numberOfKeys: KEYS,
  lua: `${PRELUDE}
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
if redis.call('EXISTS', KEYS[1]) == 0 then
  local head = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  if head then redis.call('PUBLISH', string.match(head, '^(.*)/'), head) end
end
return 1`,
};
