import type { RedisScript } from '@app/redis';

/**
 * The scripts of a shard. Its keys, all with the shard's hash tag:
 *
 *     values   hash  field → value           the current values: counters that were recently incremented or loaded
 *     cold     hash  field → value           the previous generation: counters that may be dropped soon
 *     journal  hash  field → pending delta   increments that are not in PostgreSQL yet
 *     sealed   hash  field → delta           the last batch that was taken from the journal for PostgreSQL
 *     previous hash  field → delta           the batch before it; both are kept, since PostgreSQL may lose its last ones
 *     meta     hash  epoch, sequence         the epoch of Redis's data; the last batch that was sealed
 *                    sealed, previous        sequence and size of the two batches that are kept
 *                    drained                 the last batch that PostgreSQL is known to have
 *                    settled                 the batch up to which the deltas of all cold counters were sealed
 *                    generation              how often `cold` was dropped
 *                    rotated_at              time of the last drop
 *                    lost_at                 when the epoch began, if data was lost before it; kept for a while
 *     keys, attempts, each with its previous generation (keys_before, attempts_before)
 *              hash  idempotency key → fingerprint and results of the call: the keys of clients, and those of callers
 *                    that repeat their own calls. For each table `meta` holds _size and _began of its generation, and
 *                    _since: every key that arrived later is in one of the two
 *
 * Each script receives the epoch that its caller expects and a sequence that it has seen there. When Redis holds
 * another epoch, none (it lost all data), or a lower sequence (it lost the last writes), the script returns STALE and
 * changes nothing. A full Redis refuses the first command that writes, or none: a script runs completely or not at all.
 * Values are returned as text, since the driver reads large integers of the protocol inexactly.
 */
export const GUARD = guard();

/** @param more fields of `meta` that the script needs, as Lua after a comma */
export function guard(more = ''): string {
  return `
local meta = redis.call('HMGET', KEYS[#KEYS], 'epoch', 'sequence', 'generation'${more})
if meta[1] ~= ARGV[1] or tonumber(meta[2]) < tonumber(ARGV[2]) then return {'STALE'} end
local generation = meta[3] or '0'
`;
}

/** keys: values, cold, meta; args: epoch, sequence, fields. Returns sequence, generation, a value or MISSING each. */
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
 * keys: values, cold, meta; args: epoch, sequence, generation, then field and value of each counter. Existing values
 * are kept. Does nothing when counters were dropped since the generation was returned: the values may be older than
 * increments that arrived, were drained and were dropped in the meantime.
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
 * keys: meta. Returns epoch and sequence, and the identity of the server that holds the data. A server that was
 * restarted or replaced has another identity. Empty when the server does not allow the query.
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
 * keys: all, meta last; args: epoch, 1 when there was an epoch before it. Begins an empty epoch, unless this or a later
 * one has begun. Returns the current epoch.
 */
export const BEGIN_EPOCH: RedisScript = {
  name: 'countersBeginEpoch',
  numberOfKeys: 10,
  lua: `
local current = redis.call('HGET', KEYS[#KEYS], 'epoch')
if current and tonumber(current) >= tonumber(ARGV[1]) then return current end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', KEYS[#KEYS], 'epoch', ARGV[1], 'sequence', '0', 'rotated_at', now, 'keys_began', now, 'attempts_began', now)
if ARGV[2] == '1' then redis.call('HSET', KEYS[#KEYS], 'lost_at', now) end
return ARGV[1]`,
};
