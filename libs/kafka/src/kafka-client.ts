/**
 * How every process of ours talks to Kafka: kafkajs with nothing left to its defaults.
 *
 * kafkajs picks other retries when NODE_ENV is `test`, connects within one second or fails, and keeps a dead socket for ever: a request
 * that times out is sent again on the same silent connection. So each client made here keeps a list of its own sockets: they can be
 * cut (the client reconnects) or the whole client can be destroyed (nothing it still holds can reach the broker any more).
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import kafkajs, { type Consumer, type ISocketFactory, type Kafka, type RetryOptions } from 'kafkajs';
import type { Logger } from 'pino';
import { registerCodecs } from './codecs.js';
import { useFastFetchAnswers } from './fetch-answer.js';
import { kafkajsLogCreator } from './kafkajs-noise.js';
import { useFastProduceRequests } from './produce-request.js';
import { useRoomBeforeRequests } from './request-head.js';
import { useRestingConnections } from './resting-connections.js';

export interface KafkaSettings {
  /** `host:port` of any broker; the others are found through it. */
  readonly brokers: readonly string[];
  readonly requestTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** How long a fetch waits for new records: the delay of an idle consumer at most. */
  readonly fetchWaitMs: number;
  /** Bytes of one partition in one fetch; a larger record still comes, alone. */
  readonly fetchBytes: number;
  /** A send without an answer for this long gets a new producer. */
  readonly sendDeadlineMs: number;
}

export interface OpenedKafka {
  readonly kafka: Kafka;
  readonly isDestroyed: boolean;
  /** Resets all connections; the client makes new ones as it needs them. */
  cutConnections(reason: string): void;
  /** Resets all connections and refuses new ones, so that no retry inside kafkajs can send an old batch later. */
  destroy(): void;
}

export interface OpenKafkaOptions {
  /** Called when kafkajs found the position outside of the log, before it moves the position to the log's start. */
  readonly onOffsetOutOfRange?: (topic: string, partition: number) => void;
  /** Called when kafkajs opens a connection, before it is known whether anybody answers. */
  readonly onConnecting?: () => void;
}

/** A loaded machine answers a connect within a second; kafkajs' own limit of one second is below that. */
const connectionTimeoutMs = 3_000;
const keepAliveMs = 10_000;

/**
 * Eight tries take about 5.5 s: a broker that restarts is met again, and a consumer that cannot reach any broker tells so through a CRASH
 * event well inside the watchdog's patience. At most a second between tries, because a broker is usually back at once.
 */
const clientRetry: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  multiplier: 2,
  factor: 0.2,
  retries: 8,
};

/** All partitions of one fetch together; kafkajs holds the answer in memory before the first record is handled. */
const fetchBytesMax = 10_485_760;

/** Connects lazily: nothing is sent before a producer, consumer or admin of it connects. Its log lines go to `logger`. */
export function connectKafka(settings: KafkaSettings, clientId: string, logger: Logger): Kafka {
  return openKafka(settings, clientId, logger).kafka;
}

/** Like `connectKafka`, with a hold on the sockets. One producer or one consumer per opened client. */
export function openKafka(
  settings: KafkaSettings,
  clientId: string,
  logger: Logger,
  options: OpenKafkaOptions = {},
): OpenedKafka {
  registerCodecs();
  useFastFetchAnswers();
  useFastProduceRequests();
  useRoomBeforeRequests();
  useRestingConnections();
  // Bounded by kafkajs: one socket per broker and one for the first contact.
  const sockets = new Set<Socket>();
  let destroyed = false;

  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (destroyed) throw new Error('this Kafka client was destroyed');
    options.onConnecting?.();
    const socket = ssl
      ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    socket.setKeepAlive(true, keepAliveMs);
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const cutConnections = (reason: string) => {
    // With an error, because kafkajs learns nothing from a plain destroy and would wait for its request timeouts.
    for (const socket of sockets) socket.destroy(new Error(reason));
    sockets.clear();
  };
  const kafka = new kafkajs.Kafka({
    // An empty list is the one fault that kafkajs does not retry: the retries of a destroyed client end at once.
    brokers: () => (destroyed ? [] : [...settings.brokers]),
    clientId,
    connectionTimeout: connectionTimeoutMs,
    authenticationTimeout: settings.requestTimeoutMs,
    requestTimeout: settings.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: clientRetry,
    socketFactory,
    logLevel: kafkajs.logLevel.INFO,
    logCreator: kafkajsLogCreator(logger, () => destroyed, options.onOffsetOutOfRange),
  });
  return {
    kafka,
    get isDestroyed() {
      return destroyed;
    },
    cutConnections,
    destroy: () => {
      destroyed = true;
      cutConnections('this Kafka client was destroyed');
    },
  };
}

/** A consumer with the settings that all of ours share. It restarts itself after a fault that may pass, until its client is destroyed. */
export function openConsumer(client: OpenedKafka, settings: KafkaSettings, groupId: string): Consumer {
  return client.kafka.consumer({
    groupId,
    sessionTimeout: settings.sessionTimeoutMs,
    // A member that does not come to the new assignment within a session is left out; kafkajs would wait for it for a minute,
    // silently, and the watchdog could not tell that from a dead connection.
    rebalanceTimeout: settings.sessionTimeoutMs,
    heartbeatInterval: settings.heartbeatIntervalMs,
    maxWaitTimeInMs: settings.fetchWaitMs,
    maxBytesPerPartition: settings.fetchBytes,
    minBytes: 1,
    maxBytes: fetchBytesMax,
    allowAutoTopicCreation: false,
    retry: { ...clientRetry, restartOnFailure: async () => !client.isDestroyed },
  });
}
