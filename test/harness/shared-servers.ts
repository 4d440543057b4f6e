import { allPrograms, archiveClasses, ensureInstalled } from '@landbridge/native';
import { join } from 'node:path';
import { startContainers } from './container-servers.js';
import { formattedVariable, startOwnKafka, startOwnRedis } from './servers.js';

/**
 * One Kafka and one Redis for all system tests, whose addresses the test files read with `sharedKafka()` and `sharedRedis()`.
 *
 * In this order: addresses that the environment already gives are taken as they are; containers, where one really starts;
 * else the native servers in a temporary folder. Test files keep apart by topics and key prefixes of their own. A test that
 * stops or kills a server starts its own (`servers.ts`).
 */
export async function startSharedServers(): Promise<void> {
  const wanted = { kafka: !process.env[KAFKA_VARIABLE], redis: !process.env[REDIS_VARIABLE] };
  if (!wanted.kafka && !wanted.redis) return;

  const started = (await startContainers(wanted)) ?? (await startNative(wanted));
  stopStarted = started.stop;
  // Jest forks its workers after this, so they inherit the variables.
  if (started.kafka !== undefined) process.env[KAFKA_VARIABLE] = started.kafka;
  if (started.redis !== undefined) process.env[REDIS_VARIABLE] = started.redis;
}

/** Stops what `startSharedServers` started in this process and removes its data. */
export async function stopSharedServers(): Promise<void> {
  await stopStarted?.();
  stopStarted = undefined;
}

/** `host:port` of the Kafka that all system tests share. */
export function sharedKafka(): string {
  return required(KAFKA_VARIABLE);
}

/** `host:port` of the Redis that all system tests share. */
export function sharedRedis(): string {
  return required(REDIS_VARIABLE);
}

export interface WantedServers {
  readonly kafka: boolean;
  readonly redis: boolean;
}

/** Addresses as `host:port`; undefined for a server that was not wanted. */
export interface StartedServers {
  readonly kafka: string | undefined;
  readonly redis: string | undefined;
  readonly stop: () => Promise<void>;
}

const KAFKA_VARIABLE = 'LANDBRIDGE_TEST_KAFKA';
const REDIS_VARIABLE = 'LANDBRIDGE_TEST_REDIS';

/** Set in Jest's own process, where setup and teardown share this module. */
let stopStarted: (() => Promise<void>) | undefined;

async function startNative(wanted: WantedServers): Promise<StartedServers> {
  // All of them, also those that only some test files start: a missing one is told once, here.
  await ensureInstalled(allPrograms, console.log);
  // The suites start some twenty brokers.
  await archiveClasses(console.log);
  const [kafka, redis] = await Promise.all([
    wanted.kafka ? startOwnKafka() : undefined,
    wanted.redis ? startOwnRedis() : undefined,
  ]);
  if (kafka) process.env[formattedVariable] = join(kafka.dataDir, 'log');
  return {
    kafka: kafka?.address,
    redis: redis?.address,
    stop: async () => {
      await redis?.dispose();
      await kafka?.dispose();
    },
  };
}

function required(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set: run the test through Jest's project "system"`);
  return value;
}
