/**
 * The one script that changes a shard: it compares the stored position with the expected one and takes the whole change, or refuses.
 *
 * Crash-safe: Redis writes a script's effects to its log as one transaction, so a cut log never holds half a change. Safe to repeat:
 * the second run finds the new position and refuses. Every key has the shard's hash tag, so this holds in a Redis Cluster too.
 *
 *   KEYS  1 state, 2 series, then the id segments to append to, the segments to delete, the hashes of cells
 *   ARGV  1 expected next offset, 2 counting rules version, 3 new next offset, 4 newest receipt time, 5 segments with their times,
 *         6 number of new series, 7 of appends, 8 of deletions, 9 of hashes, then the new series, the bytes of each append,
 *         and for each hash the number of its fields followed by field, value, field, value
 * Answers nil when applied, otherwise the stored next offset.
 */
export const compareAndApplyScript = `
local next = redis.call('HGET', KEYS[1], 'next') or '0'
if next ~= ARGV[1] then return next end
local nSeries, nAppends, nDeletions, nHashes = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local at = 10
local batch = 7000
for from = at, at + nSeries - 1, batch do
  redis.call('RPUSH', KEYS[2], unpack(ARGV, from, math.min(from + batch, at + nSeries) - 1))
end
at = at + nSeries
local key = 3
for _ = 1, nAppends do
  redis.call('APPEND', KEYS[key], ARGV[at])
  key = key + 1
  at = at + 1
end
for _ = 1, nDeletions do
  redis.call('DEL', KEYS[key])
  key = key + 1
end
for _ = 1, nHashes do
  local last = at + 2 * tonumber(ARGV[at])
  for from = at + 1, last, batch do
    redis.call('HSET', KEYS[key], unpack(ARGV, from, math.min(from + batch - 1, last)))
  end
  key = key + 1
  at = last + 1
end
redis.call('HSET', KEYS[1], 'next', ARGV[3], 'rules', ARGV[2], 'newest', ARGV[4], 'segments', ARGV[5])
return false
`;
