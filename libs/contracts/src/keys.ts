/**
 * The grammar of Redis keys: built and parsed here and nowhere else.
 *
 * All state that one input partition owns shares the hash tag `{topic:partition}`, so that one script can change it together, also in
 * a Redis Cluster. In front stands the generation: a rebuild writes a new one beside the live one.
 *
 *   lb:<generation>:{<topic>:<partition>}:state        hash: next offset, rules version, counters, id segments
 *   lb:<generation>:{<topic>:<partition>}:series       list: series by number, append-only
 *   lb:<generation>:{<topic>:<partition>}:ids:<n>      string: packed versions of seen ids, one segment
 *   lb:<generation>:{<topic>:<partition>}:day:<date>   string: cells of one local day, slots are hours 0..23
 *   lb:<generation>:{<topic>:<partition>}:year:<year>  string: cells of one local year, slots are months 1..12
 *   lb:request:{<tenant>/<carrier>}:<hash>             string: a request with an idempotency key, and its answer
 *   lb:requests:{<tenant>/<carrier>}                   string: how many of them a day has
 *   lb:live                                            string: the generation that readers and the aggregator use
 *   lb:building                                        string `<generation>:<window days>`: the one that a rebuild fills
 */
import type { ShardId } from '@landbridge/domain';

/** The key that names the live generation. Absent means `firstGeneration`. */
export const liveGenerationKey = 'lb:live';
export const firstGeneration = 1;
/** The key that names the generation under construction. Absent where no rebuild is unfinished. */
export const buildingGenerationKey = 'lb:building';

/** The text of `lb:live`. Throws on what is no generation. */
export function formatGeneration(generation: number): string {
  if (!Number.isSafeInteger(generation) || generation < 1) throw new Error(`not a generation: ${generation}`);
  return String(generation);
}

/** The live generation by the text of `lb:live`. Throws when it is not ours: guessing would read or fill the wrong view. */
export function parseGeneration(text: string | null): number {
  if (text === null) return firstGeneration;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${liveGenerationKey} names no generation`);
  return Number(text);
}

/** A generation under construction, and for how many days after its receipt it remembers an id. */
export interface BuildingGeneration {
  readonly generation: number;
  readonly windowDays: number;
}

/** The text of `lb:building`. Throws on what is no generation or no number of days. */
export function formatBuilding({ generation, windowDays }: BuildingGeneration): string {
  if (!Number.isSafeInteger(windowDays) || windowDays < 1) throw new Error(`not a number of days: ${windowDays}`);
  return `${formatGeneration(generation)}:${windowDays}`;
}

/** Reads `lb:building`; undefined where there is none. Throws when it is not ours. */
export function parseBuilding(text: string | null): BuildingGeneration | undefined {
  if (text === null) return undefined;
  const match = /^([1-9]\d{0,8}):([1-9]\d{0,5})$/.exec(text);
  if (!match) throw new Error(`${buildingGenerationKey} names no generation`);
  return { generation: Number(match[1]), windowDays: Number(match[2]) };
}

function shardKey({ generation, topic, partition }: ShardId, part: string): string {
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(topic)) throw new Error(`not a topic name: ${JSON.stringify(topic)}`);
  if (!Number.isSafeInteger(partition) || partition < 0) throw new Error(`not a partition: ${partition}`);
  return `lb:${formatGeneration(generation)}:{${topic}:${partition}}:${part}`;
}

export const stateKey = (shard: ShardId): string => shardKey(shard, 'state');
export const seriesKey = (shard: ShardId): string => shardKey(shard, 'series');
export const idSegmentKey = (shard: ShardId, segment: number): string => shardKey(shard, `ids:${segment}`);
/** @param date local date `YYYY-MM-DD` */
export const dayKey = (shard: ShardId, date: string): string => shardKey(shard, `day:${date}`);
export const yearKey = (shard: ShardId, year: number): string => shardKey(shard, `year:${year}`);

/** A Redis `MATCH` pattern that every shard's key fits; what fits it need not be one (`parseShardKey` decides). */
export const shardKeyPattern = 'lb:[1-9]*:{*:*}:*';

export type ShardKey = { readonly shard: ShardId } & (
  | { readonly part: 'state' | 'series' }
  | { readonly part: 'ids'; readonly segment: number }
  | { readonly part: 'day'; readonly date: string }
  | { readonly part: 'year'; readonly year: number }
);

const shardForm = /^lb:([1-9]\d{0,8}):\{([A-Za-z0-9._-]{1,200}):(0|[1-9]\d{0,8})\}:/;
const partForm = /(?:(state|series)|ids:(0|[1-9]\d{0,8})|day:(\d{4}-\d\d-\d\d)|year:(\d{4}))$/;
const grammar = new RegExp(shardForm.source + partForm.source);

/** Reads a key back, or undefined where it is not a shard's key. */
export function parseShardKey(key: string): ShardKey | undefined {
  const match = grammar.exec(key);
  if (!match) return undefined;
  const [, generation, topic, partition, plain, segment, date, year] = match;
  const shard = { generation: Number(generation), topic: topic!, partition: Number(partition) };
  if (plain) return { shard, part: plain as 'state' | 'series' };
  if (segment !== undefined) return { shard, part: 'ids', segment: Number(segment) };
  if (date !== undefined) return { shard, part: 'day', date };
  return { shard, part: 'year', year: Number(year) };
}

/** Who names requests: idempotency keys of one carrier mean nothing for another. */
export interface RequestOwner {
  readonly tenant: string;
  readonly carrier: string;
}

/** The key of a named request. @param nameHash of its idempotency key, hex: names are the sender's own text, of any characters */
export function requestKey(owner: RequestOwner, nameHash: string): string {
  if (!/^[0-9a-f]{32,64}$/.test(nameHash)) throw new Error('not a hash');
  return `lb:request:${ownerTag(owner)}:${nameHash}`;
}

/** The key of the number of a carrier's named requests; in the slot of these. */
export function requestCountKey(owner: RequestOwner): string {
  return `lb:requests:${ownerTag(owner)}`;
}

function ownerTag({ tenant, carrier }: RequestOwner): string {
  for (const name of [tenant, carrier])
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) throw new Error(`not a name: ${JSON.stringify(name)}`);
  return `{${tenant}/${carrier}}`;
}
