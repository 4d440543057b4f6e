/** A topic of a test's own on a shared broker: made, written past our own writer, and read back. */
import { randomUUID } from 'node:crypto';
import { connectKafka, provisionTopics, type KafkaSettings } from '@landbridge/kafka';
import kafkajs, { type Kafka, type KafkaMessage } from 'kafkajs';
import { pino } from 'pino';
import { eventually } from '../harness/poll.js';

export const silent = pino({ level: 'silent' });

/** The product's defaults; the guards are tested with the numbers that run in production. */
export function kafkaSettings(broker: string): KafkaSettings & { readonly groupId: string } {
  return {
    brokers: [broker],
    requestTimeoutMs: 5_000,
    sessionTimeoutMs: 6_000,
    heartbeatIntervalMs: 1_500,
    sendDeadlineMs: 8_000,
    fetchWaitMs: 100,
    fetchBytes: 1_048_576,
    groupId: `test-${randomUUID()}`,
  };
}

export interface ReadRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly message: KafkaMessage;
}

export class TestTopic {
  readonly kafka: Kafka;

  private constructor(
    readonly name: string,
    broker: string,
  ) {
    this.kafka = connectKafka(kafkaSettings(broker), 'test', silent);
  }

  static async create(broker: string, partitions: number, settings: Record<string, string> = {}): Promise<TestTopic> {
    const topic = new TestTopic(`test.${randomUUID()}`, broker);
    await provisionTopics(topic.kafka, [{ name: topic.name, partitions, settings }]);
    return topic;
  }

  /** Writes records to one partition, with a plain producer. */
  async put(partition: number, records: readonly { key: string; value: string | null }[]): Promise<void> {
    const producer = this.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({ topic: this.name, messages: records.map((record) => ({ ...record, partition })) });
    await producer.disconnect();
  }

  /**
   * Writes records to one partition in a transaction of their own. Behind them stands a control record, also where they are taken back; the
   * broker writes it a moment after it has answered, so it is waited for.
   */
  async putTransaction(partition: number, count: number, end: 'commit' | 'abort'): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    const stableEnd = async () =>
      (await admin.fetchTopicOffsets(this.name)).reduce((sum, { high }) => sum + Number(high), 0);
    const before = await stableEnd();
    const producer = this.kafka.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      transactionalId: `test-${randomUUID()}`,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    const messages = Array.from({ length: count }, (_, at) => ({ key: 'k', value: `${end} ${at}`, partition }));
    await transaction.send({ topic: this.name, messages });
    await transaction[end]();
    await producer.disconnect();
    await eventually(async () => (await stableEnd()) === before + count + 1, {
      deadlineMs: 30_000,
      what: `the ${end} to stand in the log`,
    });
    await admin.disconnect();
  }

  /** Removes the records of a partition below an offset, as retention does. */
  async deleteBelow(partition: number, offset: number): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    // kafkajs needs the topic's metadata for the deletion and does not fetch it there.
    await admin.fetchTopicOffsets(this.name);
    await admin.deleteTopicRecords({ topic: this.name, partitions: [{ partition, offset: String(offset) }] });
    await admin.disconnect();
  }

  /** All records that the topic holds now, by partition and offset. */
  async readAll(): Promise<ReadRecord[]> {
    const admin = this.kafka.admin();
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(this.name);
    await admin.disconnect();
    const wanted = ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
    const records: ReadRecord[] = [];
    const consumer = this.kafka.consumer({ groupId: `read-${randomUUID()}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topic: this.name, fromBeginning: true });
    await consumer.run({
      eachBatch: async ({ batch: { partition, messages } }) => {
        for (const message of messages) {
          const key = message.key?.toString() ?? '';
          records.push({ partition, offset: BigInt(message.offset), key, message });
        }
      },
    });
    await eventually(() => records.length >= wanted, { deadlineMs: 20_000, what: `${wanted} records to be read` });
    await consumer.disconnect();
    return records.toSorted((a, b) => a.partition - b.partition || Number(a.offset - b.offset));
  }
}
