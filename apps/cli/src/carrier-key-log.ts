/**
 * The log of carrier keys as this tool sees it: make a key, read them all, write one.
 *
 * The secret is shown once and kept nowhere but where the caller puts it: the log holds its hash.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { KafkaSettings, LaneSettings } from '@landbridge/config';
import { carrierKeyTopic, parseCarrierKey, topicContracts, type CarrierKey } from '@landbridge/contracts';
import { connectKafka, KeyedTable, LogWriter, provisionTopics } from '@landbridge/kafka';
import { createLogger } from '@landbridge/telemetry';

const clientId = 'landbridge-cli';
/** A tool speaks in its own words; what the Kafka client logs is for services. */
const logger = createLogger({ service: clientId, level: 'silent' });

/** Time for one record to be confirmed. */
const writeDeadlineMs = 10_000;
const drainMs = 1_000;
const hintCharacters = 10;

/** The scheme of our keys, and 256 random bits: 43 characters in URL-safe base 64. */
export function newSecret(): string {
  return `lbk_${randomBytes(32).toString('base64url')}`;
}

/** What the log says of a new key. @param now RFC 3339 */
export function carrierKeyOf(
  secret: string,
  owner: Pick<CarrierKey, 'tenant' | 'carrier' | 'source'>,
  now: string,
): CarrierKey {
  return {
    keyHash: createHash('sha256').update(secret).digest('hex'),
    hint: secret.slice(0, hintCharacters),
    tenant: owner.tenant,
    carrier: owner.carrier,
    source: owner.source,
    createdAt: now,
  };
}

export type KeyLogSettings = { readonly kafka: KafkaSettings; readonly lane: LaneSettings };

/** Writes a key's state, after making sure that the topic is there. Throws when Kafka cannot be reached or does not confirm. */
export async function writeCarrierKey({ kafka: settings, lane }: KeyLogSettings, key: CarrierKey): Promise<void> {
  await provisionKeyTopic(settings);
  const writer = new LogWriter({ settings, lane, clientId, logger });
  await writer.start();
  try {
    const record = { topic: carrierKeyTopic, key: key.keyHash, value: JSON.stringify(key) };
    const result = await writer.write([record], writeDeadlineMs);
    if (!result.ok) throw new Error(`the log did not take the key: ${result.problem}`);
  } finally {
    await writer.stop(drainMs);
  }
}

/** The newest state of every key, oldest key first. Throws when Kafka cannot be reached. */
export async function readCarrierKeys(settings: KafkaSettings): Promise<CarrierKey[]> {
  await provisionKeyTopic(settings);
  const keys = new Map<string, CarrierKey>();
  const table = new KeyedTable({
    settings,
    clientId,
    logger,
    topic: carrierKeyTopic,
    groupIdPrefix: clientId,
    onEntry: (keyHash, value) => {
      const key = value === null ? undefined : parseCarrierKey(value);
      if (key) keys.set(keyHash, key);
      else keys.delete(keyHash);
    },
  });
  try {
    await table.start();
  } finally {
    await table.stop();
  }
  return [...keys.values()].toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

async function provisionKeyTopic(settings: KafkaSettings): Promise<void> {
  const contracts = topicContracts.filter(({ name }) => name === carrierKeyTopic);
  await provisionTopics(connectKafka(settings, clientId, logger), contracts);
}

/** The Kafka client for what else the tool does: topics, checks. */
export function toolKafka(settings: KafkaSettings): ReturnType<typeof connectKafka> {
  return connectKafka(settings, clientId, logger);
}
