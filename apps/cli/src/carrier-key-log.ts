/** The log of carrier keys as this tool sees it: read them all, write some. */
import { isDeepStrictEqual } from 'node:util';
import type { KafkaSettings, LaneSettings } from '@landbridge/config';
import { carrierKeyTopic, parseCarrierKey, topicContracts, type CarrierKey } from '@landbridge/contracts';
import { connectKafka, KeyedTable, LogWriter, provisionTopics } from '@landbridge/kafka';
import { createLogger } from '@landbridge/telemetry';

const clientId = 'landbridge-cli';
/** A tool speaks in its own words; what the Kafka client logs is for services. */
const logger = createLogger({ service: clientId, level: 'silent' });

/**
 * Time for the records to be confirmed. Somebody waits at a terminal for what is said once, the secret of a key; so long that a machine
 * with more work than it can do is still in time.
 */
const writeDeadlineMs = 60_000;
const drainMs = 1_000;

export type KeyLogSettings = { readonly kafka: KafkaSettings; readonly lane: LaneSettings };

/**
 * Writes states of keys, in this order and all or none, after making sure that the topic is there. Where no confirmation comes, the log
 * is read: what stands there is written.
 * Throws when Kafka cannot be reached, or the keys do not stand on the log; the message says what is known of them.
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
    if (result.ok) return;
    if (result.problem !== 'log_unavailable')
      throw new Error(`the log did not take the change (${result.problem}): nothing was written`);
  } finally {
    await writer.stop(drainMs);
  }
  const waited = `the log did not confirm the change within ${writeDeadlineMs / 1_000} seconds`;
  const stands = await readCarrierKeys(settings).then(
    (held) => keys.every((key) => held.some((one) => isDeepStrictEqual(one, key))),
    (cause: unknown) => {
      throw new Error(`${waited}, and cannot be read: whether it is written, carriers list will tell`, { cause });
    },
  );
  if (!stands) throw new Error(`${waited}, and does not have it: look at carriers list before you repeat it`);
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
