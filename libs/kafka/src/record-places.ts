/**
 * Where a confirmed batch stands in the log. Kafka's answer names one offset a partition, that of the first record which the batch had for
 * it; the others follow in the order of the batch. So the place of a record is known where its partition was ours to say.
 */
import type { RecordMetadata, TopicMessages } from 'kafkajs';
import type { LogRecord, RecordPlace } from './lane.js';

/**
 * The places of the records that name their partition; undefined, at no cost, where none does. A record for whose partition the log named
 * no offset is left out. A topic's records either all name their partition or none does, so the first one tells; never throws.
 */
export function placesOf(
  sent: readonly TopicMessages[],
  answer: readonly RecordMetadata[],
): ReadonlyMap<LogRecord, RecordPlace> | undefined {
  let places: Map<LogRecord, RecordPlace> | undefined;
  for (const { topic, messages } of sent) {
    if (messages[0]?.partition === undefined) continue;
    const next = new Map<number, bigint>();
    for (const { topicName, partition, baseOffset } of answer)
      if (topicName === topic && baseOffset !== undefined && baseOffset !== '-1')
        next.set(partition, BigInt(baseOffset));
    for (const message of messages) {
      const { partition } = message;
      const offset = partition === undefined ? undefined : next.get(partition);
      if (partition === undefined || offset === undefined) continue;
      next.set(partition, offset + 1n);
      places ??= new Map();
      places.set(message as LogRecord, { partition, offset });
    }
  }
  return places;
}
