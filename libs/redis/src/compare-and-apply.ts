/**
 * The one script that changes a shard: it compares the stored position with the expected one and takes the whole change, or refuses.
 *
 * Crash-safe: Redis writes a script's effects to its log as one transaction, and where half of one is executed after all, the mark that
 * stands around the effects shows it (see `torn-shard.ts`). Safe to repeat: the second run finds the new position and refuses. Every
 * key has the shard's hash tag, so this holds in a Redis Cluster too.
 *
 *   KEYS  1 state, 2 series, then the strings to append to (id segments, buckets of cells), those to set (buckets), those to delete
 *   ARGV  1 expected next offset, 2 counting rules version, 3 new next offset, 4 newest receipt time, 5 segments with their times,
 *         6 the packed change (see `packChange`)
 * Answers nil when applied, otherwise the stored next offset, which is -1 of a shard that holds half a change.
 */
export const compareAndApplyScript = `
local state = redis.call('HMGET', KEYS[1], 'next', 'applying')
if state[2] then return '-1' end
local next = state[1] or '0'
if next ~= ARGV[1] then return next end
redis.call('HSET', KEYS[1], 'applying', ARGV[3])
local change = cmsgpack.unpack(ARGV[6])
local series, appends, sets = change[1], change[2], change[3]
local batch = 7000
for from = 1, #series, batch do
  redis.call('RPUSH', KEYS[2], unpack(series, from, math.min(from + batch - 1, #series)))
end
local key = 3
for i = 1, #appends do
  redis.call('APPEND', KEYS[key], appends[i])
  key = key + 1
end
for i = 1, #sets do
  redis.call('SET', KEYS[key], sets[i])
  key = key + 1
end
for i = key, #KEYS do redis.call('DEL', KEYS[i]) end
redis.call('HSET', KEYS[1], 'next', ARGV[3], 'rules', ARGV[2], 'newest', ARGV[4], 'segments', ARGV[5])
redis.call('HDEL', KEYS[1], 'applying')
return false
`;
