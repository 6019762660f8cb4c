import type { RedisScript } from '@app/redis';

/**
 * The scripts of a shard. Its keys, all with the shard's hash tag:
 *
 *     values   hash  field → value           what reads and increments answer: counters lately incremented or loaded
 *     cold     hash  field → value           the generation before: counters that may be dropped soon
 *     journal  hash  field → pending delta   what PostgreSQL does not know yet
 *     sealed   hash  field → pending delta   the part of the journal that is being drained
 *     meta     hash  epoch, sequence         which life of Redis's data this is; the last batch that was sealed
 *                    whole                   the last batch after whose sealing the journal was empty
 *                    generation              how often `cold` was dropped
 *                    rotated, rotated_at     sequence and time of the last drop
 *
 * Each script names the epoch that its caller believes in and a sequence that it has seen there. Where Redis holds
 * another epoch, none (its data is gone), or a lower sequence (it has gone back), the script answers STALE and
 * changes nothing. The first command that writes is one that a full Redis refuses, or all that follow are done: a
 * script is carried out whole or not at all. Values are answered as text: the driver reads large integers of the
 * protocol inexactly.
 */
const GUARD = `
local meta = redis.call('HMGET', KEYS[#KEYS], 'epoch', 'sequence', 'generation')
if meta[1] ~= ARGV[1] or tonumber(meta[2]) < tonumber(ARGV[2]) then return {'STALE'} end
local generation = meta[3] or '0'
`;

/**
 * keys: values, cold, journal, meta; args: epoch, sequence, then field and delta of each increment. Answers sequence,
 * generation, and for each increment its value, MISSING or OVERFLOW.
 */
export const INCREMENT: RedisScript = {
  name: 'countersIncrement',
  numberOfKeys: 4,
  lua: `${GUARD}
local fields, sums, known = {}, {}, {}
for i = 3, #ARGV, 2 do
  local field = ARGV[i]
  if not known[field] then
    known[field] = true
    fields[#fields + 1] = field
  end
end
local held = redis.call('HMGET', KEYS[1], unpack(fields))
local values = {}
for i = 1, #fields do
  local field, value = fields[i], held[i]
  if not value then
    value = redis.call('HGET', KEYS[2], field)
    if value then
      redis.call('HSET', KEYS[1], field, value)
      redis.call('HDEL', KEYS[2], field)
    end
  end
  values[field] = value and tonumber(value)
end
local replies = {'OK', meta[2], generation}
for i = 3, #ARGV, 2 do
  local field = ARGV[i]
  local value = values[field]
  local reply
  if not value then
    reply = 'MISSING'
  else
    local delta = tonumber(ARGV[i + 1])
    local sum = value + delta
    if sum > 9007199254740991 or sum < -9007199254740991 then
      reply = 'OVERFLOW'
    else
      values[field] = sum
      sums[field] = (sums[field] or 0) + delta
      reply = string.format('%.0f', sum)
    end
  end
  replies[#replies + 1] = reply
end
for i = 1, #fields do
  local field = fields[i]
  local sum = sums[field]
  if sum and sum ~= 0 then
    redis.call('HINCRBY', KEYS[1], field, sum)
    redis.call('HINCRBY', KEYS[3], field, sum)
  end
end
return replies`,
};

/** keys: values, cold, meta; args: epoch, sequence, then fields. Sequence, generation, and value or MISSING each. */
export const READ: RedisScript = {
  name: 'countersRead',
  numberOfKeys: 3,
  lua: `${GUARD}
local replies = {'OK', meta[2], generation}
for i = 3, #ARGV do
  replies[i + 1] = redis.call('HGET', KEYS[1], ARGV[i]) or redis.call('HGET', KEYS[2], ARGV[i]) or 'MISSING'
end
return replies`,
};

/**
 * keys: values, cold, meta; args: epoch, sequence, generation, then field and value of each counter. What is there
 * already stays. Does nothing when counters were dropped since the generation was answered: the values may be
 * older than increments that came, were drained and went with them.
 */
export const LOAD: RedisScript = {
  name: 'countersLoad',
  numberOfKeys: 3,
  lua: `${GUARD}
if generation ~= ARGV[3] then return {'OK'} end
for i = 4, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[2], ARGV[i]) == 0 then
    redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
return {'OK'}`,
};

