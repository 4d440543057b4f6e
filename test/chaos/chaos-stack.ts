/**
 * The whole system of a chaos run on this machine: real servers and services on free ports, in one temporary folder.
 *
 * Ingest and the aggregators reach Kafka and Redis through proxies that can be made to fail; the statistics service, the oracle and the
 * measuring do not. A service that ends is started again; a server is started again only by the fault that ended it.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadLetterTopic, topicContracts } from '@landbridge/contracts';
import { connectKafka, provisionTopics } from '@landbridge/kafka';
import { freePorts, LOOPBACK, startKafka, startPrometheus, startRedis, type NativeServer } from '@landbridge/native';
import { createLogger } from '@landbridge/telemetry';
import { keyOf, newSecret, publishKey } from '../harness/ingest-door.js';
import { shortLivedJava } from '../harness/servers.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { ByteProxy } from './byte-proxy.js';
import { canMount, mountSized, type SizedFolder } from './sized-folder.js';
import { ServerSlot } from './server-slot.js';
import { SupervisedProcess } from './supervised-process.js';

export interface StackOptions {
  readonly aggregators: number;
  readonly appendfsync: 'always' | 'everysec';
  /** Whether the broker lives long enough to be compiled in full. */
  readonly long: boolean;
  /** Put the data of Kafka and Redis on file systems whose size can be changed, where this process may mount any. */
  readonly sizedFolders: boolean;
}

/** The periods that statistics publishes to Prometheus in a run. */
export const publishedPeriods = ['2024-H1', '2019', '2018-03/2021-10'] as const;

export const carrierSource = 'urn:carrier:chaos';

/** Large enough for some millions of events; memory is taken only for what is written. */
const sizedFolderMiB = 6_144;
const memorySampleMs = 500;
/** Prometheus counts in whole seconds; the oracle waits for the next scrape. */
const scrapeIntervalSeconds = 2;

export type ServerName = 'kafka' | 'redis';

export class ChaosStack {
  readonly secret = newSecret();
  readonly servers: Record<ServerName, ServerSlot>;
  readonly services: SupervisedProcess[] = [];
  readonly folder: string;
  #sampling: NodeJS.Timeout | undefined;
  #prometheus: NativeServer | undefined;
  readonly #ports: Ports;
  #proxies: Proxies | undefined;
  readonly #mounted: SizedFolder[] = [];

  private constructor(
    folder: string,
    private readonly options: StackOptions,
    ports: Ports,
  ) {
    this.folder = folder;
    this.#ports = ports;
    const kafkaDir = join(folder, 'kafka');
    const redisDir = join(folder, 'redis');
    this.servers = {
      kafka: new ServerSlot(kafkaDir, ports.kafka, () =>
        startKafka({ dataDir: kafkaDir, port: ports.kafka, javaArguments: options.long ? [] : shortLivedJava }),
      ),
      redis: new ServerSlot(redisDir, ports.redis, () =>
        startRedis({ dataDir: redisDir, port: ports.redis, appendfsync: options.appendfsync }),
      ),
    };
  }

