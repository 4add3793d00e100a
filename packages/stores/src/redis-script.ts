/**
 * Every access is a script, also a read: scripts run on the master, whatever the client does with reads, and the server's
 * own clock measures the age. One key per credential, so that a cluster finds it in one place.
 */
const common = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function current()
  local found = redis.call('HMGET', KEYS[1], 'etag', 'payload', 'writeId', 'writtenAt')
  if not found[1] then return nil end
  return { etag = found[1], payload = found[2], writeId = found[3], ageMs = math.max(0, now() - tonumber(found[4])) }
end
local function told(record)
  return { record.etag, string.format('%.0f', record.ageMs), record.payload }
end
`

/** Answers `[etag, ageMs, payload]`, or nil. */
export const readScript: string = `${common}
local record = current()
if not record then return false end
return told(record)
`

/**
 * `ARGV`: payload, ifMatch, whether the key must exist, writeId, a unique part of the etag, keepMs or '', the channel or
 * '', and what is told there. Answers `['ok', etag]`, or `['conflict']` with what stands there instead.
 */
export const writeScript: string = `${common}
local payload, ifMatch, mustExist, writeId, unique, keepMs, channel, message = unpack(ARGV)
local record = current()
if record and record.writeId == writeId then return { 'ok', record.etag } end
if mustExist == '1' then
  if not record then return { 'conflict' } end
  if record.etag ~= ifMatch then return { 'conflict', unpack(told(record)) } end
elseif record then
  return { 'conflict', unpack(told(record)) }
end
local writtenAt = string.format('%.0f', now())
local etag = writtenAt .. '-' .. unique
redis.call('HSET', KEYS[1], 'etag', etag, 'payload', payload, 'writeId', writeId, 'writtenAt', writtenAt)
if keepMs == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], keepMs) end
if channel ~= '' then redis.pcall('PUBLISH', channel, message) end
return { 'ok', etag }
`

/** `ARGV`: ifMatch. Answers 1 if it removed the key. */
export const removeScript: string = `
if redis.call('HGET', KEYS[1], 'etag') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`
