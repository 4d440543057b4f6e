import { afterEach, describe, expect, test } from '@jest/globals';
import { DeadLetters, LogWriter, type LaneLimits, type WriteResult } from '@landbridge/kafka';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { TcpProxy } from '../harness/tcp-proxy.js';
import { kafkaSettings, silent, TestTopic } from './kafka-topic.js';

const laneLimits: LaneLimits = {
  eventsMax: 20_000,
  bytesMax: 33_554_432,
  lingerMs: 3,
  batchEvents: 1_000,
  batchBytes: 1_048_576,
};

/** For a broker that a busy machine starves; what is lost or silent is made up for in seconds. */
const ackDeadlineMs = 60_000;
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function proxied(): Promise<TcpProxy> {
  const proxy = await TcpProxy.open(sharedKafka());
  closing.push(() => proxy.close());
  return proxy;
}

/** A started writer, and how often it replaced its producer. */
async function writerTo(broker: string, lane: Partial<LaneLimits> = {}) {
  const counted = { batches: 0, replacements: 0 };
  const writer = new LogWriter({
    settings: kafkaSettings(broker),
    lane: { ...laneLimits, ...lane },
    clientId: 'test',
    logger: silent,
    counters: {
      batches: { inc: () => (counted.batches += 1) },
      replacements: { inc: () => (counted.replacements += 1) },
    },
  });
  await writer.start();
  closing.push(() => writer.stop(1_000));
  return { writer, counted };
}

describe('LogWriter', () => {
  test('loses nothing when answers of the log get lost under 50 concurrent writers', async () => {
    // given a broker of which every 40th produce answer is cut off together with its connection, and batches so small that
    // there is always a next one waiting: sends that overlap are what loses records
    const topic = await TestTopic.create(sharedKafka(), 4);
    const proxy = await proxied();
    const batchEvents = 5;
    const { writer, counted } = await writerTo(proxy.address, { batchEvents, lingerMs: 0 });
    proxy.cutEveryNthProduceAnswer = 40;

    // when 50 writers write 80 events each, one at a time
    const refused: WriteResult[] = [];
    const perWriter = 80;
    await Promise.all(
      Array.from({ length: 50 }, async (_, writerNumber) => {
        for (let event = 0; event < perWriter; event++) {
          const record = { topic: topic.name, key: `w${writerNumber}`, value: `${writerNumber}:${event}` };
          const result = await writer.write([record], ackDeadlineMs);
          if (!result.ok) refused.push(result);
        }
      }),
    );

    // then all are confirmed, none is lost, and each key's events stand in the order of their first appearance
    expect(refused).toEqual([]);
    expect(proxy.cutAnswers).toBeGreaterThanOrEqual(10);
    const values = (await topic.readAll()).map(({ message }) => message.value!.toString());
    const distinct = new Set(values);
    expect(distinct.size).toBe(50 * perWriter);
    for (let writerNumber = 0; writerNumber < 50; writerNumber++) {
      const own = [...distinct].filter((value) => value.startsWith(`${writerNumber}:`));
      expect(own).toEqual(Array.from({ length: perWriter }, (_, event) => `${writerNumber}:${event}`));
    }
    // Only a batch that a replaced producer had already written can stand twice.
    const duplicated = values.length - distinct.size;
    expect(duplicated).toBeLessThanOrEqual(counted.replacements * batchEvents);
    console.info(
      `lost answers: ${proxy.cutAnswers}, producers replaced: ${counted.replacements}, duplicated: ${duplicated}`,
    );
  }, 90_000);

  test('goes on within 15 seconds after its connections went silent', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    const proxy = await proxied();
    const { writer, counted } = await writerTo(proxy.address);
    const record = (value: string) => ({ topic: topic.name, key: 'k', value });
    await expect(writer.write([record('before')], ackDeadlineMs)).resolves.toEqual({ ok: true });

    proxy.silence();
    const begin = performance.now();
    const settled: string[] = [];
    const impatient = writer.write([record('impatient')], 500).finally(() => settled.push('impatient'));
    const patient = writer.write([record('patient')], ackDeadlineMs).finally(() => settled.push('patient'));
    await expect(impatient).resolves.toEqual({ ok: false, problem: 'log_unavailable' });
    await expect(patient).resolves.toEqual({ ok: true });
    expect(settled).toEqual(['impatient', 'patient']);
    // The rest is for a machine that is busy with other suites.
    expect(performance.now() - begin).toBeLessThan(50_000);

    expect(counted.replacements).toBe(1);
    // The impatient writer's record stayed in the lane and became durable.
    const values = (await topic.readAll()).map(({ message }) => message.value!.toString());
    expect(values).toEqual(['before', 'impatient', 'patient']);
  }, 90_000);

  test('fails only the writer whose record the broker will never take', async () => {
    const topic = await TestTopic.create(sharedKafka(), 2, { 'max.message.bytes': '20000' });
    // A long linger, so that all writes share one batch.
    const { writer } = await writerTo(sharedKafka(), { lingerMs: 200 });
    const small = (key: string) => ({ topic: topic.name, key, value: 'x'.repeat(500) });
    const large = { topic: topic.name, key: 'large', value: 'x'.repeat(30_000) };

    const results = await Promise.all([
      ...Array.from({ length: 60 }, (_, at) => writer.write([small(`a${at}`)], ackDeadlineMs)),
      writer.write([small('before'), large, small('after')], ackDeadlineMs),
      ...Array.from({ length: 60 }, (_, at) => writer.write([small(`b${at}`)], ackDeadlineMs)),
    ]);

    const refused = results.splice(60, 1);
    expect(refused).toEqual([{ ok: false, problem: 'refused', reason: 'MESSAGE_TOO_LARGE' }]);
    expect(results).toEqual(Array.from({ length: 120 }, () => ({ ok: true })));
    const keys = new Set((await topic.readAll()).map(({ key }) => key));
    expect(keys.size).toBe(122);
    expect(keys).not.toContain('large');
    expect(writer.state).toMatchObject({ laneEvents: 0, laneBytes: 0 });
  }, 90_000);

  test('is overloaded when the lane is full, and sends what it holds when the broker is back', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    const proxy = await proxied();
    const { writer } = await writerTo(proxy.address, { eventsMax: 100 });
    proxy.refuse(true);
    const records = (count: number, from: number) =>
      Array.from({ length: count }, (_, at) => ({ topic: topic.name, key: 'k', value: String(from + at) }));

    const held = writer.write(records(100, 0), ackDeadlineMs);
    await expect(writer.write(records(1, 100), ackDeadlineMs)).resolves.toEqual({ ok: false, problem: 'overloaded' });
    expect(writer.hasRoom(1)).toBe(false);
    await eventually(() => !writer.state.connected, { deadlineMs: 30_000, what: 'the writer to notice' });
    proxy.refuse(false);

    await expect(held).resolves.toEqual({ ok: true });
    await eventually(() => writer.state.connected && writer.hasRoom(1), { deadlineMs: 20_000, what: 'room' });
    const values = (await topic.readAll()).map(({ message }) => Number(message.value));
    expect(values).toEqual(Array.from({ length: 100 }, (_, at) => at));
  }, 90_000);

  test('starts while the broker is away and connects when it comes', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    const proxy = await proxied();
    proxy.refuse(true);
    const starting = writerTo(proxy.address);
    await eventually(() => proxy.refused > 2, { deadlineMs: 30_000, what: 'attempts to connect' });
    proxy.refuse(false);
    const { writer } = await starting;
    const record = { topic: topic.name, key: 'k', value: 'v' };
    await expect(writer.write([record], ackDeadlineMs)).resolves.toEqual({ ok: true });
  }, 90_000);

  test('sends what waits before it stops, and then takes nothing more', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1);
    const { writer } = await writerTo(sharedKafka(), { lingerMs: 600_000 });
    const record = (value: string) => ({ topic: topic.name, key: 'k', value });
    const waiting = writer.write([record('waiting')], ackDeadlineMs);
    await writer.stop(ackDeadlineMs);
    await expect(waiting).resolves.toEqual({ ok: true });
    const late = await writer.write([record('late')], ackDeadlineMs);
    expect(late).toEqual({ ok: false, problem: 'log_unavailable' });
    expect(await topic.readAll()).toHaveLength(1);
  }, 90_000);

  test('gives up at the end of its drain time and tells every writer', async () => {
    const proxy = await proxied();
    const { writer } = await writerTo(proxy.address);
    proxy.silence();
    const lost = writer.write([{ topic: 'test.nowhere', key: 'k', value: 'v' }], ackDeadlineMs);
    const begin = performance.now();
    await writer.stop(300);
    // And not at the writer's own deadline.
    expect(performance.now() - begin).toBeLessThan(ackDeadlineMs);
    await expect(lost).resolves.toEqual({ ok: false, problem: 'log_unavailable' });
  }, 60_000);

  test('throws at once for what is not a record, and holds nothing of it', async () => {
    const { writer } = await writerTo(sharedKafka());
    const records = [{ topic: 't', key: 'k', value: 5 }] as unknown as Parameters<LogWriter['write']>[0];
    expect(() => writer.write(records, ackDeadlineMs)).toThrow(TypeError);
    expect(writer.state.laneEvents).toBe(0);
  }, 60_000);
});

