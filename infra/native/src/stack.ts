import { join } from 'node:path';
import type { NativeServer } from './child-server.js';
import { startKafka, type KafkaOptions } from './kafka-server.js';
import { startPrometheus, type PrometheusOptions } from './prometheus-server.js';
import { startRedis, type RedisOptions } from './redis-server.js';

/** The ports of the public contract. */
export const defaultPorts = { kafka: 9092, redis: 6379, prometheus: 9090 } as const;

export interface StackOptions {
  /** Each server gets a folder of its own in it: kafka, redis, prometheus. */
  readonly dataDir: string;
  readonly ports?: { readonly kafka?: number; readonly redis?: number; readonly prometheus?: number };
  readonly kafka?: Omit<KafkaOptions, 'dataDir' | 'port' | 'report'>;
  readonly redis?: Omit<RedisOptions, 'dataDir' | 'port'>;
  /** Prometheus runs only when it is told what to scrape. */
  readonly prometheus?: Omit<PrometheusOptions, 'dataDir' | 'port'>;
  readonly report?: (line: string) => void;
}

export interface Stack {
  readonly kafka: NativeServer;
  readonly redis: NativeServer;
  readonly prometheus: NativeServer | undefined;
  /** Stops the observer first and the log, from which everything else heals, last. */
  stop(): Promise<void>;
}

/**
 * Starts the servers of one data folder in parallel and returns when all are ready.
 *
 * When one cannot start, the others are stopped and its ServerStartError is thrown: never half a stack.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, ports = {}, report = () => undefined } = options;
  const place = (name: keyof typeof defaultPorts) => ({
    dataDir: join(dataDir, name),
    port: ports[name] ?? defaultPorts[name],
  });
  const [kafka, redis, prometheus] = await Promise.allSettled([
    startKafka({ ...options.kafka, ...place('kafka'), report }),
    startRedis({ ...options.redis, ...place('redis') }),
    options.prometheus && startPrometheus({ ...options.prometheus, ...place('prometheus') }),
  ]);
  if (kafka.status === 'fulfilled' && redis.status === 'fulfilled' && prometheus.status === 'fulfilled') {
    const stack = { kafka: kafka.value, redis: redis.value, prometheus: prometheus.value };
    return { ...stack, stop: () => stopInOrder([stack.prometheus, stack.redis, stack.kafka]) };
  }
  const results = [prometheus, redis, kafka];
  await stopInOrder(results.map((result) => (result.status === 'fulfilled' ? result.value : undefined)));
  throw results.find((result) => result.status === 'rejected')?.reason;
}

async function stopInOrder(servers: readonly (NativeServer | undefined)[]): Promise<void> {
  for (const server of servers) await server?.stop();
}
