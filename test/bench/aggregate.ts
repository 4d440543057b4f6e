/**
 * `npm run bench -- aggregate`: how fast a full log is folded. In one run on one machine: our aggregator (dedupe, corrections,
 * compare-and-apply), Nest's stock Kafka transport doing the same work an event, and the client's ceiling (kafkajs and JSON.parse).
 * The rates of a run are noisy; their ratios are what to quote.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventTopicPartitions } from '@landbridge/contracts';
import { freePorts } from '@landbridge/native';
import { connectRedis, RedisShardStore, ThroughputReader } from '@landbridge/redis';
import { createLogger } from '@landbridge/telemetry';
import { eventually } from '../harness/poll.js';
import { startOwnKafka, startOwnRedis } from '../harness/servers.js';
import { startService } from '../harness/service.js';
import type { BenchShape, BenchTotals } from './bench-events.js';
import { benchTopic, fillLog } from './filled-log.js';

export interface AggregateOptions {
  readonly events: number;
  /** The stock transport is measured on this many events: it is slow, and its rate does not depend on their number. */
  readonly stockEvents: number;
  readonly shapes: readonly BenchShape[];
  readonly aggregators: number;
}

export interface Measured {
  readonly shape: BenchShape;
  readonly who: string;
  readonly eventsPerSecond: number;
  readonly ofCeiling: number;
  readonly timesStock: number;
  readonly rssMiB: number;
  readonly redisMiB: number | undefined;
  readonly totalsRight: boolean | undefined;
}

const logger = createLogger({ service: 'bench', level: 'error' });
const topic = benchTopic;
const runDeadlineMs = 600_000;

export async function benchAggregate(options: AggregateOptions): Promise<Measured[]> {
  const rows: Measured[] = [];
  for (const shape of options.shapes) rows.push(...(await benchShape(shape, options)));
  return rows;
}

async function benchShape(shape: BenchShape, options: AggregateOptions): Promise<Measured[]> {
  const [kafka, redisServer] = await Promise.all([startOwnKafka(), startOwnRedis()]);
  try {
    const totals = await fillLog(kafka.address, shape, options.events);
    const redisUrl = `redis://${redisServer.address}`;
    const ceiling = await runProgram('consume-ceiling.js', [kafka.address, topic, String(options.events)]);
    const ours = await runAggregators(kafka.address, redisUrl, options, totals);
    const stock = await runProgram('consume-stock.js', [kafka.address, topic, redisUrl, String(options.stockEvents)]);
    const row = (who: string, rate: number, rssMiB: number, redisMiB?: number, totalsRight?: boolean): Measured => ({
      shape,
      who,
      eventsPerSecond: Math.round(rate),
      ofCeiling: rate / ceiling.rate,
      timesStock: rate / stock.rate,
      rssMiB: Math.round(rssMiB),
      redisMiB: redisMiB === undefined ? undefined : Math.round(redisMiB),
      totalsRight,
    });
    return [
      row(`landbridge, ${options.aggregators} process(es)`, ours.rate, ours.rssMiB, ours.redisMiB, ours.totalsRight),
      row('nest stock transport', stock.rate, stock.rssMiB),
      row('kafkajs and JSON.parse only', ceiling.rate, ceiling.rssMiB),
    ];
  } finally {
    await Promise.all([kafka.dispose(), redisServer.dispose()]);
  }
}

async function runAggregators(
  broker: string,
  redisUrl: string,
  { events, aggregators }: AggregateOptions,
  totals: BenchTotals,
) {
  const redis = connectRedis({ url: redisUrl }, 'wait', logger);
  const ports = await freePorts(aggregators);
  const services = await Promise.all(
    ports.map((port) =>
      startService({
        name: `aggregator ${port}`,
        entry: 'apps/aggregator/dist/main.js',
        env: {
          LANDBRIDGE_KAFKA_BROKERS: broker,
          LANDBRIDGE_REDIS_URL: redisUrl,
          LANDBRIDGE_HTTP_PORT: String(port),
          LANDBRIDGE_LOG_LEVEL: 'warn',
        },
        readyUrl: `http://127.0.0.1:${port}/livez`,
      }),
    ),
  );
  const store = new RedisShardStore(redis);
  const shards = Array.from({ length: eventTopicPartitions }, (_, partition) => ({ generation: 1, topic, partition }));
  const folded = async () => (await store.positions(shards)).reduce((sum, next) => sum + next, 0);
  let first = { at: 0, records: 0 };
  let rssMiB = 0;
  await eventually(
    async () => {
      const records = await folded();
      if (records > 0 && first.at === 0) first = { at: performance.now(), records };
      rssMiB = Math.max(rssMiB, ...services.map(({ pid }) => rssOf(pid)));
      return records >= events;
    },
    { deadlineMs: runDeadlineMs, intervalMs: 20, what: 'the log to be folded' },
  );
  const seconds = (performance.now() - first.at) / 1_000;
  const cells = await new ThroughputReader(redis).yearCells('air', 2026);
  const sumOf = (column: number): number => cells.reduce((sum, { amounts }) => sum + amounts[column]!, 0);
  const memory = /used_memory:(\d+)/.exec(await redis.info('memory'))?.[1];
  await Promise.all(services.map((service) => service.stop()));
  redis.disconnect();
  return {
    rate: (events - first.records) / seconds,
    rssMiB,
    redisMiB: Number(memory) / 2 ** 20,
    totalsRight: sumOf(0) === totals.grams && sumOf(2) === totals.events,
  };
}

function runProgram(file: string, args: readonly string[]): Promise<{ rate: number; rssMiB: number }> {
  return new Promise((resolve, reject) => {
    const program = fileURLToPath(new URL(file, import.meta.url));
    // kafkajs's own timers, in clients that are as it comes: nothing that a reader of the figures can act on.
    const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: runDeadlineMs,
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code !== 0) return reject(new Error(`${file} ended with ${code}`));
      const { records, seconds, rssMiB } = JSON.parse(output) as { records: number; seconds: number; rssMiB: number };
      resolve({ rate: records / seconds, rssMiB });
    });
  });
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}
