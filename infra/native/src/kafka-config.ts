import { LOOPBACK } from './loopback.js';

/** Broker settings that a test or a tuned start puts in place of ours, by their Kafka names. */
export type KafkaProperties = Readonly<Record<string, string | number | boolean>>;

export interface KafkaSettings {
  readonly port: number;
  readonly controllerPort: number;
  /** Absolute folder of the partitions' logs. */
  readonly logDir: string;
  readonly overrides?: KafkaProperties;
}

/** A poison record of 1 MB with its headers, and a full produce batch, pass; kafkajs splits nothing by itself. */
const MESSAGE_BYTES_MAX = 2 * 1024 * 1024;

/** Internal topics have 50 partitions by default: 150 folders and open files that one node has no use for. */
const INTERNAL_PARTITIONS = 8;

/** The heap would otherwise lose 128 MiB to a buffer sized for brokers with thousands of compacted partitions. */
const CLEANER_BUFFER_BYTES = 16 * 1024 * 1024;

/**
 * The properties of a single KRaft node on loopback, our own first and then the overrides.
 *
 * Topics keep everything (`log.retention.ms=-1`): Redis is a view of this log and heals from it. The record's timestamp is the
 * broker's, so that nothing that looks at retention ever judges a late event by the time at which it happened.
 */
export function kafkaProperties(settings: KafkaSettings): KafkaProperties {
  const { port, controllerPort, logDir, overrides = {} } = settings;
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${LOOPBACK}:${controllerPort}`,
    listeners: `PLAINTEXT://${LOOPBACK}:${port},CONTROLLER://${LOOPBACK}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${LOOPBACK}:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDir,

    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'message.max.bytes': MESSAGE_BYTES_MAX,
    'replica.fetch.max.bytes': MESSAGE_BYTES_MAX,
    'log.message.timestamp.type': 'LogAppendTime',
    'log.retention.ms': -1,
    'log.retention.bytes': -1,
    'log.cleaner.dedupe.buffer.size': CLEANER_BUFFER_BYTES,

    'offsets.topic.num.partitions': INTERNAL_PARTITIONS,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': INTERNAL_PARTITIONS,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': INTERNAL_PARTITIONS,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Production waits 3 s for more members before the first assignment; here all members are known.
    'group.initial.rebalance.delay.ms': 0,

    // After SIGKILL the controller refuses the returning broker until its old session has run out: 12 s to start with the
    // default of 9 s, 5 to 6 s with these. Shorter would fence a broker that only waits for a processor.
    'broker.session.timeout.ms': 4_000,
    'broker.heartbeat.interval.ms': 500,

    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 4,
    ...overrides,
  };
}

/** A Java properties file. Backslashes and line breaks would be read as escapes, so they are escaped. */
export function renderProperties(properties: KafkaProperties): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
}

/** Errors to the console, whose last lines are quoted when the start fails; all from INFO on to a file that rolls. */
export function renderLog4j(logFile: string): string {
  return renderProperties({
    status: 'error',
    'appender.file.type': 'RollingFile',
    'appender.file.name': 'FILE',
    'appender.file.fileName': logFile,
    'appender.file.filePattern': `${logFile}.%i`,
    'appender.file.layout.type': 'PatternLayout',
    'appender.file.layout.pattern': '%d{yyyy-MM-dd HH:mm:ss.SSSXXX} %p %c{1}: %m%n',
    'appender.file.policies.type': 'Policies',
    'appender.file.policies.size.type': 'SizeBasedTriggeringPolicy',
    'appender.file.policies.size.size': '8MB',
    'appender.file.strategy.type': 'DefaultRolloverStrategy',
    'appender.file.strategy.max': 3,
    'appender.console.type': 'Console',
    'appender.console.name': 'CONSOLE',
    'appender.console.layout.type': 'PatternLayout',
    'appender.console.layout.pattern': '%p %m%n',
    'rootLogger.level': 'info',
    'rootLogger.appenderRef.file.ref': 'FILE',
    'rootLogger.appenderRef.console.ref': 'CONSOLE',
    'rootLogger.appenderRef.console.level': 'error',
  });
}
