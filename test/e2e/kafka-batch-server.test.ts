import { afterEach, describe, expect, test } from '@jest/globals';
import { BatchErrorFilter, BatchServer, type PartitionBatch } from '@landbridge/kafka';
import { Controller, Module, UseFilters } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { kafkaSettings, TestTopic } from './kafka-topic.js';
import { closing, closeAll, numbered, places, serverFor, soon } from './recorded-batches.js';

afterEach(closeAll);

describe('BatchServer', () => {
  test("hands batches to a Nest controller and gives a handler's own error to the log", async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(3));
    const lines: string[] = [];
    const logger = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
    const deliveries: PartitionBatch[] = [];

    @Controller()
    @UseFilters(new BatchErrorFilter())
    class RecordsConsumer {
      @EventPattern<string>(topic.name)
      onBatch(@Payload() batch: PartitionBatch): void {
        deliveries.push(batch);
        if (deliveries.length <= 2) throw new TypeError('the folder has a bug');
      }
    }
    @Module({ controllers: [RecordsConsumer] })
    class RecordsModule {}

    const fatal: Error[] = [];
    const strategy = new BatchServer({
      settings: kafkaSettings(sharedKafka()),
      clientId: 'test',
      logger,
      onLogGap: () => undefined,
      onFatal: (error) => fatal.push(error),
    });
    const app = await NestFactory.createMicroservice(RecordsModule, { strategy, logger: false });
    closing.push(() => app.close());
    await app.listen();

    await eventually(() => deliveries.length >= 3, { ...soon, what: 'the third delivery' });
    const shape = { topic: topic.name, partition: 0, firstOffset: 0n, lastOffset: 2n, highWatermark: 3n };
    for (const delivery of deliveries) expect(delivery).toMatchObject(shape);
    expect(deliveries.map(({ records }) => records.length)).toEqual([3, 3, 3]);
    await topic.put(0, numbered(1, 3));
    await eventually(() => deliveries.length === 4, { ...soon, what: 'the next record' });
    expect(deliveries[3]).toMatchObject({ firstOffset: 3n, lastOffset: 3n });
    expect(lines.filter((line) => line.includes('the folder has a bug'))).toHaveLength(2);
    expect(fatal).toEqual([]);
  }, 60_000);

  test('lets the other partitions go on while one keeps failing', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    await Promise.all([topic.put(0, numbered(2)), topic.put(1, numbered(2))]);
    let broken = true;
    const failedAtMs: number[] = [];
    const { seen } = await serverFor(topic, ({ partition }) => {
      if (partition !== 0 || !broken) return;
      failedAtMs.push(performance.now());
      throw new RangeError('not this one');
    });
    await eventually(() => seen.offsets.length === 2, { ...soon, what: 'partition 1' });
    await topic.put(1, numbered(2));
    await eventually(() => seen.offsets.length === 4, { ...soon, what: 'more of partition 1' });
    expect(seen.offsets).toEqual(places(1, 0, 4));
    // The pauses begin with 200 ms, double, and are at most halved by chance.
    await eventually(() => failedAtMs.length >= 4, { ...soon, what: 'the fourth failure' });
    expect(failedAtMs[3]! - failedAtMs[0]!).toBeGreaterThanOrEqual(100 + 200 + 400 - 10);
    broken = false;
    await eventually(() => seen.offsets.length === 6, { ...soon, what: 'partition 0' });
    expect(seen.offsets.slice(4)).toEqual(places(0, 0, 2));
    expect(seen.joins).toHaveLength(1);
  }, 60_000);

  test('begins where it is told to, and handles nothing before that', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    await Promise.all([topic.put(0, numbered(10)), topic.put(1, numbered(10))]);
    let asked = 0;
    const { seen } = await serverFor(topic, () => undefined, {
      positionOf: async () => {
        // The store is away at first, and slow then: fetches are answered long before the positions are known.
        if ((asked += 1) <= 2) throw new Error('the store is away');
        await delay(600);
        return 7n;
      },
    });
    await eventually(() => seen.offsets.length >= 6, { ...soon, what: 'both partitions' });
    expect(seen.offsets.toSorted()).toEqual([...places(0, 7, 10), ...places(1, 7, 10)]);
    expect(seen.gaps).toEqual([]);
  }, 60_000);

  test('lets the other partitions go on while the positions of many are not known yet', async () => {
    const away = 6; // more than are begun at the same time
    const topic = await TestTopic.create(sharedKafka(), away + 1);
    for (let partition = 0; partition <= away; partition++) await topic.put(partition, numbered(3));
    const back = Promise.withResolvers<bigint>();
    const { server, seen } = await serverFor(topic, () => undefined, {
      positionOf: async (_topic, partition) => (partition < away ? back.promise : 1n),
    });
    await eventually(() => seen.offsets.length >= 2, { ...soon, what: 'the partition whose position is known' });
    await topic.put(away, numbered(2, 3));
    await eventually(() => seen.offsets.length >= 4, { ...soon, what: 'more of it' });
    expect(seen.offsets).toEqual(places(away, 1, 5));
    expect(server.unplaced).toBe(away);
    back.resolve(2n);
    await eventually(() => seen.offsets.length >= 4 + away, { ...soon, what: 'the others' });
    const others = Array.from({ length: away }, (_, partition) => places(partition, 2, 3)).flat();
    expect(seen.offsets.slice(4).toSorted()).toEqual(others);
    expect([server.unplaced, seen.joins.length, seen.gaps.length]).toEqual([0, 1, 0]);
  }, 90_000);

  test('lets the other partitions go on while the batches of many are at work for long', async () => {
    const slow = 6;
    const topic = await TestTopic.create(sharedKafka(), slow + 1);
    for (let partition = 0; partition <= slow; partition++) await topic.put(partition, numbered(2));
    const back = Promise.withResolvers<void>();
    const { seen } = await serverFor(topic, ({ partition }) => (partition < slow ? back.promise : undefined));
    await eventually(() => seen.offsets.length === 2, { ...soon, what: 'the last partition' });
    await topic.put(slow, numbered(2, 2));
    await eventually(() => seen.offsets.length === 4, { ...soon, what: 'more of it' });
    expect(seen.offsets).toEqual(places(slow, 0, 4));
    for (let partition = 0; partition < slow; partition++) await topic.put(partition, numbered(1, 2));
    back.resolve();
    await eventually(() => seen.offsets.length === 4 + 3 * slow, { ...soon, what: 'the others' });
    for (let partition = 0; partition < slow; partition++)
      expect(seen.offsets.filter((offset) => offset.startsWith(`${partition}/`))).toEqual(places(partition, 0, 3));
    expect([seen.joins.length, seen.gaps.length]).toEqual([1, 0]);
  }, 90_000);

  test('handles again what a slow handler was moved away from, and only when that handler has ended', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    await topic.put(0, numbered(4));
    const working = Promise.withResolvers<PartitionBatch>();
    const back = Promise.withResolvers<void>();
    const { server, seen } = await serverFor(topic, async (batch) => {
      if (batch.partition !== 0) return;
      working.resolve(batch);
      await back.promise;
    });
    const batch = await working.promise;
    server.seek(topic.name, 0, 2n);
    // Two records of the other partition, one after the other: kafkajs has taken the seek to a fetch by then, and forgotten it.
    for (const count of [1, 2]) {
      await topic.put(1, numbered(1));
      await eventually(() => seen.offsets.length === count, { ...soon, what: 'the other partition' });
    }
    expect(batch.isStale()).toBe(true);
    back.resolve();
    await eventually(() => seen.offsets.includes('0/3') && seen.offsets.length >= 8, {
      ...soon,
      what: 'both readings',
    });
    expect(seen.offsets.slice(2)).toEqual([...places(0, 0, 4), ...places(0, 2, 4)]);
    expect(seen.gaps).toEqual([]);
  }, 60_000);

  test('reads again from where a handler seeks, and drops the batch in hand', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(5));
    let sought = false;
    const stale: boolean[] = [];
    const { seen } = await serverFor(topic, (batch) => {
      if (sought || batch.lastOffset < 4n) return;
      sought = true;
      stale.push(batch.isStale());
      batch.seek(2n);
      stale.push(batch.isStale());
    });
    await eventually(() => seen.offsets.length >= 8, { ...soon, what: 'the second reading' });
    expect(stale).toEqual([false, true]);
    expect(seen.offsets).toEqual([...places(0, 0, 5), ...places(0, 2, 5)]);
    expect(seen.gaps).toEqual([]);
  }, 60_000);

  test('stops a partition whose next records were deleted, tells it, and goes on with the others', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    await Promise.all([topic.put(0, numbered(10)), topic.put(1, numbered(3))]);
    await topic.deleteBelow(0, 6);
    const { server, seen } = await serverFor(topic, () => undefined, {
      onAssigned: (to) => to.seek(topic.name, 0, 4n),
    });
    await eventually(() => seen.gaps.length > 0 && seen.offsets.length >= 3, { ...soon, what: 'the gap' });
    await topic.put(0, numbered(1));
    await topic.put(1, numbered(1));
    await eventually(() => seen.offsets.length >= 4, { ...soon, what: 'partition 1 to go on' });
    expect(seen.gaps).toMatchObject([{ topic: topic.name, partition: 0, wanted: 4n, start: 6n, end: 10n }]);
    expect(seen.offsets).toEqual(places(1, 0, 4));
    expect(server.gaps).toEqual(seen.gaps);
    // As when the view was rebuilt from where the log begins.
    server.seek(topic.name, 0, 6n);
    await eventually(() => seen.offsets.includes('0/10'), { ...soon, what: 'partition 0 to go on' });
    expect(seen.offsets).toEqual([...places(1, 0, 4), ...places(0, 6, 11)]);
    expect(server.gaps).toEqual([]);
    expect(seen.fatal).toEqual([]);
  }, 60_000);

  test('stops a partition that is shorter than the position, as after its topic was made again', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    await Promise.all([topic.put(0, numbered(3)), topic.put(1, numbered(3))]);
    const { seen } = await serverFor(topic, () => undefined, {
      onAssigned: (server) => server.seek(topic.name, 0, 100n),
    });
    await eventually(() => seen.gaps.length > 0 && seen.offsets.length >= 3, { ...soon, what: 'the gap' });
    expect(seen.gaps).toMatchObject([{ topic: topic.name, partition: 0, wanted: 100n, start: 0n, end: 3n }]);
    expect(seen.offsets).toEqual(places(1, 0, 3));
  }, 60_000);

  test('shares the partitions with a second member, and takes them back when it leaves', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2);
    const settings = kafkaSettings(sharedKafka());
    const revoked: string[] = [];
    const first = await serverFor(topic, () => undefined, { settings, onRevoked: () => revoked.push('first') });
    await eventually(() => first.seen.joins.length === 1, { ...soon, what: 'the first to join' });
    const second = await serverFor(topic, () => undefined, { settings });
    // Which of the two hears of its partition first is open.
    const shared = () =>
      expect([first, second].map(({ seen }) => seen.joins.at(-1)?.join() ?? '').toSorted()).toEqual(['0', '1']);
    await eventually(shared, { ...soon, what: 'one partition each' });
    expect(revoked).toEqual(['first']);
    await second.server.close();
    await eventually(() => first.seen.joins.at(-1)!.length === 2, { ...soon, what: 'both partitions' });
    await Promise.all([topic.put(0, numbered(1)), topic.put(1, numbered(1))]);
    await eventually(() => new Set(first.seen.offsets).size === 2, { ...soon, what: 'records of both' });
  }, 90_000);

  test('lets a handler finish when it stops, and tells it that its batch is stale', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(1));
    const working = Promise.withResolvers<PartitionBatch>();
    const { server, seen } = await serverFor(topic, async (batch) => {
      working.resolve(batch);
      await eventually(() => batch.isStale(), { ...soon, what: 'the batch to be stale' });
    });
    const batch = await working.promise;
    expect(batch.isStale()).toBe(false);
    await server.close();
    expect(seen.offsets).toEqual(places(0, 0, 1));
  }, 60_000);

  test('does not wait longer than its drain time for a handler that hangs, and closes its connections', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(1));
    const proxy = await TcpProxy.open(sharedKafka());
    closing.push(() => proxy.close());
    const working = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const handler = async () => {
      working.resolve();
      await release.promise;
    };
    const { server } = await serverFor(topic, handler, { broker: proxy.address, drainMs: 300 });
    await working.promise;
    expect(proxy.connections).toBeGreaterThan(0);
    const begin = performance.now();
    await server.close();
    // The handler never ends; the rest is for a busy machine.
    expect(performance.now() - begin).toBeLessThan(30_000);
    await eventually(() => proxy.connections === 0, { deadlineMs: 20_000, what: 'the connections to be closed' });
    release.resolve();
  }, 60_000);

  test('reports positions for lag tools, and begins without them', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(4));
    const settings = kafkaSettings(sharedKafka());
    const commit = (batch: PartitionBatch) => batch.commit(batch.lastOffset + 1n);
    const { seen } = await serverFor(topic, commit, { settings, commitIntervalMs: 50 });
    const admin = topic.kafka.admin();
    await admin.connect();
    closing.push(() => admin.disconnect());
    await eventually(
      async () => {
        const [row] = await admin.fetchOffsets({ groupId: settings.groupId, topics: [topic.name] });
        expect(row?.partitions).toMatchObject([{ partition: 0, offset: '4' }]);
      },
      { ...soon, what: 'the committed offset' },
    );
    expect(seen.offsets).toEqual(places(0, 0, 4));
  }, 60_000);
});

