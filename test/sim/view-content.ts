/**
 * Everything that Redis holds of one generation: read for comparison, kept as a snapshot, put back, cleaned away. Keys of other
 * generations are never touched, because the server is shared.
 */
import { parseShardKey, unpackCells, seriesKey, stateKey } from '@landbridge/contracts';
import type { Redis } from 'ioredis';
import type { SimulatedShard } from './carrier-writes.js';

/** Key without its generation, to its content in one canonical form. */
export type ViewContent = ReadonlyMap<string, string | readonly string[] | Fields>;
type Fields = Readonly<Record<string, string>>;

/** Keys and their dumps in turn, as Redis itself would load them again. */
export type Snapshot = readonly Buffer[];

/** Answers keys and values in turn; one call, because a simulation reads often. */
const readScript = `
local found = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  local type = redis.call('TYPE', key)['ok']
  found[#found + 1] = key
  if type == 'list' then found[#found + 1] = redis.call('LRANGE', key, 0, -1)
  elseif type == 'hash' then found[#found + 1] = redis.call('HGETALL', key)
  else found[#found + 1] = redis.call('GET', key) end
end
return found
`;

export async function readContent(redis: Redis, generation: number): Promise<ViewContent> {
  const found = (await redis.callBuffer('EVAL', readScript, 0, pattern(generation))) as (Buffer | Buffer[])[];
  const content = new Map<string, string | readonly string[] | Fields>();
  for (let i = 0; i < found.length; i += 2) {
    const key = String(found[i]);
    content.set(key.slice(key.indexOf('{')), contentOf(key, found[i + 1]!));
  }
  return content;
}

/** What a partition's keys say, in the terms of the recount. */
export function storedView(content: ViewContent, shard: SimulatedShard) {
  const tag = `{${shard.topic}:${shard.partition}}`;
  const keyOf = (key: (id: { generation: number; topic: string; partition: number }) => string) =>
    key({ ...shard, generation: 1 }).replace('lb:1:', '');
  const state = (content.get(keyOf(stateKey)) ?? {}) as Fields;
  const series = (content.get(keyOf(seriesKey)) ?? []) as readonly string[];
  const cells = new Map<string, string>();
  for (const [key, value] of content) {
    const bucket = key.startsWith(tag) ? /:(?:day|year):(.*)$/.exec(key)?.[1] : undefined;
    if (bucket === undefined) continue;
    for (const [field, amounts] of Object.entries(value as Fields)) {
      const [slot = '', number = ''] = field.split('.');
      const place = bucket.length > 4 ? slot.padStart(2, '0') : slot;
      // A cell that corrections have emptied says the same as none.
      if (!/^0(,0)*$/.test(amounts)) cells.set(`${bucket} ${place} ${series[Number(number)]}`, amounts);
    }
  }
  return { next: Number(state['next'] ?? 0), newestReceivedMs: Number(state['newest'] ?? 0), series, cells };
}

const snapshotScript = `
local found = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  found[#found + 1] = key
  found[#found + 1] = redis.call('DUMP', key)
end
return found
`;

export async function takeSnapshot(redis: Redis, generation: number): Promise<Snapshot> {
  return (await redis.callBuffer('EVAL', snapshotScript, 0, pattern(generation))) as Buffer[];
}

const restoreScript = `
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  if string.find(key, ARGV[2], 1, true) then redis.call('DEL', key) end
end
for i = 3, #ARGV, 2 do
  if string.find(ARGV[i], ARGV[2], 1, true) then redis.call('RESTORE', ARGV[i], 0, ARGV[i + 1]) end
end
`;

/** Puts the generation back to a snapshot, or one partition of it: a Redis Cluster loses its parts one by one. */
export async function restore(
  redis: Redis,
  generation: number,
  snapshot: Snapshot,
  only?: SimulatedShard,
): Promise<void> {
  const tag = only ? `{${only.topic}:${only.partition}}` : '{';
  await redis.eval(restoreScript, 0, pattern(generation), tag, ...snapshot);
}

/** Removes a generation. */
export async function wipe(redis: Redis, generation: number): Promise<void> {
  await restore(redis, generation, []);
}

function pattern(generation: number): string {
  return `lb:${generation}:*`;
}

function contentOf(key: string, value: Buffer | readonly Buffer[]): string | readonly string[] | Fields {
  const part = parseShardKey(key)?.part;
  if (Buffer.isBuffer(value)) return part === 'day' || part === 'year' ? cellsOf(value) : value.toString('hex');
  const texts = value.map(String);
  return part === 'series' ? texts : fieldsOf(texts);
}

/** Cells by `slot.series`: the same however often a bucket was written, and in whatever steps. */
function cellsOf(bytes: Buffer): Fields {
  return fieldsOf(unpackCells(bytes).flatMap(({ slot, series, amounts }) => [`${slot}.${series}`, amounts.join()]));
}

/** Fields and values in turn, in one order whatever Redis chose. */
function fieldsOf(flat: readonly string[]): Fields {
  const pairs = flat.flatMap((field, i) => (i % 2 === 0 ? [[field, flat[i + 1]!] as const] : []));
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
