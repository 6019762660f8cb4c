import type { RedisScript } from '@app/redis';
import { GUARD } from '../shards/counter.scripts.js';
import { ROTATE } from '../shards/increment.script.js';

/**
 * Checks whether Redis still has a complete batch. The mark of a batch in `meta` is `<sequence>:<size>`, and the batch
 * is complete when its hash has that size. An older release seals batches without a mark, and deletes batches without
 * updating their marks.
 */
const IS_COMPLETE = `
local function is_complete(mark, sequence, key)
  return mark == sequence .. ':' .. redis.call('HLEN', key)
end
`;

/**
 * Returns the batch that PostgreSQL needs next. When PostgreSQL has every sealed batch, the script seals a new one: it
 * moves the pending deltas from the journal to `sealed`. Redis keeps the last two batches, `sealed` and `previous`. The
 * caller holds the lock of the shard's row.
 *
 * - Keys: journal, sealed, previous, meta.
 * - Arguments: epoch; the last sequence that PostgreSQL has, -1 when it has none of the epoch; the maximum number of
 *   counters in a batch; 1 to seal a batch even when no delta is pending.
 *
 * One of three replies:
 *
 * - `EMPTY`: PostgreSQL has every batch, and no delta is pending.
 * - `BEHIND`: PostgreSQL lacks a batch that Redis no longer has.
 * - `SEALED`, the sequence of the batch, 1 when more deltas are pending, the number of committed batches that
 *   PostgreSQL has lost, and the batch as fields and deltas.
 */
export const SEAL: RedisScript = {
  name: 'countersSeal',
  numberOfKeys: 4,
  lua: `${GUARD}${IS_COMPLETE}
local journal, sealed, previous, key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local marks = redis.call('HMGET', key, 'sealed', 'previous', 'drained')
local last, committed = tonumber(meta[2]), tonumber(ARGV[2])
local lost = math.max(tonumber(marks[3] or '0') - committed, 0)
local ahead = last - committed
local function batch(sequence, hash)
  if lost > 0 then
    redis.call('HDEL', key, 'drained')
    redis.call('HSET', key, 'drained', committed)
  end
  local more = (sequence < last or redis.call('EXISTS', journal) == 1) and '1' or '0'
  return {'SEALED', tostring(sequence), more, tostring(lost), redis.call('HGETALL', hash)}
end
if ahead == 0 then
  -- PostgreSQL has every batch: seal the next one. The last batch becomes the previous one.
  local size, max_size = redis.call('HLEN', journal), tonumber(ARGV[3])
  if size == 0 and ARGV[4] ~= '1' then return {'EMPTY'} end
  redis.call('UNLINK', previous)
  if is_complete(marks[1], last, sealed) then
    redis.call('HSET', key, 'previous', marks[1])
    if redis.call('EXISTS', sealed) == 1 then redis.call('RENAME', sealed, previous) end
  else
    redis.call('HDEL', key, 'previous')
    redis.call('UNLINK', sealed)
  end
  last = redis.call('HINCRBY', key, 'sequence', 1)
  if size <= max_size then
    if size > 0 then redis.call('RENAME', journal, sealed) end
    redis.call('HSETNX', key, 'settled', last)
  else
    local taken = redis.call('HRANDFIELD', journal, max_size, 'WITHVALUES')
    for i = 1, #taken, 2 do
      redis.call('HSET', sealed, taken[i], taken[i + 1])
      redis.call('HDEL', journal, taken[i])
    end
    size = max_size
  end
  redis.call('HSET', key, 'sealed', last .. ':' .. size)
  return batch(last, sealed)
end
local complete = is_complete(marks[1], last, sealed)
-- PostgreSQL lacks one batch, or two: return the older one of them again.
if committed >= 0 and ahead == 1 then
  local unmarked = string.match(marks[1] or '', '^%d+') ~= tostring(last) and redis.call('EXISTS', sealed) == 1
  if complete or unmarked then return batch(last, sealed) end
end
if committed >= 0 and ahead == 2 and complete and is_complete(marks[2], last - 1, previous) then
  return batch(last - 1, previous)
end
return {'BEHIND'}`,
};

/**
 * Removes data that is no longer used:
 *
 * - Rotates the two tables of idempotency keys, `keys` and `attempts`, when the current generation of a table expires.
 * - Deletes the cold counters when their generation expires or is full, and makes the current ones cold. It waits until
 *   neither the journal nor a kept batch has a delta of a cold counter.
 *
 * Keys: all, meta last. Arguments: epoch; the last sequence that PostgreSQL has; the duration of a generation of
 * counters, in ms; its maximum number of counters; the durations of a generation of `keys` and of `attempts`, in ms.
 *
 * Returns OK, the number of counters with pending deltas, the number of deleted counters, and 1 when cold counters can
 * be deleted only after a later batch.
 */
export const SWEEP: RedisScript = {
  name: 'countersSweep',
  numberOfKeys: 10,
  lua: `${GUARD}${ROTATE}
local key, last, committed = KEYS[10], tonumber(meta[2]), tonumber(ARGV[2])
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
if committed > tonumber(marks[3] or '0') then
  redis.call('HDEL', key, 'drained')
  redis.call('HSET', key, 'drained', committed)
end
local journal = redis.call('HLEN', KEYS[3])
local waiting = journal
if last > committed then waiting = math.max(journal + redis.call('HLEN', KEYS[4]), 1) end
local size, cold = redis.call('HLEN', KEYS[1]), redis.call('HLEN', KEYS[2])
local max_size = tonumber(ARGV[4])
local due = now - tonumber(marks[2] or '0') >= tonumber(ARGV[3]) or size >= max_size or size + cold >= 2 * max_size
if not due or size + cold == 0 or last > committed + 1 then return {'OK', waiting, 0, 0} end
local settled = marks[1] and tonumber(marks[1]) or math.huge
if cold > 0 and (settled > committed or settled > last - 2) then return {'OK', waiting, 0, 1} end
redis.call('UNLINK', KEYS[2])
if size > 0 then redis.call('RENAME', KEYS[1], KEYS[2]) end
redis.call('HDEL', key, 'settled')
if journal == 0 then redis.call('HSET', key, 'settled', meta[2]) end
redis.call('HSET', key, 'generation', tonumber(generation) + 1, 'rotated_at', now)
return {'OK', waiting, cold, 0}`,
};

/**
 * Begins the copy of Redis's values to PostgreSQL, which lacks batches that Redis no longer has. Deletes the two kept
 * batches and begins a new sequence for the copy.
 *
 * Keys: sealed, previous, meta. Arguments: epoch, sequence. Returns OK and the new sequence.
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
 * Removes the deltas of counters from the journal and returns the values of these counters. A value includes its delta.
 *
 * Keys: values, cold, journal, meta. Arguments: epoch, sequence, then fields. Returns OK and a value for each field,
 * empty for a counter that Redis does not hold.
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
