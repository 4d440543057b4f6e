import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts, KAFKA_VERSION, kafkaProperties } from '@landbridge/native';
import type { StartedServers, WantedServers } from './shared-servers.js';

/**
 * The shared servers as containers, or undefined where none really starts.
 *
 * An engine that answers proves nothing: it may be unable to pull an image or to start anything. So the only question asked is
 * whether the containers run within the bound; a machine without an engine's socket is not asked at all, which costs no time.
 */
export async function startContainers(wanted: WantedServers): Promise<StartedServers | undefined> {
  if (!hasEngineSocket()) return undefined;
  const kafka = wanted.kafka ? startKafkaContainer() : undefined;
  const redis = wanted.redis ? startRedisContainer() : undefined;
  const both = Promise.allSettled([kafka, redis]);
  const late = new AbortController();
  const results = await Promise.race([both, delay(START_DEADLINE_MS, undefined, { signal: late.signal, ref: false })]);
  late.abort();

  const stop = async () => {
    for (const result of await both) if (result.status === 'fulfilled') await result.value?.stop();
  };
  if (results?.every((result) => result.status === 'fulfilled') === true) {
    return { kafka: (await kafka)?.address, redis: (await redis)?.address, stop };
  }
  // One that comes up after the bound is stopped then; nobody waits for it.
  void stop();
  return undefined;
}

interface RunningContainer {
  readonly address: string;
  readonly stop: () => Promise<unknown>;
}

/** Enough for two images that are already there, and for a pull on a good line; the native servers need 5 s. */
const START_DEADLINE_MS = 60_000;

const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;
/** The same minor version as Debian 12 has, so that no test leans on a newer command. */
const REDIS_IMAGE = 'redis:7.0.15';

function hasEngineSocket(): boolean {
  if (process.env['DOCKER_HOST']) return true;
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker', 'run', 'docker.sock'),
    `/run/user/${process.getuid?.() ?? 0}/docker.sock`,
  ];
  return sockets.some((socket) => existsSync(socket));
}

/**
 * The ready-made KafkaContainer of @testcontainers/kafka works by editing files of Confluent's image, so Apache's own image is
 * started as a plain container. It must advertise the address that the host sees before it is known which port would be
 * mapped; hence a fixed one. The settings are those of the native broker, in the image's form of environment variables.
 */
async function startKafkaContainer(): Promise<RunningContainer> {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  const { host } = (await getContainerRuntimeClient()).info.containerRuntime;
  const [port = 0] = await freePorts(1);
  const properties = kafkaProperties({
    port,
    controllerPort: port + 1,
    logDir: '/tmp/kafka-logs',
    overrides: {
      listeners: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:${port + 1}`,
      'advertised.listeners': `PLAINTEXT://${host}:${port}`,
    },
  });
  const environment = Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      `KAFKA_${key.toUpperCase().replaceAll('.', '_')}`,
      String(value),
    ]),
  );
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withEnvironment(environment)
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  return { address: `${host}:${port}`, stop: () => container.stop() };
}

async function startRedisContainer(): Promise<RunningContainer> {
  const { RedisContainer } = await import('@testcontainers/redis');
  const container = await new RedisContainer(REDIS_IMAGE)
    .withCommand(['redis-server', '--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'])
    .start();
  return { address: `${container.getHost()}:${container.getPort()}`, stop: () => container.stop() };
}
