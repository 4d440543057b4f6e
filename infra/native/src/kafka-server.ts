import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launchServer, type NativeServer } from './child-server.js';
import { requireJava } from './java.js';
import { kafkaProperties, renderLog4j, renderProperties, type KafkaProperties } from './kafka-config.js';
import { classArchiveOf, defaultServersDir, kafkaJars } from './kafka-jars.js';
import { probeKafka } from './kafka-probe.js';
import { freePorts } from './loopback.js';
import { runCommand } from './run-command.js';
import { ServerStartError } from './server-start-error.js';

export interface KafkaOptions {
  /** Holds everything that this broker writes: cluster id, logs, config. Kept over restarts. */
  readonly dataDir: string;
  readonly port: number;
  /** Java heap in MiB, first and largest. */
  readonly heapMiB?: { readonly min: number; readonly max: number };
  /** Further arguments of the Java machine. */
  readonly javaArguments?: readonly string[];
  /** Broker properties in place of ours, e.g. `advertised.listeners` to put a proxy in front. */
  readonly properties?: KafkaProperties;
  /** Where the jars are kept; `.landbridge/servers` of the repository by default. */
  readonly serversDir?: string;
  readonly startDeadlineMs?: number;
  readonly report?: (line: string) => void;
}

/** The broker's own need is about 120 MiB; the rest is room for produce batches of many partitions. */
const HEAP_MIB = { min: 256, max: 512 };

/** Three seconds on an idle machine; recovery of a large log after SIGKILL on a busy one takes longest. */
const START_DEADLINE_MS = 120_000;
/** A clean stop takes 0.4 s when idle; a SIGKILL after that costs a log recovery at the next start, no data. */
const STOP_DEADLINE_MS = 15_000;
const FORMAT_DEADLINE_MS = 60_000;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Starts one Apache Kafka node (broker and controller) on loopback and returns when topics can be created on it.
 *
 * Fetches the broker's jars on the first start ever. Throws ServerStartError with the fix when Java or Maven is missing, the
 * port is taken or the broker ends.
 */
export async function startKafka(options: KafkaOptions): Promise<NativeServer> {
  const java = await requireJava();
  const jars = await kafkaJars(options.serversDir ?? defaultServersDir, options.report ?? (() => undefined));
  const dataDir = resolve(options.dataDir);
  const paths = {
    log: join(dataDir, 'log'),
    temporary: join(dataDir, 'tmp'),
    properties: join(dataDir, 'server.properties'),
    log4j: join(dataDir, 'log4j2.properties'),
    server: join(dataDir, 'logs', 'server.log'),
    console: join(dataDir, 'logs', 'console.log'),
  };
  const heap = options.heapMiB ?? HEAP_MIB;
  const archive = classArchiveOf(jars);
  const javaArgs = [
    [
      `-Xms${heap.min}m`,
      `-Xmx${heap.max}m`,
      '-XX:+ExitOnOutOfMemoryError',
      '-XX:-UsePerfData',
      '-Djava.awt.headless=true',
    ],
    // Compression libraries unpack native code here; in the data folder it goes when the folder goes.
    [`-Djava.io.tmpdir=${paths.temporary}`, `-XX:ErrorFile=${join(dataDir, 'logs', 'hs_err_%p.log')}`],
    // One that does not fit this Java is passed over, with a line that nobody needs.
    existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, '-Xlog:disable', '-Xlog:all=error:stderr'] : [],
    [...(options.javaArguments ?? []), `-Dlog4j2.configurationFile=${paths.log4j}`, '-cp', join(jars, '*')],
  ].flat();

  return launchServer({
    name: 'Kafka',
    command: java,
    args: [...javaArgs, 'kafka.Kafka', paths.properties],
    cwd: dataDir,
    port: options.port,
    portVariable: 'LANDBRIDGE_KAFKA_PORT',
    configFile: paths.properties,
    pidFile: join(dataDir, 'kafka.pid'),
    consoleFile: paths.console,
    logFile: paths.server,
    prepare: async () => {
      await rm(paths.temporary, { recursive: true, force: true });
      await mkdir(paths.temporary, { recursive: true });
      await writeFile(paths.log4j, renderLog4j(paths.server));
      const [controllerPort = 0] = await freePorts(1);
      const settings = { port: options.port, controllerPort, logDir: paths.log, overrides: options.properties ?? {} };
      await writeFile(paths.properties, renderProperties(kafkaProperties(settings)));
      if (!existsSync(join(paths.log, 'meta.properties'))) await format(java, javaArgs, dataDir, paths.properties);
    },
    probe: () => probeKafka(options.port, PROBE_TIMEOUT_MS),
    startDeadlineMs: options.startDeadlineMs ?? START_DEADLINE_MS,
    stopDeadlineMs: STOP_DEADLINE_MS,
  });
}

/**
 * Formats the storage once: 1 keep a cluster id, 2 let Kafka's own tool write the folder. The tool writes meta.properties
 * last, so a crash in between repeats the format with the same id.
 */
async function format(java: string, javaArgs: readonly string[], dataDir: string, properties: string): Promise<void> {
  const idFile = join(dataDir, 'cluster-id');
  if (!existsSync(idFile)) await writeFile(idFile, newClusterId());
  const clusterId = await readFile(idFile, 'utf8');
  const args = [...javaArgs, 'kafka.tools.StorageTool', 'format', '--config', properties, '--cluster-id', clusterId];
  const { code, output } = await runCommand(java, args, { timeoutMs: FORMAT_DEADLINE_MS });
  if (code !== 0)
    throw new ServerStartError(`Kafka's storage in ${dataDir} cannot be formatted: ${output.slice(-300).trim()}`);
}

/** Kafka's form of an id: 16 random bytes in URL-safe base 64. Its tool reads an id that begins with "-" as an option. */
function newClusterId(): string {
  const bytes = randomBytes(16);
  // The first character stands for the upper six bits; below 32 it is a letter.
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}
