/** Ranges of partitions, read from a real broker: complete, exact at both ends, and told when that is not possible. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LogGapError, LogReader, type LogRange, type RangeBatch } from '@landbridge/kafka';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { kafkaSettings, silent, TestTopic } from './kafka-topic.js';

const recordsEach = 3_000;
const caseMs = 60_000;
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('LogReader', () => {
  let topic: TestTopic;
  let reader: LogReader;

  beforeAll(async () => {
    topic = await TestTopic.create(sharedKafka(), 3);
    // Large enough for several fetches, in sends that the broker takes.
    for (const partition of [0, 1, 2])
      for (let from = 0; from < recordsEach; from += 500)
        await topic.put(
          partition,
          numbers(from, from + 500).map((i) => ({ key: `${i}`, value: `${i} ${'x'.repeat(1_000)}` })),
        );
    reader = openReader();
    await reader.start();
  }, caseMs);
  afterAll(() => reader?.stop());

  function openReader(): LogReader {
    const settings = kafkaSettings(sharedKafka());
    return new LogReader({
      settings,
      clientId: 'test',
      logger: silent,
      topics: [topic.name],
      groupIdPrefix: 'test-reader',
    });
  }

  const range = (partition: number, from: number, to: number): LogRange => ({
    topic: topic.name,
    partition,
    from: BigInt(from),
    to: BigInt(to),
  });

  /** The offsets that a range hands over, in order. */
  async function offsetsOf(wanted: LogRange): Promise<number[]> {
    const offsets: number[] = [];
    await reader.read(wanted, async ({ records, partition }) => {
      expect(partition).toBe(wanted.partition);
      offsets.push(...records.map(({ offset }) => Number(offset)));
    });
    return offsets;
  }

  it('tells what the log holds', async () => {
    expect(await reader.extents(topic.name)).toEqual(
      [0, 1, 2].map((partition) => ({ topic: topic.name, partition, start: 0n, end: BigInt(recordsEach) })),
    );
  });

  it(
    'hands over exactly the range, of several partitions at once, and again',
    async () => {
      const ranges = [range(0, 0, recordsEach), range(1, 17, 2_018), range(2, 2_999, 3_000)];
      expect(await Promise.all(ranges.map(offsetsOf))).toEqual([
        numbers(0, recordsEach),
        numbers(17, 2_018),
        numbers(2_999, 3_000),
      ]);
      expect(await offsetsOf(range(1, 5, 10))).toEqual(numbers(5, 10));
      expect(await offsetsOf(range(1, 5, 5))).toEqual([]);
    },
    caseMs,
  );

  it(
    'goes to where its handler seeks',
    async () => {
      const offsets: number[] = [];
      let first = true;
      await reader.read(range(0, 0, 40), async (batch: RangeBatch) => {
        if (first) batch.seek(30n);
        else offsets.push(...batch.records.map(({ offset }) => Number(offset)));
        expect(batch.isStale()).toBe(first);
        first = false;
      });
      expect(offsets).toEqual(numbers(30, 40));
    },
    caseMs,
  );

  it(
    'ends a range with what its handler threw, and the others go on',
    async () => {
      const broken = reader.read(range(0, 0, recordsEach), () => Promise.reject(new Error('the handler is broken')));
      const fine = offsetsOf(range(1, 0, recordsEach));
      await expect(broken).rejects.toThrow('the handler is broken');
      expect(await fine).toHaveLength(recordsEach);
      expect(await offsetsOf(range(0, 0, 3))).toEqual([0, 1, 2]);
    },
    caseMs,
  );

  it(
    'reads one range of a partition at a time',
    async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const first = reader.read(range(2, 0, 10), () => promise);
      await expect(reader.read(range(2, 0, 10), async () => undefined)).rejects.toThrow('is being read already');
      resolve();
      await first;
    },
    caseMs,
  );

  it(
    'ends what is open when it is stopped, and leaves no group behind',
    async () => {
      const second = openReader();
      await second.start();
      const open = second.read(range(0, 0, recordsEach + 1_000), async () => undefined);
      const ended = expect(open).rejects.toThrow('was stopped');
      await second.stop();
      await ended;
      await expect(second.read(range(1, 0, 1), async () => undefined)).rejects.toThrow('was stopped');
      const admin = topic.kafka.admin();
      await admin.connect();
      await eventually(
        async () => {
          const { groups } = await admin.listGroups();
          // The reader of the other cases has the only one that is left.
          expect(groups.filter(({ groupId }) => groupId.startsWith('test-reader-'))).toHaveLength(1);
        },
        { deadlineMs: 30_000, what: 'the group to be gone' },
      );
      await admin.disconnect();
    },
    caseMs,
  );

  it(
    'ends a range at control records and at what was taken back',
    async () => {
      await topic.putTransaction(0, 2, 'commit');
      await topic.putTransaction(0, 1, 'abort');
      const end = (await reader.extents(topic.name))[0]!.end;
      expect(end).toBe(BigInt(recordsEach + 5));
      expect(await offsetsOf(range(0, recordsEach - 1, recordsEach + 5))).toEqual(
        numbers(recordsEach - 1, recordsEach + 2),
      );
      expect(await offsetsOf(range(0, recordsEach + 2, recordsEach + 3))).toEqual([]);
    },
    caseMs,
  );

  it(
    'says so when the log does not hold the range any more, and reads the rest of the partition',
    async () => {
      await topic.deleteBelow(2, 100);
      await expect(offsetsOf(range(2, 50, 200))).rejects.toThrow(LogGapError);
      expect(await offsetsOf(range(2, 100, 103))).toEqual([100, 101, 102]);
      expect(await offsetsOf(range(1, 0, 3))).toEqual([0, 1, 2]);
    },
    caseMs,
  );
});
