/**
 * The Kafka topics that processes and subscribers agree on. Names end in the major version of what they carry.
 */
import { systems, type System } from '@landbridge/domain';

export interface TopicContract {
  readonly name: string;
  readonly partitions: number;
  /** Topic settings by Kafka's own names. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Fixed when a topic is created, because a unit's events must stay in one partition; a change is a rebuild into new topics. Eight lets
 * a hub grow to eight consumers per system while a laptop still starts them all.
 */
export const eventTopicPartitions = 8;

/** A record may be this large; the broker's own limit is the same, and one event is limited well below it. */
const recordBytesMax = 2_097_152;

const eventTopicSettings = {
  // Kept for ever: the log is the truth that every figure is rebuilt from.
  'retention.ms': '-1',
  'retention.bytes': '-1',
  'cleanup.policy': 'delete',
  // The broker's clock, so that late events are not old records.
  'message.timestamp.type': 'LogAppendTime',
  // The broker unpacks whatever codec a foreign producer used; kafkajs reads gzip or none by itself.
  'compression.type': 'uncompressed',
  'max.message.bytes': String(recordBytesMax),
} as const;

/** The topic of each event system. */
export const eventTopics = {
  air: 'landbridge.air.v1',
  rail: 'landbridge.rail.v1',
  port: 'landbridge.port.v1',
  cbec: 'landbridge.cbec.v1',
} as const satisfies Record<System, string>;

/** Records that a consumer could not use, each with its reason; kept 90 days for redrive. */
export const deadLetterTopic = 'landbridge.dead-letter.v1';

/**
 * What carriers sent in formats of their own, byte for byte, one record a message; events name it by `data.original.at`. The key is the
 * SHA-256 of the bytes in hex, which also says the partition (`originalPartitionOf`); the time is when the hub received it.
 */
export const originalTopic = 'landbridge.originals.v1';

/** The largest original: the largest message that is taken, whatever limit the hub sets for bodies. */
export const originalBytesMax = 8 * 1_048_576;

/** Header names of an original, all UTF-8 text. The content type is as the sender named it. */
export const originalHeaders = {
  tenant: 'lb-tenant',
  carrier: 'lb-carrier',
  format: 'lb-format',
  contentType: 'content-type',
  /** `true` of what was posted with a key of the sandbox; otherwise it is not there. */
  sandbox: 'lb-sandbox',
} as const;

/** The partition of an original. @param digest SHA-256 of its bytes, hex */
export function originalPartitionOf(digest: string): number {
  return Number.parseInt(digest.slice(0, 4), 16) % eventTopicPartitions;
}

/** The newest state of each API key (hash, owner, source, scopes, limits, end), compacted: the truth that every ingest follows. */
export const carrierKeyTopic = 'landbridge.carrier-keys.v1';

/** Events of sandbox keys, of all systems together: nobody folds them, so they count nowhere. For a carrier's own tests. */
export const sandboxTopic = 'landbridge.sandbox.v1';

/** Every topic, as it is provisioned. */
export const topicContracts: readonly TopicContract[] = [
  ...systems.map((system) => ({
    name: eventTopics[system],
    partitions: eventTopicPartitions,
    settings: eventTopicSettings,
  })),
  {
    name: deadLetterTopic,
    partitions: 1,
    settings: {
      ...eventTopicSettings,
      'retention.ms': String(90 * 86_400_000),
      'max.message.bytes': String(recordBytesMax + 65_536),
    },
  },
  {
    name: originalTopic,
    partitions: eventTopicPartitions,
    settings: { ...eventTopicSettings, 'max.message.bytes': String(originalBytesMax + 65_536) },
  },
  {
    name: sandboxTopic,
    partitions: 1,
    settings: { ...eventTopicSettings, 'retention.ms': String(7 * 86_400_000) },
  },
  {
    name: carrierKeyTopic,
    partitions: 1,
    settings: { 'cleanup.policy': 'compact', 'compression.type': 'uncompressed', 'min.cleanable.dirty.ratio': '0.1' },
  },
];

const systemsByTopic = new Map<string, System>(systems.map((system) => [eventTopics[system], system]));

/** The system whose events a topic carries, or undefined for a topic that carries none. */
export function systemOfTopic(topic: string): System | undefined {
  return systemsByTopic.get(topic);
}

/**
 * Header names of a dead letter. All values are UTF-8 text but the key, which is the original's bytes; the record's value is the original
 * bytes, and its key the original's place `<topic>/<partition>/<offset>`. A letter may stand there several times, always under that key.
 * A record of the same key with the header `redriven`, and no value, says that the original was put back on its topic, and when (RFC 3339):
 * whoever reads letters passes over it and over the letters of its key.
 */
export const deadLetterHeaders = {
  code: 'lb-code',
  detail: 'lb-detail',
  topic: 'lb-topic',
  partition: 'lb-partition',
  offset: 'lb-offset',
  key: 'lb-key',
  redriven: 'lb-redriven',
} as const;
