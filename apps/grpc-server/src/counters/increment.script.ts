import type { RedisScript } from '@app/redis';
import { guard } from './counter.scripts.js';

/** Makes the younger generation of a table of keys the older one, and forgets that. */
export const ROTATE = `
local function rotate(meta_key, name, current, before, now)
  redis.call('UNLINK', before)
  if redis.call('EXISTS', current) == 1 then redis.call('RENAME', current, before) end
  local began = redis.call('HGET', meta_key, name .. '_began') or '0'
  redis.call('HSET', meta_key, name .. '_since', began, name .. '_began', now, name .. '_size', 0)
end
`;

/**
 * keys: values, cold, journal, table of keys, the generation before it, meta; args: epoch, sequence, key of the call,
 * fingerprint, when the key was made, name of the table, how long a key is kept, how far clocks may be apart, how many
 * results a generation holds, then field and delta of each increment. Times are in ms; the key and its time may be empty.
 *
 * Answers sequence, generation, and for each increment its value, MISSING or OVERFLOW. An increment that was counted
 * under the key is not counted again: its answer is the first one. REUSED when the key came with other increments.
 * UNKNOWN, and from when on a key is new, when the key is in no table but may have been in one.
 */
export const INCREMENT: RedisScript = {
  name: 'countersIncrement',
  numberOfKeys: 6,
  lua: `${guard("'epoch', 'sequence', 'generation', 'lost_at', ARGV[6] .. '_since'")}${ROTATE}
local replies = {'OK', meta[2], generation}
local key, first, size = ARGV[3], 10, (#ARGV - 9) / 2
local open = size
if key ~= '' then
  local entry = redis.call('HGET', KEYS[4], key) or redis.call('HGET', KEYS[5], key)
  if entry then
    local fingerprint, results = string.match(entry, '^([^ ]*) (.*)$')
    local known = 0
    for result in string.gmatch(results, '([^,]*),') do
      known = known + 1
      if result ~= '' then
        replies[3 + known] = result
        open = open - 1
      end
    end
    if fingerprint ~= ARGV[4] or known ~= size then return {'REUSED'} end
    if open == 0 then return replies end
  else
    local made, since = tonumber(ARGV[5]), tonumber(meta[5] or '0')
    local safe = meta[4] and tonumber(meta[4]) + tonumber(ARGV[8])
    local lost = safe and (not made or made <= safe)
    local dropped = made and made < since
    if lost or dropped then
      local time, kept = redis.call('TIME'), tonumber(ARGV[7])
      local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
      if lost and now - tonumber(meta[4]) < kept then return {'UNKNOWN', tostring(safe + 1)} end
      if dropped and now - made < kept then return {'UNKNOWN', tostring(since)} end
    end
  end
end
local fields, sums, seen = {}, {}, {}
for i = 1, size do
  local field = ARGV[8 + 2 * i]
  if not replies[3 + i] and not seen[field] then
    seen[field] = true
    fields[#fields + 1] = field
  end
end
local values = {}
if #fields > 0 then
  local held = redis.call('HMGET', KEYS[1], unpack(fields))
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
end
for i = 1, size do
  if not replies[3 + i] then
    local field = ARGV[8 + 2 * i]
    local value = values[field]
    local reply
    if not value then
      reply = 'MISSING'
    else
      local delta = tonumber(ARGV[9 + 2 * i])
      local sum = value + delta
      open = open - 1
      if sum > 9007199254740991 or sum < -9007199254740991 then
        reply = 'OVERFLOW'
      else
        values[field] = sum
        sums[field] = (sums[field] or 0) + delta
        reply = string.format('%.0f', sum)
      end
    end
    replies[3 + i] = reply
  end
end
for i = 1, #fields do
  local field = fields[i]
  local sum = sums[field]
  if sum and sum ~= 0 then
    redis.call('HINCRBY', KEYS[1], field, sum)
    redis.call('HINCRBY', KEYS[3], field, sum)
  end
end
if key ~= '' and (open < size or size == 0) then
  local entry = ARGV[4] .. ' ' .. table.concat(replies, ',', 4) .. ','
  if size == 0 then entry = ARGV[4] .. ' ' elseif open > 0 then entry = string.gsub(entry, 'MISSING', '') end
  redis.call('HSET', KEYS[4], key, entry)
  local held = redis.call('HINCRBY', KEYS[6], ARGV[6] .. '_size', size + 1)
  if held > tonumber(ARGV[9]) then
    local time = redis.call('TIME')
    rotate(KEYS[6], ARGV[6], KEYS[4], KEYS[5], tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
  end
end
return replies`,
};
