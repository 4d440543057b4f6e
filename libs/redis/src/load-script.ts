/**
 * The script that reads a shard at one position: state, series and remembered ids belong together.
 *
 * Read command by command they may be of different positions, when somebody else writes in between. The position that the
 * compare-and-apply script checks would mostly find that out, but not when Redis then goes back to the older position: a failover right
 * after a rebalance. The simulation of the fold found both totals and series wrong that way.
 *
 *   KEYS  1 state, 2 series
 *   ARGV  1 what the keys of id segments begin with; their numbers stand in the state, and they share its hash tag
 * Answers [[next, rules, newest, segments, mark of half a change], [series], [bytes, by segment]].
 */
export const loadScript = `
local state = redis.call('HMGET', KEYS[1], 'next', 'rules', 'newest', 'segments', 'applying')
local ids = {}
for number in string.gmatch(state[4] or '', '(%d+):') do
  ids[#ids + 1] = redis.call('GET', ARGV[1] .. number) or ''
end
return { state, redis.call('LRANGE', KEYS[2], 0, -1), ids }
`;