describe('BatchServer over a whole session', () => {
  test('keeps its partition while a handler is slow, and finds back after its connections went silent', async () => {
    // Both take a session timeout or more, so they run side by side.
    await Promise.all([slowHandler(), silentConnections()]);
  }, 90_000);

  async function slowHandler(): Promise<void> {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(2));
    const stale: boolean[] = [];
    const { seen } = await serverFor(topic, async (batch) => {
      if (stale.length > 0) return;
      // The slow store, longer than the session of 6 s: this is the case under test, not a wait for something.
      await delay(8_000);
      stale.push(batch.isStale());
    });
    await eventually(() => seen.offsets.length > 0, { deadlineMs: 30_000, what: 'the slow handler' });
    await topic.put(0, numbered(1));
    await eventually(() => seen.offsets.length > 2, { ...soon, what: 'the next record' });
    expect(stale).toEqual([false]);
    expect(seen.offsets).toEqual(places(0, 0, 3));
    expect(seen.joins).toEqual([[0]]);
  }

  async function silentConnections(): Promise<void> {
    const topic = await TestTopic.create(sharedKafka(), 1);
    await topic.put(0, numbered(1));
    const proxy = await TcpProxy.open(sharedKafka());
    closing.push(() => proxy.close());
    const { seen } = await serverFor(topic, () => undefined, { broker: proxy.address });
    await eventually(() => seen.offsets.length === 1, { ...soon, what: 'the first record' });
    proxy.silence();
    await topic.put(0, numbered(1));
    await eventually(() => seen.offsets.includes('0/1'), { deadlineMs: 30_000, what: 'the record after the silence' });
    expect(seen.fatal).toEqual([]);
  }
});
