/** The log of carrier keys as this tool sees it: read them all, write some. */
import type { KafkaSettings, LaneSettings } from '@landbridge/config';
import { carrierKeyTopic, parseCarrierKey, topicContracts, type CarrierKey } from '@landbridge/contracts';
import { connectKafka, KeyedTable, LogWriter, provisionTopics } from '@landbridge/kafka';
import { createLogger } from '@landbridge/telemetry';

const clientId = 'landbridge-cli';
/** A tool speaks in its own words; what the Kafka client logs is for services. */
const logger = createLogger({ service: clientId, level: 'silent' });

/** Time for the records to be confirmed. */
const writeDeadlineMs = 10_000;
const drainMs = 1_000;

export type KeyLogSettings = { readonly kafka: KafkaSettings; readonly lane: LaneSettings };

/**
 * Writes states of keys, in this order and all or none, after making sure that the topic is there.
 * Throws when Kafka cannot be reached or does not confirm.
 */
export async function writeCarrierKeys(
  { kafka: settings, lane }: KeyLogSettings,
  ...keys: readonly CarrierKey[]
): Promise<void> {
  await provisionKeyTopic(settings);
  const writer = new LogWriter({ settings, lane, clientId, logger });
  await writer.start();
  try {
    const records = keys.map((key) => ({ topic: carrierKeyTopic, key: key.keyHash, value: JSON.stringify(key) }));
    const result = await writer.write(records, writeDeadlineMs);
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
