/**
 * Connections to Redis, with the two ways of failing that our processes need.
 *
 * `wait`: a command waits while Redis is away, so a partition pauses and nothing is skipped; for consumers.
 * `fail-fast`: a command fails within two seconds, so a reader answers 503 instead of hanging.
 * In both a socket that has gone silent under a waiting command is closed and made again, because a black-holed connection never
 * resets by itself. After a reconnect ioredis sends unanswered commands again, so no command of ours may be unsafe to repeat.
 */
import { redisAddress } from '@landbridge/config';
import { Redis, type Cluster } from 'ioredis';
import { connectCluster } from './cluster-connection.js';

/** One server or a cluster. A command's keys, a script's too, must share their hash tag; two commands need not. */
export type RedisConnection = Redis | Cluster;

/** What the connection tells its owner; a pino logger fits. */
export interface RedisLog {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

export type RedisMode = 'wait' | 'fail-fast';

/** A socket without an answer for this long is taken for dead. */
const silentSocketMs = 5_000;
const commandTimeoutMs = 2_000;
/** The longest pause between attempts to connect. */
const reconnectMaxMs = 1_000;

const socketOptions = { protocol: 2, connectTimeout: 3_000, socketTimeout: silentSocketMs, keepAlive: 10_000 } as const;

/**
 * Connects in the background: the client is given back at once, and commands wait or fail by the mode.
 * The owner ends it with `disconnect()`. Throws for a URL that the configuration would refuse.
 */
export function connectRedis({ url }: { readonly url: string }, mode: RedisMode, log: RedisLog): RedisConnection {
  const address = redisAddress(url);
  if (address === undefined) throw new Error('not the address of a Redis or of a Redis Cluster');
  return address.kind === 'single'
    ? connectServer(address.url, mode, log)
    : connectCluster(address, mode, { socketOptions, commandTimeoutMs, reconnectMs }, log);
}

function connectServer(url: string, mode: RedisMode, log: RedisLog): Redis {
  const redis = new Redis(url, {
    ...socketOptions,
    retryStrategy: reconnectMs,
    ...(mode === 'wait'
      ? { maxRetriesPerRequest: null, autoResendUnfulfilledCommands: true }
      : { maxRetriesPerRequest: 1, commandTimeout: commandTimeoutMs }),
  });
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) log.warn({ err: error }, 'redis is not reachable, trying again');
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.info({}, 'redis is reachable again');
    down = false;
  });
  return redis;
}

function reconnectMs(attempt: number): number {
  return Math.min(reconnectMaxMs, 50 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2);
}
