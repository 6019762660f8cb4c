import type { RedisScript } from '@app/redis';

/**
 * The scripts of a shard. Its keys, all with the shard's hash tag:
 *
 *     values   hash  field → value           what reads and increments answer
 *     journal  hash  field → pending delta   what PostgreSQL does not know yet
 *     sealed   hash  field → pending delta   the part of the journal that is being drained
 *     meta     hash  epoch, sequence         which life of Redis's data this is; the last batch that was sealed
 *
 * Each script names the epoch that its caller believes in. Where Redis holds another, or none (its data is
 * gone), it answers STALE and changes nothing. Values are answered as text: the driver reads large integers
 * of the protocol inexactly.
 */
const GUARD = `
local meta = redis.call('HMGET', KEYS[#KEYS], 'epoch', 'sequence')
if meta[1] ~= ARGV[1] then return {'STALE'} end
`;

/** keys: values, journal, meta; args: epoch, then field and delta of each increment. Value, MISSING or OVERFLOW each. */
export const INCREMENT: RedisScript = {
  name: 'countersIncrement',
  numberOfKeys: 3,
  lua: `${GUARD}
local replies = {'OK'}
for i = 2, #ARGV, 2 do
  local field, delta = ARGV[i], ARGV[i + 1]
  local value = redis.call('HGET', KEYS[1], field)
  local reply
  if not value then
    reply = 'MISSING'
  elseif math.abs(tonumber(value) + tonumber(delta)) > 9007199254740991 then
    reply = 'OVERFLOW'
  else
    reply = string.format('%.0f', redis.call('HINCRBY', KEYS[1], field, delta))
    redis.call('HINCRBY', KEYS[2], field, delta)
  end
  replies[#replies + 1] = reply
end
return replies`,
};

/** keys: values, meta; args: epoch, then fields. Value or MISSING each. */
export const READ: RedisScript = {
  name: 'countersRead',
  numberOfKeys: 2,
  lua: `${GUARD}
local replies = {'OK'}
for i = 2, #ARGV do
  replies[i] = redis.call('HGET', KEYS[1], ARGV[i]) or 'MISSING'
end
return replies`,
};

/** keys: values, meta; args: epoch, then field and value of each counter. What is there already stays. */
export const LOAD: RedisScript = {
  name: 'countersLoad',
  numberOfKeys: 2,
  lua: `${GUARD}
for i = 2, #ARGV, 2 do
  redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
end
return {'OK'}`,
};

/**
 * keys: journal, sealed, meta; args: epoch, the last sequence that PostgreSQL has. Answers the sealed batch with
 * its sequence, EMPTY, or BEHIND when Redis has gone back to an older state than PostgreSQL has seen.
 */
export const SEAL: RedisScript = {
  name: 'countersSeal',
  numberOfKeys: 3,
  lua: `${GUARD}
local ahead = tonumber(meta[2]) - tonumber(ARGV[2])
if ahead == 0 then
  redis.call('DEL', KEYS[2])
  if redis.call('EXISTS', KEYS[1]) == 0 then return {'EMPTY'} end
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('HINCRBY', KEYS[3], 'sequence', 1)
elseif ahead ~= 1 then
  return {'BEHIND'}
end
return {'SEALED', redis.call('HGET', KEYS[3], 'sequence'), redis.call('HGETALL', KEYS[2])}`,
};

/** keys: values, journal, sealed, meta; args: epoch. Begins an epoch with nothing in it, unless a later one has begun. */
export const BEGIN_EPOCH: RedisScript = {
  name: 'countersBeginEpoch',
  numberOfKeys: 4,
  lua: `
local current = redis.call('HGET', KEYS[4], 'epoch')
if current and tonumber(current) >= tonumber(ARGV[1]) then return current end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[4], 'epoch', ARGV[1], 'sequence', '0')
return ARGV[1]`,
};
