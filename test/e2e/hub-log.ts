/** A hub of a test's own: Kafka with our topics, Redis, and a way to post, to read the figures, and to run the tool on it. */
import { eventTopics, topicContracts } from '@landbridge/contracts';
import { connectKafka, LogReader, LogWriter, provisionTopics } from '@landbridge/kafka';
import { freePorts } from '@landbridge/native';
import { connectRedis, ThroughputReader, type RedisConnection } from '@landbridge/redis';
import { expect } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { eventually } from '../harness/poll.js';
import { startOwnKafka, startOwnRedis, type OwnServer } from '../harness/servers.js';
import { startService, type Service } from '../harness/service.js';
import { runTool, type ToolEnd } from '../harness/tool.js';
import { flight as flightOfJune } from './flights.js';
import { kafkaSettings, silent } from './kafka-topic.js';

const lane = { eventsMax: 200_000, bytesMax: 256_000_000, lingerMs: 2, batchEvents: 1_000, batchBytes: 1_000_000 };
const writeDeadlineMs = 90_000;
const totalsDeadlineMs = 30_000;

/** Grams, pieces and flights of June 2020. */
export type AirTotals = readonly [grams: number, pieces: number, flights: number];

export class Hub {
  private constructor(
    readonly kafka: OwnServer,
    readonly redisServer: OwnServer,
    readonly redis: RedisConnection,
    readonly writer: LogWriter,
    private readonly admin: Admin,
  ) {}

  static async start(): Promise<Hub> {
    const [kafka, redisServer] = await Promise.all([startOwnKafka(), startOwnRedis()]);
    const client = connectKafka(kafkaSettings(kafka.address), 'test', silent);
    await provisionTopics(client, topicContracts);
    const admin = client.admin();
    await admin.connect();
    const redis = connectRedis({ url: `redis://${redisServer.address}` }, 'wait', silent);
    const writer = new LogWriter({ settings: kafkaSettings(kafka.address), lane, clientId: 'test', logger: silent });
    await writer.start();
    return new Hub(kafka, redisServer, redis, writer, admin);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.writer.stop(1_000), this.admin.disconnect()]);
    this.redis.disconnect();
    await Promise.all([this.kafka.dispose(), this.redisServer.dispose()]);
  }

  get env(): Readonly<Record<string, string>> {
    return {
      LANDBRIDGE_KAFKA_BROKERS: this.kafka.address,
      LANDBRIDGE_REDIS_URL: `redis://${this.redisServer.address}`,
    };
  }

  async startAggregator(env: Readonly<Record<string, string>> = {}): Promise<Service & { readonly url: string }> {
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const service = await startService({
      name: 'aggregator',
      entry: 'apps/aggregator/dist/main.js',
      env: { ...this.env, LANDBRIDGE_HTTP_PORT: String(port), ...env },
      readyUrl: `${url}/readyz`,
    });
    return Object.assign(service, { url });
  }

  tool(...words: readonly string[]): Promise<ToolEnd> {
    return runTool(words, this.env);
  }

  /** Runs the tool with `--json`, and gives its exit code and what it said. */
  async toolJson<T>(...words: readonly string[]): Promise<T & { readonly code: number | null }> {
    const { code, stdout, stderr } = await this.tool(...words, '--json');
    if (stdout === '') throw new Error(`landbridge ${words.join(' ')} ended with ${code}: ${stderr}`);
    return { ...(JSON.parse(stdout) as T), code };
  }

  async openReader(): Promise<LogReader> {
    const reader = new LogReader({
      settings: kafkaSettings(this.kafka.address),
      clientId: 'test',
      logger: silent,
      topics: Object.values(eventTopics),
      groupIdPrefix: 'test-reader',
      concurrently: 4,
    });
    await reader.start();
    return reader;
  }

  /** The partition of a topic that holds the most records. */
  async fullestPartition(topic: string): Promise<number> {
    const rows = await this.admin.fetchTopicOffsets(topic);
    return rows.toSorted((a, b) => Number(b.high) - Number(a.high))[0]!.partition;
  }

  /** How many records were ever written to a topic. */
  async end(topic: string): Promise<number> {
    return (await this.admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** Removes the records of a partition below an offset, as retention does. */
  async deleteBelow(topic: string, partition: number, offset: number): Promise<void> {
    // kafkajs needs the topic's metadata for the deletion and does not fetch it there.
    await this.admin.fetchTopicOffsets(topic);
    await this.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  }

  /** Puts values onto the air topic as they are. */
  async put(values: readonly (string | null)[], keyOf: (value: string | null, i: number) => string): Promise<void> {
    const records = values.map((value, i) => ({ topic: eventTopics.air, key: keyOf(value, i), value }));
    expect(await this.writer.write(records, writeDeadlineMs)).toEqual({ ok: true });
  }

  async post(events: readonly FlightEvent[]): Promise<void> {
    await this.put(
      events.map((event) => JSON.stringify(event)),
      (_value, i) => events[i]!.subject,
    );
  }

  /** As readers see them: from the live generation. */
  async airTotals(): Promise<AirTotals> {
    const cells = await new ThroughputReader(this.redis).yearCells('air', 2020);
    const sum = (column: number): number => cells.reduce((total, { amounts }) => total + amounts[column]!, 0);
    return [sum(0), sum(1), sum(2)];
  }

  airTotalsToBe(expected: AirTotals): Promise<void> {
    return eventually(async () => expect(await this.airTotals()).toEqual(expected), {
      deadlineMs: totalsDeadlineMs,
      what: `the totals to be ${expected.join()}`,
    });
  }
}

export interface FlightEvent {
  readonly id: string;
  readonly subject: string;
}

/** The nth flight: a kilogram, a piece, over the days of June 2020. `change` replaces attributes, and its `data` members of the data. */
export function flight(
  n: number,
  change: { readonly data?: object; readonly [name: string]: unknown } = {},
): FlightEvent {
  const time = `2020-06-${String((n % 30) + 1).padStart(2, '0')}T12:30:00+08:00`;
  return flightOfJune(n, { time, ...change });
}

/** So many flights, from the nth on. */
export function flights(count: number, from = 0): FlightEvent[] {
  return Array.from({ length: count }, (_, i) => flight(from + i));
}
