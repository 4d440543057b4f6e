/** Guards of `BatchServer` that show only when kafkajs does what it should not, or when the group moves in the middle of a batch. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { PartitionBatch } from '@landbridge/kafka';
import type { Consumer } from 'kafkajs';
import { pino } from 'pino';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { kafkaSettings, TestTopic } from './kafka-topic.js';
import { closeAll, closing, numbered, places, serverFor, soon } from './recorded-batches.js';

afterEach(closeAll);

describe('BatchServer', () => {
  test('fetches again from where it should when kafkajs begins elsewhere, and hands nothing over twice', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(3));
    const { server, seen } = await serverFor(topic, () => undefined);
    await eventually(() => seen.offsets.length === 3, { ...soon, what: 'the first records' });
    // Past our own `seek`. It is what a second answer to a handled fetch looks like, when the leader of a partition moves.
    server.unwrap<Consumer>().seek({ topic: topic.name, partition: 0, offset: '1' });
    await topic.put(0, numbered(2));
    await eventually(() => seen.offsets.includes('0/4'), { ...soon, what: 'the next records' });
    expect(seen.offsets).toEqual(places(0, 0, 5));
    expect(seen.gaps).toEqual([]);
  }, 60_000);

  test('goes on at its position, although the offset committed in Kafka is not in the log any more', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(10));
    const settings = kafkaSettings(sharedKafka());
    const admin = topic.kafka.admin();
    await admin.connect();
    await admin.setOffsets({
      groupId: settings.groupId,
      topic: topic.name,
      partitions: [{ partition: 0, offset: '2' }],
    });
    await admin.disconnect();
    await topic.deleteBelow(0, 6);
    const refused = Promise.withResolvers<void>();
    const logger = pino({ level: 'trace' }, { write: (line) => line.includes('out of range') && refused.resolve() });
    const { seen } = await serverFor(topic, () => undefined, {
      settings,
      logger,
      positionOf: async () => {
        await refused.promise;
        return 8n;
      },
    });
    await eventually(() => seen.offsets.length === 2, { ...soon, what: 'the records from its position on' });
    expect(seen.offsets).toEqual(places(0, 8, 10));
    expect(seen.gaps).toEqual([]);
  }, 60_000);

  test('passes over control records and what was taken back, also while its partition is moved', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.putTransaction(0, 2, 'commit'); // 0 to 2, with its control record
    const { server, seen } = await serverFor(topic, () => undefined);
    await eventually(() => seen.offsets.length === 2, { ...soon, what: 'the first transaction' });
    const consumer = server.unwrap<Consumer>();
    let moved = false;
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload: { lastOffset } }) => {
      if (moved || Number(lastOffset) < 4) return;
      moved = true;
      server.seek(topic.name, 0, 1n);
    });
    await topic.putTransaction(0, 1, 'abort'); // 3 and 4
    await eventually(() => seen.offsets.length === 3, { ...soon, what: 'the record that it was moved back to' });
    await topic.putTransaction(0, 1, 'commit'); // 5 and 6
    await topic.put(0, numbered(1)); // 7
    await eventually(() => seen.offsets.length === 5, { ...soon, what: 'what stands behind' });
    expect(seen.offsets).toEqual(['0/0', '0/1', '0/1', '0/5', '0/7']);
    expect(seen.gaps).toEqual([]);
    expect(moved).toBe(true);
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

  test('joins, although no broker could say who coordinates its group when it asked first', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(1));
    const proxy = await TcpProxy.open(sharedKafka());
    closing.push(() => proxy.close());
    proxy.coordinatorAnswersToCut = 2;
    const { seen } = await serverFor(topic, () => undefined, { broker: proxy.address });
    await eventually(() => seen.offsets.length === 1, { ...soon, what: 'the record' });
    expect([proxy.coordinatorAnswersToCut, seen.fatal]).toEqual([0, []]);
  });

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