/**
 * keys: journal, sealed, meta; args: epoch, the last sequence that PostgreSQL has, the most counters of one batch.
 * Answers EMPTY, or the sealed batch after its sequence and whether more of the journal waits.
 */
export const SEAL: RedisScript = {
  name: 'countersSeal',
  numberOfKeys: 3,
  lua: `${GUARD}
local ahead = tonumber(meta[2]) - tonumber(ARGV[2])
if ahead > 1 then return {'STALE'} end
if ahead == 0 then
  redis.call('UNLINK', KEYS[2])
  local size, most = redis.call('HLEN', KEYS[1]), tonumber(ARGV[3])
  if size == 0 then return {'EMPTY'} end
  local sequence = redis.call('HINCRBY', KEYS[3], 'sequence', 1)
  if size <= most then
    redis.call('RENAME', KEYS[1], KEYS[2])
    redis.call('HSET', KEYS[3], 'whole', sequence)
  else
    local taken = redis.call('HRANDFIELD', KEYS[1], most, 'WITHVALUES')
    for i = 1, #taken, 2 do
      redis.call('HSET', KEYS[2], taken[i], taken[i + 1])
      redis.call('HDEL', KEYS[1], taken[i])
    end
  end
end
local more = redis.call('EXISTS', KEYS[1])
return {'SEALED', redis.call('HGET', KEYS[3], 'sequence'), tostring(more), redis.call('HGETALL', KEYS[2])}`,
};

/**
 * keys: values, cold, journal, sealed, meta; args: epoch, the last sequence that PostgreSQL has, how long a generation
 * lasts in ms, how many counters one may have. Drops the sealed batch that PostgreSQL has. When the time has come
 * and PostgreSQL has everything that was counted in it, the cold generation is dropped and the other becomes cold.
 * Answers how many counters wait in the journal, and how many were dropped.
 */
export const SWEEP: RedisScript = {
  name: 'countersSweep',
  numberOfKeys: 5,
  lua: `${GUARD}
if meta[2] == ARGV[2] then redis.call('UNLINK', KEYS[4]) end
local waiting = redis.call('HLEN', KEYS[3]) + redis.call('HLEN', KEYS[4])
local size = redis.call('HLEN', KEYS[1])
local marks = redis.call('HMGET', KEYS[5], 'whole', 'rotated', 'rotated_at')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local whole, rotated = tonumber(marks[1] or '0'), tonumber(marks[2] or '0')
local due = now - tonumber(marks[3] or '0') >= tonumber(ARGV[3]) or size >= tonumber(ARGV[4])
local drained = (waiting == 0 and meta[2] == ARGV[2]) or (whole > rotated and whole <= tonumber(ARGV[2]))
if not due or not drained then return {'OK', waiting, 0} end
local dropped = redis.call('HLEN', KEYS[2])
redis.call('UNLINK', KEYS[2])
if size > 0 then redis.call('RENAME', KEYS[1], KEYS[2]) end
redis.call('HSET', KEYS[5], 'generation', tonumber(generation) + 1, 'rotated', meta[2], 'rotated_at', now)
return {'OK', waiting, dropped}`,
};

/**
 * keys: meta. Answers epoch and sequence, and by whom the data is held: a server that was started again, or put in
 * the place of another, has another identity. Empty where it may not be asked.
 */
export const STATE: RedisScript = {
  name: 'countersState',
  numberOfKeys: 1,
  lua: `
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'sequence')
local server, replication = redis.pcall('INFO', 'server'), redis.pcall('INFO', 'replication')
local identity = ''
if type(server) == 'string' and type(replication) == 'string' then
  identity = (server:match('run_id:(%w+)') or '') .. (replication:match('master_replid:(%w+)') or '')
end
return {meta[1] or '', meta[2] or '0', identity}`,
};

/**
 * keys: values, cold, journal, sealed, meta; args: epoch. Begins an epoch with nothing in it, unless this or a later
 * one has begun. Answers the epoch that holds.
 */
export const BEGIN_EPOCH: RedisScript = {
  name: 'countersBeginEpoch',
  numberOfKeys: 5,
  lua: `
local current = redis.call('HGET', KEYS[5], 'epoch')
if current and tonumber(current) >= tonumber(ARGV[1]) then return current end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('HSET', KEYS[5], 'epoch', ARGV[1], 'sequence', '0', 'rotated_at', redis.call('TIME')[1] .. '000')
return ARGV[1]`,
};
