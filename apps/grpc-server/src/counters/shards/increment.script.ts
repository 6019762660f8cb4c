import type { RedisScript } from '@app/redis';
import { guard } from './counter.scripts.js';

/** Drops the older generation of a table of keys; the younger one takes its place. */
export const ROTATE = `
local function rotate(meta_key, name, current, before, now)
  redis.call('UNLINK', before)
  if redis.call('EXISTS', current) == 1 then redis.call('RENAME', current, before) end
  local began = redis.call('HGET', meta_key, name .. '_began') or '0'
  redis.call('HSET', meta_key, name .. '_since', began, name .. '_began', now, name .. '_size', 0)
end
`;

/**
 * keys: values, cold, journal, table of keys, its previous generation, meta; args: epoch, sequence, call, then field
 * and delta of each increment. The call is empty, or holds, separated by spaces: key, name of its table, how many calls
 * (attempts) or results (keys) a generation holds, the time of the key (- without one), the largest difference of
 * clocks, how long a key is kept, fingerprint. Times are in ms.
 *
 * Returns sequence, generation, and for each increment its value, MISSING or OVERFLOW. An increment that was counted
 * under the key is not counted again: its first result is returned. REUSED when the key was used with other increments.
 * UNKNOWN, with the time from which keys are new, when the key is in no table but may have been in one.
 */
export const INCREMENT: RedisScript = {
  name: 'countersIncrement',
  numberOfKeys: 6,
  lua: `
local key, name, most, made, skew, retention, fingerprint
if ARGV[3] ~= '' then
  key, name, most, made, skew, retention, fingerprint = string.match(ARGV[3], '^(.-) (.-) (.-) (.-) (.-) (.-) (.*)$')
  made, skew, retention = tonumber(made), tonumber(skew), tonumber(retention)
end
${guard(`, (name or '') .. '_began', (name or '') .. '_since', 'lost_at'`)}
local replies = {'OK', meta[2], generation}
local size = (#ARGV - 3) / 2
local open = size
if key then
  local entry = redis.call('HGET', KEYS[4], key)
  -- A key that was made in this generation is not in the one before it.
  if not entry and not (made and made > tonumber(meta[4] or '0') + skew) then
    entry = redis.call('HGET', KEYS[5], key)
  end
  if entry then
    local known_as, results = string.match(entry, '^([^ ]*) (.*)$')
    local known = 0
    for result in string.gmatch(results, '([^,]*),') do
      known = known + 1
      if result ~= '' then
        replies[3 + known] = result
        open = open - 1
      end
    end
    if known_as ~= fingerprint or known ~= size then return {'REUSED'} end
    if open == 0 then return replies end
  else
    local since, safe = tonumber(meta[5] or '0'), meta[6] and tonumber(meta[6]) + skew
    local lost = safe and (not made or made <= safe)
    local dropped = made and made < since
    if lost or dropped then
      local time = redis.call('TIME')
      local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
      if lost and now - tonumber(meta[6]) < retention then return {'UNKNOWN', tostring(safe + 1)} end
      if dropped and now - made < retention then return {'UNKNOWN', tostring(since)} end
    end
  end
end
local fields, sums, seen = {}, {}, {}
for i = 1, size do
  local field = ARGV[2 + 2 * i]
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
    local field = ARGV[2 + 2 * i]
    local value = values[field]
    local reply
    if not value then
      reply = 'MISSING'
    else
      local delta = tonumber(ARGV[3 + 2 * i])
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
if key and (open < size or size == 0) then
  local results = size == 0 and '' or table.concat(replies, ',', 4) .. ','
  if open > 0 then results = string.gsub(results, 'MISSING', '') end
  redis.call('HSET', KEYS[4], key, fingerprint .. ' ' .. results)
  local held = 0
  if name == 'keys' then held = redis.call('HINCRBY', KEYS[6], 'keys_size', size + 1)
  -- Looked at now and then, since attempts are many and small.
  elseif not made or made % 16 == 0 then held = redis.call('HLEN', KEYS[4]) end
  if held > tonumber(most) then
    ${ROTATE}
    local time = redis.call('TIME')
    rotate(KEYS[6], name, KEYS[4], KEYS[5], tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
  end
end
return replies`,
};
