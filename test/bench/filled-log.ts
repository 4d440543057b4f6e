/**
 * A log that is full before anything is measured: the events of a benchmark on the air topic of a Kafka of its own.
 */
import { eventTopics, topicContracts } from '@landbridge/contracts';
import { connectKafka, LogWriter, provisionTopics } from '@landbridge/kafka';
import { createLogger } from '@landbridge/telemetry';
import { benchEvents, type BenchShape, type BenchTotals } from './bench-events.js';

export const benchTopic = eventTopics.air;
const logger = createLogger({ service: 'bench', level: 'error' });
const fillBatch = 1_000;
const writeDeadlineMs = 600_000;

/** Writes `count` records and gives what they must add up to. */
export async function fillLog(broker: string, shape: BenchShape, count: number): Promise<BenchTotals> {
  const settings = kafkaSettings(broker);
  await provisionTopics(connectKafka(settings, 'bench', logger), topicContracts);
  const lane = {
    eventsMax: 100_000,
    bytesMax: 256 * 2 ** 20,
    lingerMs: 1,
    batchEvents: fillBatch,
    batchBytes: 2 ** 20,
  };
  const writer = new LogWriter({ settings, lane, clientId: 'bench', logger });
  await writer.start();
  const totals: BenchTotals = { events: 0, grams: 0 };
  let batch: { topic: string; key: string; value: string }[] = [];
  const flush = async () => {
    const result = await writer.write(batch, writeDeadlineMs);
    if (!result.ok) throw new Error(`the log was not filled: ${result.problem}`);
    batch = [];
  };
  for (const event of benchEvents(shape, count, totals)) {
    batch.push({ topic: benchTopic, ...event });
    if (batch.length === fillBatch) await flush();
  }
  await flush();
  await writer.stop(10_000);
  return totals;
}

function kafkaSettings(broker: string) {
  return {
    brokers: [broker],
    requestTimeoutMs: 10_000,
    sessionTimeoutMs: 10_000,
    heartbeatIntervalMs: 3_000,
    fetchWaitMs: 100,
    fetchBytes: 1_048_576,
    sendDeadlineMs: 20_000,
  };
}
