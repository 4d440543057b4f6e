/** What the system says of itself, read from outside: the cells in Redis, the answers of `/v1/statistics`, the samples of Prometheus. */
import {
  firstGeneration,
  liveGenerationKey,
  parseShardKey,
  unpackCells,
  seriesKey,
  systemOfTopic,
} from '@landbridge/contracts';
import { Redis } from 'ioredis';
import type { Cells, Figure } from './oracle-count.js';

const scanCount = 1_000;
const requestTimeoutMs = 10_000;

/** All cells of the live view by the key grammar, added up over the partitions; cells of zeros are left out. */
export async function readCells(address: string): Promise<Cells> {
  const redis = new Redis(`redis://${address}`, { maxRetriesPerRequest: 1, commandTimeout: requestTimeoutMs });
  // Its failures are heard where a command was awaited.
  redis.on('error', () => undefined);
  try {
    return await cellsIn(redis);
  } finally {
    redis.disconnect();
  }
}

async function cellsIn(redis: Redis): Promise<Cells> {
  const live = Number((await redis.get(liveGenerationKey)) ?? firstGeneration);
  const sums = new Map<string, number[]>();
  const names = new Map<string, readonly string[]>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `lb:${live}:*`, 'COUNT', scanCount);
    cursor = next;
    const buckets = keys.flatMap((key) => {
      const parsed = parseShardKey(key);
      return parsed && (parsed.part === 'day' || parsed.part === 'year') ? [{ key, parsed }] : [];
    });
    const contents = await Promise.all(buckets.map(({ key }) => redis.getBuffer(key)));
    for (const [at, { parsed }] of buckets.entries()) {
      const list = seriesKey(parsed.shard);
      const bucket = parsed.part === 'day' ? parsed.date : String(parsed.year);
      for (const place of unpackCells(contents[at]!)) {
        let series = names.get(list);
        if (series?.[place.series] === undefined) names.set(list, (series = await redis.lrange(list, 0, -1)));
        const cell = `${systemOfTopic(parsed.shard.topic)}|${bucket}|${place.slot}|${series[place.series]}`;
        const amounts = [...place.amounts];
        const sum = sums.get(cell);
        if (sum) amounts.forEach((amount, column) => (sum[column]! += amount));
        else sums.set(cell, amounts);
      }
    }
  } while (cursor !== '0');
  for (const [cell, amounts] of sums) if (amounts.every((amount) => amount === 0)) sums.delete(cell);
  return sums;
}

/** The value that `/v1/statistics` answers. Throws with the answer where it is none. */
export async function askStatistics(url: string, { measure, period, filters }: Figure): Promise<number> {
  const query = new URLSearchParams({ measure, period, ...filters }).toString();
  const answer = (await getJson(`${url}/v1/statistics?${query}`)) as { value: number };
  return answer.value;
}

/** The newest samples of the published periods in Prometheus, by `measure period flow`. */
export async function readSamples(url: string): Promise<ReadonlyMap<string, number>> {
  const answer = (await getJson(`${url}/api/v1/query?query=landbridge_throughput_period_value`)) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return new Map(
    answer.data.result.map(({ metric, value }) => [
      `${metric['measure']} ${metric['period']} ${metric['flow']}`,
      Number(value[1]),
    ]),
  );
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text);
}
