import type { RedisScript } from '@app/redis';
import { GUARD } from '../shards/counter.scripts.js';
import { ROTATE } from '../shards/increment.script.js';

/**
 * Finds which of the two kept batches are complete: their marks in `meta` hold sequence and size. A batch that an older
 * release sealed has no mark; such a release drops batches without updating the marks.
 */
const KEPT = `
local function kept(mark, sequence, key)
  return mark == sequence .. ':' .. redis.call('HLEN', key)
end
`;

/**
 * keys: journal, sealed, previous, meta; args: epoch, the last sequence that PostgreSQL has, the most counters of one
 * batch, 1 to seal a batch even when nothing is pending. The caller holds the lock of the shard's row.
 *
 * Returns EMPTY; or BEHIND when PostgreSQL lacks batches that are no longer kept; or SEALED, the sequence of the batch
 * that PostgreSQL needs next, whether more is pending, how many committed batches PostgreSQL has lost, and the batch.
 */
export const SEAL: RedisScript = {
  name: 'countersSeal',
  numberOfKeys: 4,
  lua: `${GUARD}${KEPT}
local journal, sealed, previous, key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local marks = redis.call('HMGET', key, 'sealed', 'previous', 'drained')
local last, known = tonumber(meta[2]), tonumber(ARGV[2])
local lost = math.max(tonumber(marks[3] or '0') - known, 0)
local ahead = last - known
local function batch(sequence, hash)
  if lost > 0 then
    redis.call('HDEL', key, 'drained')
    redis.call('HSET', key, 'drained', known)
  end
  local more = (sequence < last or redis.call('EXISTS', journal) == 1) and '1' or '0'
  return {'SEALED', tostring(sequence), more, tostring(lost), redis.call('HGETALL', hash)}
end
if ahead == 0 then
  local size, most = redis.call('HLEN', journal), tonumber(ARGV[3])
  if size == 0 and ARGV[4] ~= '1' then return {'EMPTY'} end
  redis.call('UNLINK', previous)
  if kept(marks[1], last, sealed) then
    redis.call('HSET', key, 'previous', marks[1])
    if redis.call('EXISTS', sealed) == 1 then redis.call('RENAME', sealed, previous) end
  else
    redis.call('HDEL', key, 'previous')
    redis.call('UNLINK', sealed)
  end
  last = redis.call('HINCRBY', key, 'sequence', 1)
  if size <= most then
    if size > 0 then redis.call('RENAME', journal, sealed) end
    redis.call('HSETNX', key, 'settled', last)
  else
    local taken = redis.call('HRANDFIELD', journal, most, 'WITHVALUES')
    for i = 1, #taken, 2 do
      redis.call('HSET', sealed, taken[i], taken[i + 1])
      redis.call('HDEL', journal, taken[i])
    end
    size = most
  end
  redis.call('HSET', key, 'sealed', last .. ':' .. size)
  return batch(last, sealed)
end
local whole = kept(marks[1], last, sealed)
if known >= 0 and ahead == 1 then
  local unmarked = string.match(marks[1] or '', '^%d+') ~= tostring(last) and redis.call('EXISTS', sealed) == 1
  if whole or unmarked then return batch(last, sealed) end
end
if known >= 0 and ahead == 2 and whole and kept(marks[2], last - 1, previous) then return batch(last - 1, previous) end
return {'BEHIND'}`,
};

/**
 * keys: all, meta last; args: epoch, the last sequence that PostgreSQL has, how long a generation of counters lasts in
 * ms, how many counters one may have, how long a generation of keys and of attempts lasts in ms. Rotates both tables
 * of keys. Drops the cold generation when its time is over, and no kept or pending batch has a delta of a cold counter;
 * then the other generation becomes cold. Returns how many counters have pending deltas, how many were dropped, and 1
 * when the cold ones wait for a later batch.
 */
export const SWEEP: RedisScript = {
  name: 'countersSweep',
  numberOfKeys: 10,
  lua: `${GUARD}${ROTATE}
local key, last, known = KEYS[10], tonumber(meta[2]), tonumber(ARGV[2])
local marks = redis.call('HMGET', key, 'settled', 'rotated_at', 'drained', 'lost_at', 'keys_began', 'attempts_began')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i, name in ipairs({'keys', 'attempts'}) do
  local current, before, began = KEYS[4 + 2 * i], KEYS[5 + 2 * i], tonumber(marks[4 + i] or '0')
  if now - began >= tonumber(ARGV[4 + i]) and redis.call('EXISTS', current, before) > 0 then
    rotate(key, name, current, before, now)
  end
end
if marks[4] and now - tonumber(marks[4]) >= math.max(tonumber(ARGV[5]), tonumber(ARGV[6])) then
  redis.call('HDEL', key, 'lost_at')
end
if known > tonumber(marks[3] or '0') then
  redis.call('HDEL', key, 'drained')
  redis.call('HSET', key, 'drained', known)
end
local journal = redis.call('HLEN', KEYS[3])
local waiting = journal
if last > known then waiting = math.max(journal + redis.call('HLEN', KEYS[4]), 1) end
local size, cold = redis.call('HLEN', KEYS[1]), redis.call('HLEN', KEYS[2])
local share = tonumber(ARGV[4])
local due = now - tonumber(marks[2] or '0') >= tonumber(ARGV[3]) or size >= share or size + cold >= 2 * share
if not due or size + cold == 0 or last > known + 1 then return {'OK', waiting, 0, 0} end
local settled = marks[1] and tonumber(marks[1]) or math.huge
if cold > 0 and (settled > known or settled > last - 2) then return {'OK', waiting, 0, 1} end
redis.call('UNLINK', KEYS[2])
if size > 0 then redis.call('RENAME', KEYS[1], KEYS[2]) end
redis.call('HDEL', key, 'settled')
if journal == 0 then redis.call('HSET', key, 'settled', meta[2]) end
redis.call('HSET', key, 'generation', tonumber(generation) + 1, 'rotated_at', now)
return {'OK', waiting, cold, 0}`,
};

/**
 * keys: sealed, previous, meta; args: epoch, sequence. PostgreSQL lacks batches that are no longer kept. Begins a new
 * sequence, at which the values of Redis are copied to it. Returns that sequence.
 */
export const BEGIN_CATCH_UP: RedisScript = {
  name: 'countersBeginCatchUp',
  numberOfKeys: 3,
  lua: `${GUARD}
redis.call('UNLINK', KEYS[1], KEYS[2])
redis.call('HDEL', KEYS[3], 'sealed', 'previous', 'settled')
local sequence = redis.call('HINCRBY', KEYS[3], 'sequence', 1)
return {'OK', tostring(sequence)}`,
};

/**
 * keys: values, cold, journal, meta; args: epoch, sequence, then fields. Removes the deltas of the counters from the
 * journal and returns their values, which include the deltas; empty for a counter that Redis does not hold.
 */
export const TAKE_OVER: RedisScript = {
  name: 'countersTakeOver',
  numberOfKeys: 4,
  lua: `${GUARD}
local replies = {'OK'}
for i = 3, #ARGV do
  local value = redis.call('HGET', KEYS[1], ARGV[i]) or redis.call('HGET', KEYS[2], ARGV[i])
  if value then redis.call('HDEL', KEYS[3], ARGV[i]) end
  replies[i - 1] = value or ''
end
return replies`,
};
