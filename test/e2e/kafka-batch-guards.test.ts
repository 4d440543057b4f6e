/** Guards of `BatchServer` that show only when kafkajs does what it should not, or when the group moves in the middle of a batch. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { PartitionBatch } from '@landbridge/kafka';
import type { Consumer } from 'kafkajs';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { kafkaSettings, TestTopic } from './kafka-topic.js';
import { closeAll, numbered, places, serverFor, soon } from './recorded-batches.js';

afterEach(closeAll);

describe('BatchServer', () => {
  test('stops a partition whose fetches begin elsewhere without a word of kafkajs', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    await Promise.all([topic.put(0, numbered(3)), topic.put(1, numbered(1))]);
    const { server, seen } = await serverFor(topic, () => undefined);
    await eventually(() => seen.offsets.length === 4, { ...soon, what: 'the first records' });
    // Past our own `seek`: from here on kafkajs believes in a place that nobody asked for.
    server.unwrap<Consumer>().seek({ topic: topic.name, partition: 0, offset: '1' });
    await eventually(() => seen.gaps.length > 0, { ...soon, what: 'the gap' });
    await Promise.all([topic.put(0, numbered(1)), topic.put(1, numbered(1))]);
    await eventually(() => seen.offsets.includes('1/1'), { ...soon, what: 'partition 1 to go on' });
    expect(seen.gaps).toMatchObject([{ topic: topic.name, partition: 0, wanted: 3n, found: 1n }]);
    expect(seen.offsets.toSorted()).toEqual([...places(0, 0, 3), ...places(1, 0, 2)]);
  }, 60_000);

  test('tells a handler in the middle of a batch that the partitions are being given away', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    await topic.put(0, numbered(1));
    const settings = kafkaSettings(sharedKafka());
    const working = Promise.withResolvers<PartitionBatch>();
    const told = Promise.withResolvers<void>();
    const handler = async (batch: PartitionBatch) => {
      working.resolve(batch);
      if (batch !== (await working.promise)) return;
      await eventually(() => batch.isStale(), { ...soon, what: 'the batch to be stale' });
      told.resolve();
    };
    const first = await serverFor(topic, handler, { settings });
    const batch = await working.promise;
    expect(batch.isStale()).toBe(false);
    const second = await serverFor(topic, () => undefined, { settings });
    await eventually(() => second.seen.joins.length > 0, { ...soon, what: 'the second to join' });
    await told.promise;
    await eventually(() => new Set([first, second].flatMap(({ seen }) => seen.joins.at(-1)!)).size === 2, {
      ...soon,
      what: 'both partitions to be assigned',
    });
  }, 90_000);

  test('takes no more of a partition in one fetch than its settings say, where records are smaller than that', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    const value = 'x'.repeat(5_000);
    for (let batch = 0; batch < 6; batch++) await topic.put(0, [{ key: 'k', value }]);
    const counts: number[] = [];
    const settings = { ...kafkaSettings(sharedKafka()), fetchBytes: 12_000 };
    const { seen } = await serverFor(topic, ({ records }) => void counts.push(records.length), { settings });
    await eventually(() => seen.offsets.length === 6, { ...soon, what: 'all records' });
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  }, 60_000);
});