describe('DeadLetters', () => {
  test('keep the bytes of a record, its place and its reason', async () => {
    const written: unknown[] = [];
    const { writer } = await writerTo(sharedKafka());
    const deadLetters = new DeadLetters({
      write: (records, deadlineMs) => {
        written.push(...records);
        return writer.write(
          records.map((record) => ({ ...record, topic: topic.name })),
          deadlineMs,
        );
      },
    });
    const topic = await TestTopic.create(sharedKafka(), 1);
    const value = Buffer.from([0xff, 0x00, 0x80]);
    const message = { offset: '17', key: Buffer.from('k'), value };
    const problem = { code: 'unreadable_record', detail: 'x'.repeat(5_000) } as const;
    await deadLetters.publish([{ topic: 'landbridge.air.v1', partition: 3, message, problem }], ackDeadlineMs);
    const [read] = await topic.readAll();
    expect(read?.key).toBe('landbridge.air.v1/3/17');
    expect(read?.message.value).toEqual(value);
    const headers = Object.entries(read?.message.headers ?? {}).map(([name, text]) => [name, String(text)]);
    expect(Object.fromEntries(headers)).toEqual({
      'lb-code': 'unreadable_record',
      'lb-detail': 'x'.repeat(1_000),
      'lb-topic': 'landbridge.air.v1',
      'lb-partition': '3',
      'lb-offset': '17',
      'lb-key': 'k',
    });
    expect(written).toMatchObject([{ topic: 'landbridge.dead-letter.v1' }]);
    const unconfirmed = new DeadLetters({ write: async () => ({ ok: false, problem: 'log_unavailable' }) });
    await expect(unconfirmed.publish([{ topic: 't', partition: 0, message, problem }], 0)).rejects.toThrow(
      'not confirmed',
    );
  }, 60_000);
});
