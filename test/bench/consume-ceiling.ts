/**
 * The client's ceiling: kafkajs `eachBatch` and `JSON.parse`, nothing else. A program of its own, so that its memory is its own.
 * Prints one JSON line: records and seconds from the first batch to the last.
 */
import kafkajs from 'kafkajs';

const [broker, topic, expected] = process.argv.slice(2) as [string, string, string];
const kafka = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `ceiling-${process.pid}`, maxWaitTimeInMs: 100 });
let records = 0;
let parsed = 0;
let began = 0;
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 4,
  eachBatch: async ({ batch }) => {
    began ||= performance.now();
    for (const { value } of batch.messages) {
      const event = JSON.parse(value!.toString()) as { id?: string };
      if (event.id) parsed++;
    }
    records += batch.messages.length;
    if (records < Number(expected)) return;
    const seconds = (performance.now() - began) / 1_000;
    process.stdout.write(
      `${JSON.stringify({ records: parsed, seconds, rssMiB: process.memoryUsage.rss() / 2 ** 20 })}\n`,
    );
    process.exit(0);
  },
});
