import type { RedisScript } from '@app/redis';

/**
 * The scripts of a shard. Its keys, all with the shard's hash tag:
 *
 *     values   hash  field → value           what reads and increments answer: counters lately incremented or loaded
 *     cold     hash  field → value           the generation before: counters that may be dropped soon
 *     journal  hash  field → pending delta   what PostgreSQL does not know yet
 *     sealed   hash  field → delta           the last batch that was taken from the journal for PostgreSQL
 *     previous hash  field → delta           the batch before it; both are kept, since PostgreSQL may lose its last ones
 *     meta     hash  epoch, sequence         which life of Redis's data this is; the last batch that was sealed
 *                    sealed, previous        sequence and size of the two batches that are kept
 *                    drained                 the last batch that PostgreSQL was seen to have
 *                    settled                 the batch up to which the deltas of all cold counters were sealed
 *                    generation              how often `cold` was dropped
 *                    rotated_at              time of the last drop
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
 * Of the two batches that are kept, which is whole: its mark in `meta` says its sequence and its size. A batch that a
 * release without marks has sealed has none; such a release drops batches without a note.
 */
const KEPT = `
local function kept(mark, sequence, key)
  return mark == sequence .. ':' .. redis.call('HLEN', key)
end
`;

/**
 * keys: journal, sealed, previous, meta; args: epoch, the last sequence that PostgreSQL has, the most counters of one
 * batch, 1 when a batch is wanted though nothing waits. The caller holds the lock of the shard's row.
 *
 * Answers EMPTY; or BEHIND when PostgreSQL lacks batches that are not kept any more; or SEALED, the sequence of the batch
 * that PostgreSQL needs next, whether more waits, how many batches PostgreSQL had and has lost, and the batch.
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
 * keys: values, cold, journal, sealed, previous, meta; args: epoch, the last sequence that PostgreSQL has, how long a
 * generation lasts in ms, how many counters one may have. When the time has come, and no batch that is kept or waits
 * has a delta of a counter that is cold, the cold generation is dropped and the other becomes cold. Answers how many
 * counters wait for PostgreSQL, how many were dropped, and 1 when the cold ones wait for a later batch.
 */
export const SWEEP: RedisScript = {
  name: 'countersSweep',
  numberOfKeys: 6,
  lua: `${GUARD}
local key, last, known = KEYS[6], tonumber(meta[2]), tonumber(ARGV[2])
local marks = redis.call('HMGET', key, 'settled', 'rotated_at', 'drained')
if known > tonumber(marks[3] or '0') then
  redis.call('HDEL', key, 'drained')
  redis.call('HSET', key, 'drained', known)
end
local journal = redis.call('HLEN', KEYS[3])
local waiting = journal
if last > known then waiting = math.max(journal + redis.call('HLEN', KEYS[4]), 1) end
local size, cold = redis.call('HLEN', KEYS[1]), redis.call('HLEN', KEYS[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
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
 * keys: sealed, previous, meta; args: epoch, sequence. PostgreSQL lacks batches that are not kept any more: a new
 * sequence begins, at which it takes over the values. Answers that sequence.
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
 * keys: values, cold, journal, meta; args: epoch, sequence, then fields. Takes the deltas of the counters out of the
 * journal and answers their values, which have them in; empty for one that Redis does not hold.
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
 * keys: values, cold, journal, sealed, previous, meta; args: epoch. Begins an epoch with nothing in it, unless this or
 * a later one has begun. Answers the epoch that holds.
 */
export const BEGIN_EPOCH: RedisScript = {
  name: 'countersBeginEpoch',
  numberOfKeys: 6,
  lua: `
local current = redis.call('HGET', KEYS[#KEYS], 'epoch')
if current and tonumber(current) >= tonumber(ARGV[1]) then return current end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', KEYS[#KEYS], 'epoch', ARGV[1], 'sequence', '0', 'rotated_at', redis.call('TIME')[1] .. '000')
return ARGV[1]`,
};
