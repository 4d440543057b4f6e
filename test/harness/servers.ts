import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  freePorts,
  startKafka,
  startRedis,
  type KafkaOptions,
  type NativeServer,
  type RedisOptions,
} from '@landbridge/native';

/** A real server that one test owns: it may be stopped, killed and started again on the same port and data folder. */
export interface OwnServer {
  /** The process that runs now; another one after `start`. */
  readonly server: NativeServer;
  /** `host:port`, the same for its whole life. */
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  /** Starts it again after it was stopped or killed; returns when it is ready. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
}

/**
 * A test's broker lives for seconds, and there are twenty of them: compiled in full they would spend half of their processor on compiling.
 * A start costs 2.7 s of processor with these, 4.1 s without.
 */
export const shortLivedJava = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** Names the log folder of a formatted broker in the environment, for the brokers that are started after it. */
export const formattedVariable = 'LANDBRIDGE_TEST_KAFKA_FORMATTED';

/** What the format leaves in a log folder. */
const formattedFiles = ['bootstrap.checkpoint', 'meta.properties'] as const;

/** Starts a Kafka on a free port and a temporary folder. */
export function startOwnKafka(options: Omit<KafkaOptions, 'dataDir' | 'port'> & OwnPort = {}): Promise<OwnServer> {
  return startOwn('kafka', options.port, async (place) => {
    await copyFormat(place.dataDir);
    return startKafka({ javaArguments: shortLivedJava, ...options, ...place });
  });
}

/** Starts a Redis on a free port and a temporary folder. */
export function startOwnRedis(options: Omit<RedisOptions, 'dataDir' | 'port'> & OwnPort = {}): Promise<OwnServer> {
  return startOwn('redis', options.port, (place) => startRedis({ ...options, ...place }));
}

/** To format takes a Java machine of its own, for two small files that are the same in every folder. Without any to copy it is done. */
async function copyFormat(dataDir: string): Promise<void> {
  const [from, to] = [process.env[formattedVariable], join(dataDir, 'log')];
  if (!from || existsSync(to)) return;
  await mkdir(to);
  for (const file of formattedFiles) await copyFile(join(from, file), join(to, file));
}

interface OwnPort {
  /** A free one by default; given when another setting names it, as the advertised listener of a proxied broker does. */
  readonly port?: number;
}

async function startOwn(
  name: string,
  wantedPort: number | undefined,
  startOn: (place: { readonly dataDir: string; readonly port: number }) => Promise<NativeServer>,
): Promise<OwnServer> {
  const port = wantedPort ?? (await freePorts(1))[0] ?? 0;
  const dataDir = await mkdtemp(join(tmpdir(), `landbridge-${name}-`));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  let server: NativeServer;
  try {
    server = await startOn({ dataDir, port });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    get server() {
      return server;
    },
    address: `${server.host}:${port}`,
    port,
    dataDir,
    start: async () => {
      await server.exited;
      server = await startOn({ dataDir, port });
    },
    dispose: async () => {
      await server.stop();
      await remove();
    },
  };
}