  /** Starts everything and returns when all services are ready. When one cannot start, nothing is left. */
  static async start(options: StackOptions): Promise<ChaosStack> {
    const folder = await mkdtemp(join(tmpdir(), 'landbridge-chaos-'));
    const [kafka = 0, redis = 0, prometheus = 0, ingest = 0, statistics = 0, ...aggregators] = await freePorts(
      5 + options.aggregators + 1,
    );
    const stack = new ChaosStack(folder, options, { kafka, redis, prometheus, ingest, statistics, aggregators });
    try {
      await stack.#start();
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  get kafkaAddress(): string {
    return `${LOOPBACK}:${this.#ports.kafka}`;
  }

  get redisAddress(): string {
    return `${LOOPBACK}:${this.#ports.redis}`;
  }

  get prometheusUrl(): string {
    return `http://${LOOPBACK}:${this.#ports.prometheus}`;
  }

  get proxies(): Proxies {
    return this.#proxies!;
  }

  service(name: string): SupervisedProcess {
    return this.services.find((one) => one.name === name)!;
  }

  get aggregators(): readonly SupervisedProcess[] {
    return this.services.filter(({ name }) => name.startsWith('aggregator'));
  }

  /** Folders whose size can be changed, by server; empty where nothing can be mounted. */
  sizedFolder(name: ServerName): SizedFolder | undefined {
    return this.#mounted.find(({ path }) => path === this.servers[name].dataDir);
  }

  /** Starts one more aggregator in the group; the caller stops it. */
  spareAggregator(): SupervisedProcess {
    return this.#aggregator(this.options.aggregators);
  }

  /** Peaks of resident memory by process, MiB. */
  memory(): Record<string, number> {
    this.#sampleMemory();
    const servers = Object.entries(this.servers).map(([name, slot]) => [name, Math.round(slot.rssMaxKiB / 1_024)]);
    return Object.fromEntries([...this.services.map(({ name, rssMaxMiB }) => [name, rssMaxMiB]), ...servers]);
  }

  /** Records in the dead-letter topic. Rejects when Kafka cannot be asked. */
  async deadLetters(): Promise<number> {
    const logger = createLogger({ service: 'chaos', level: 'silent' });
    const admin = connectKafka(plainKafka(this.kafkaAddress), 'chaos', logger).admin();
    await admin.connect();
    try {
      const ends = await admin.fetchTopicOffsets(deadLetterTopic);
      return ends.reduce((sum, { high }) => sum + Number(high), 0);
    } finally {
      await admin.disconnect();
    }
  }

  /** Ends all processes, in order, and unmounts. The folder with the logs stays: see `remove`. */
  async stop(): Promise<void> {
    clearInterval(this.#sampling);
    for (const service of this.services) await service.stop();
    await this.#prometheus?.stop();
    await this.#closeProxies();
    await this.servers.redis.stop();
    await this.servers.kafka.stop();
    for (const mounted of this.#mounted.splice(0)) await mounted.unmount();
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const { kafka, redis } = this.servers;
    for (const { dataDir } of [kafka, redis]) {
      await mkdir(dataDir);
      if (this.options.sizedFolders && canMount()) this.#mounted.push(await mountSized(dataDir, sizedFolderMiB));
    }
    await Promise.all([kafka.start(), redis.start()]);
    this.#proxies = {
      ingestKafka: await TcpProxy.open(this.kafkaAddress),
      aggregatorKafka: await TcpProxy.open(this.kafkaAddress),
      aggregatorRedis: await ByteProxy.open(this.#ports.redis),
    };
    const logger = createLogger({ service: 'chaos', level: 'silent' });
    await provisionTopics(connectKafka(plainKafka(this.kafkaAddress), 'chaos', logger), topicContracts);
    await publishKey(this.kafkaAddress, keyOf(this.secret, { tenant: 'chaos', source: carrierSource }));
    this.#startServices();
    await Promise.all(this.services.map((service) => service.ready()));
    this.#prometheus = await startPrometheus({
      dataDir: join(this.folder, 'prometheus'),
      port: this.#ports.prometheus,
      targets: this.services.map(({ name, url }) => ({ job: name, addresses: [new URL(url).host] })),
      scrapeIntervalSeconds,
    });
    this.#sampling = setInterval(() => this.#sampleMemory(), memorySampleMs);
  }

  #startServices(): void {
    const { ports } = { ports: this.#ports };
    this.#add('ingest', 'ingest', ports.ingest, { LANDBRIDGE_KAFKA_BROKERS: this.proxies.ingestKafka.address });
    for (let n = 0; n < this.options.aggregators; n++) this.services.push(this.#aggregator(n));
    this.#add('statistics', 'statistics', ports.statistics, {
      LANDBRIDGE_REDIS_URL: `redis://${this.redisAddress}`,
      LANDBRIDGE_PUBLISHED_PERIODS: publishedPeriods.join(),
    });
    for (const service of this.services) service.start();
  }

  #aggregator(n: number): SupervisedProcess {
    return this.#process(`aggregator-${n + 1}`, 'aggregator', this.#ports.aggregators[n]!, {
      LANDBRIDGE_KAFKA_BROKERS: this.proxies.aggregatorKafka.address,
      LANDBRIDGE_REDIS_URL: `redis://${this.proxies.aggregatorRedis.address}`,
    });
  }

  #add(name: string, app: string, port: number, env: Readonly<Record<string, string>>): void {
    this.services.push(this.#process(name, app, port, env));
  }

  #process(name: string, app: string, port: number, env: Readonly<Record<string, string>>): SupervisedProcess {
    return new SupervisedProcess({
      name,
      entry: `apps/${app}/dist/main.js`,
      env: { ...env, LANDBRIDGE_HTTP_PORT: String(port) },
      url: `http://${LOOPBACK}:${port}`,
      logFile: join(this.folder, `${name}.log`),
    });
  }

  #sampleMemory(): void {
    for (const service of this.services) service.sampleMemory();
    for (const slot of Object.values(this.servers)) slot.sampleMemory();
  }

  async #closeProxies(): Promise<void> {
    const { ingestKafka, aggregatorKafka, aggregatorRedis } = this.#proxies ?? {};
    await ingestKafka?.close();
    await aggregatorKafka?.close();
    await aggregatorRedis?.close();
  }
}

interface Ports {
  readonly kafka: number;
  readonly redis: number;
  readonly prometheus: number;
  readonly ingest: number;
  readonly statistics: number;
  /** One more than there are aggregators: the spare one's. */
  readonly aggregators: readonly number[];
}

export interface Proxies {
  readonly ingestKafka: TcpProxy;
  readonly aggregatorKafka: TcpProxy;
  readonly aggregatorRedis: ByteProxy;
}

/** For the run's own use of Kafka, past the proxies. */
export function plainKafka(address: string): Parameters<typeof connectKafka>[0] {
  return {
    brokers: [address],
    requestTimeoutMs: 5_000,
    sessionTimeoutMs: 6_000,
    heartbeatIntervalMs: 1_500,
    fetchWaitMs: 100,
    fetchBytes: 1_048_576,
    sendDeadlineMs: 8_000,
  };
}
