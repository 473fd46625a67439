/** What Redis runs for a group of charges, in one step: the arithmetic of `memory/rates.ts`, by the server's clock. */

import { createHash } from 'node:crypto'

/** Of one charge: its kind, limit, time, burst, cost, and how it was spent; see `argumentsOf`. */
const PER_CHARGE = 6

/** A calendar's counter is kept a little longer than its time: clocks of gateways and servers differ, and its key names the time. */
const CALENDAR_GRACE_MS = 60_000

/** Answers `now;passes remaining reset retry;…`: as text, since Redis would cut what is not whole. */
export const CONSUME = `
local floor, max, min, never = math.floor, math.max, math.min, math.huge
local time = redis.call('TIME')
local now = time[1] * 1000 + floor(time[2] / 1000)

local function gcra(limit, period, burst, cost, a, b, c, spent)
  local unit = period / limit
  local ahead = burst * unit
  local before = min(max(a, now), now + max(ahead, b))
  local after = max(before + cost * unit, now)
  local late = after - ahead - now
  local passes = spent or late <= 0.001
  local ends = passes and after or before
  return passes, max(0, floor((ahead - (ends - now) + 0.001) / unit)), ends - now,
    passes and 0 or (cost > burst and never or late),
    after, late > 0.001 and after - now or 0, 0, after - now
end

local function count(limit, left, cost, counted, spent, keep)
  local passes = spent or counted + cost <= limit
  local total = max(0, counted + cost)
  return passes, max(0, floor(limit - (passes and total or counted))), left,
    passes and 0 or (cost > limit and never or left),
    0, total, 0, keep
end

local function window(slides, limit, period, cost, a, b, c, spent)
  local number = floor(now / period)
  local left = period - (now - number * period)
  local counted = a == number and b or 0
  local last = 0
  if slides then last = a == number and c or (a == number - 1 and b or 0) end
  local used = counted + (last * left) / period
  local passes = spent or used + cost <= limit
  local total = max(0, counted + (passes and cost or 0))
  local retry = 0
  if not passes then
    local room = limit - cost
    if cost > limit then retry = never
    elseif not slides then retry = left
    elseif counted <= room then retry = left - ((room - counted) / last) * period
    else retry = left + (1 - room / counted) * period end
  end
  return passes, max(0, floor(limit - used - (passes and cost or 0))),
    (total > 0 and slides) and left + period or left, retry,
    number, max(0, counted + cost), last, slides and left + period or left
end

local function decide(kind, limit, span, burst, cost, a, b, c, spent)
  if kind == 'g' then return gcra(limit, span, burst, cost, a, b, c, spent) end
  if kind == 'n' then return count(limit, span, cost, b, spent, span) end
  if kind == 'd' then
    local left = max(1, span - now)
    return count(limit, left, cost, b, spent, left + ${CALENDAR_GRACE_MS})
  end
  return window(kind == 's', limit, span, cost, a, b, c, spent)
end

local function refunded(kind, limit, span, cost, at)
  if kind == 'g' then return min(0, cost + max(0, now - at) / (span / limit)) end
  if (kind == 'f' or kind == 's') and floor(at / span) ~= floor(now / span) then return 0 end
  return cost
end

-- The time of day was put back: what was found cannot be.
local function correct(key, a, b, c, most)
  if a <= most + 0.001 then return end
  redis.call('SET', key, struct.pack('<ddd', most, b, c), 'PX', string.format('%.0f', math.ceil(most - now)))
end

local charges, all = {}, true
for n, key in ipairs(KEYS) do
  local from = (n - 1) * ${PER_CHARGE}
  local kind, limit, span = ARGV[from + 1], tonumber(ARGV[from + 2]), tonumber(ARGV[from + 3])
  local burst, cost, spent = tonumber(ARGV[from + 4]), tonumber(ARGV[from + 5]), ARGV[from + 6]
  if spent ~= '' and spent ~= '0' then cost = refunded(kind, limit, span, cost, tonumber(spent)) end
  local a, b, c = 0, 0, 0
  local state = redis.call('GET', key)
  if state then a, b, c = struct.unpack('<ddd', state) end
  local one = { decide(kind, limit, span, burst, cost, a, b, c, spent ~= '') }
  charges[n] = { one, cost, kind, limit, span, burst, a, b, c }
  all = all and one[1]
end

local said = { string.format('%.0f', now) }
for n, charge in ipairs(charges) do
  local one, cost, kind, limit, span, burst, a, b, c = unpack(charge)
  if all and cost ~= 0 then
    if one[8] > 0 then
      local state = struct.pack('<ddd', one[5], one[6], one[7])
      redis.call('SET', KEYS[n], state, 'PX', string.format('%.0f', math.ceil(one[8])))
    else
      redis.call('DEL', KEYS[n])
    end
  else
    if kind == 'g' then correct(KEYS[n], a, b, c, now + max(burst * span / limit, b)) end
    if not all and one[1] then one = { decide(kind, limit, span, burst, 0, a, b, c, false) } end
  end
  local retry = one[4] == never and 'Infinity' or string.format('%.17g', one[4])
  said[n + 1] = string.format('%d %.17g %.17g ', one[1] and 1 or 0, one[2], one[3]) .. retry
end
return table.concat(said, ';')
`

export const CONSUME_SHA = createHash('sha1').update(CONSUME).digest('hex')

/** Says that a gateway is there, and answers how many were seen lately. */
export const PRESENT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`
