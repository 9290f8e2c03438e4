-- One reservation: the counter of the offering and a record in a stream, all or nothing.
-- KEYS: counter hash, stream. ARGV: capacity, person.
if tonumber(redis.call('HGET', KEYS[1], 'taken') or 0) >= tonumber(ARGV[1]) then
  return redis.error_reply('sold out')
end
redis.call('HINCRBY', KEYS[1], 'taken', 1)
return redis.call('XADD', KEYS[2], '*', 'person', ARGV[2])
