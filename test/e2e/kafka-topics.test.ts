import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventTopics, topicContracts, type TopicContract } from '@landbridge/contracts';
import { BatchServer, connectKafka, PartitionCountMismatch, provisionTopics } from '@landbridge/kafka';
import kafkajs, { type Admin } from 'kafkajs';
import { eventually } from '../harness/poll.js';
import { sharedKafka } from '../harness/shared-servers.js';
import { kafkaSettings, silent, TestTopic } from './kafka-topic.js';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const kafka = () => connectKafka(kafkaSettings(sharedKafka()), 'test', silent);

async function connectedAdmin(): Promise<Admin> {
  const admin = kafka().admin();
  await admin.connect();
  closing.push(() => admin.disconnect());
  return admin;
}

async function settingsOf(name: string): Promise<Record<string, string>> {
  const { resources } = await (
    await connectedAdmin()
  ).describeConfigs({ includeSynonyms: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name }] });
  const entries = resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** A broker answers that settings were altered a moment before it tells the new ones: it reads them from its controller's log. */
const eventuallySet = (name: string, settings: Record<string, string>) =>
  eventually(async () => expect(await settingsOf(name)).toMatchObject(settings), {
    deadlineMs: 10_000,
    what: `the settings of ${name}`,
  });

/** The product's topics under names of this test's own. */
const contractsOf = (): TopicContract[] => {
  const prefix = randomUUID();
  return topicContracts.map((contract) => ({ ...contract, name: `${prefix}.${contract.name}` }));
};

describe('provisionTopics', () => {
  test('creates every topic of the contract with its settings, and changes nothing the second time', async () => {
    const contracts = contractsOf();
    const names = contracts.map(({ name }) => name);
    await expect(provisionTopics(kafka(), contracts)).resolves.toEqual({ created: names, altered: [] });
    await expect(provisionTopics(kafka(), contracts)).resolves.toEqual({ created: [], altered: [] });
    for (const { name, settings } of contracts) expect(await settingsOf(name)).toMatchObject(settings);
    const { topics } = await (await connectedAdmin()).fetchTopicMetadata({ topics: names });
    const partitions = new Map(topics.map((topic) => [topic.name, topic.partitions.length]));
    expect(names.map((name) => partitions.get(name))).toEqual(contracts.map(({ partitions }) => partitions));
  }, 90_000);

  test('may run in several processes at once', async () => {
    const contracts = contractsOf();
    await Promise.all([1, 2, 3].map(() => provisionTopics(kafka(), contracts)));
    await expect(provisionTopics(kafka(), contracts)).resolves.toEqual({ created: [], altered: [] });
  }, 90_000);

  test("sets a setting right that differs, and leaves an operator's own one", async () => {
    const name = `test.${randomUUID()}`;
    const contract = (retention: string) => ({ name, partitions: 1, settings: { 'retention.ms': retention } });
    await provisionTopics(kafka(), [contract('1000')]);
    await (
      await connectedAdmin()
    ).alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name,
          configEntries: [
            { name: 'retention.ms', value: '1000' },
            { name: 'segment.ms', value: '123456' },
          ],
        },
      ],
    });
    await eventuallySet(name, { 'retention.ms': '1000', 'segment.ms': '123456' });
    await expect(provisionTopics(kafka(), [contract('2000')])).resolves.toEqual({ created: [], altered: [name] });
    await eventuallySet(name, { 'retention.ms': '2000', 'segment.ms': '123456' });
  }, 90_000);

  test('names the topic and both numbers when partitions differ, and changes nothing', async () => {
    const [first, second] = [`test.${randomUUID()}`, `test.${randomUUID()}`];
    await provisionTopics(kafka(), [{ name: first, partitions: 3, settings: {} }]);
    const contracts = [
      { name: first, partitions: 2, settings: {} },
      { name: second, partitions: 1, settings: {} },
    ];
    const fault = new PartitionCountMismatch([{ name: first, wanted: 2, found: 3 }]);
    expect(fault.message).toBe(`${first} has 3 partitions, the contract says 2`);
    await expect(provisionTopics(kafka(), contracts)).rejects.toThrow(fault);
    expect(await (await connectedAdmin()).listTopics()).not.toContain(second);
  }, 90_000);
});

describe("a foreign producer's codec", () => {
  test('does not matter on a topic of ours: the broker unpacks it', async () => {
    const { settings } = topicContracts.find(({ name }) => name === eventTopics.air)!;
    const topic = await TestTopic.create(sharedKafka(), 1, settings);
    const isKcatHere = await hasKcat();
    const codecs = isKcatHere ? ['lz4', 'snappy', 'zstd', 'gzip'] : ['lz4', 'zstd', 'gzip'];
    for (const codec of codecs)
      await (codec === 'lz4' && !isKcatHere ? putFrameSayingLz4(topic, 20) : putCompressed(topic, codec, 20));
    const records = await topic.readAll();
    const counts = Object.groupBy(records, ({ key }) => key);
    expect(Object.entries(counts).map(([codec, rows]) => [codec, rows!.length])).toEqual(
      codecs.map((codec) => [codec, 20]),
    );
  }, 90_000);

  test('is read where it is zstd, even as it was sent', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1, { 'compression.type': 'producer' });
    await putCompressed(topic, 'zstd', 20);
    expect((await topic.readAll()).map(({ key }) => key)).toEqual(Array.from({ length: 20 }, () => 'zstd'));
  }, 90_000);

  test('ends the consumer with a clear reason where it is lz4 on a topic that keeps it', async () => {
    const topic = await TestTopic.create(sharedKafka(), 1, { 'compression.type': 'producer' });
    if (await hasKcat()) await putCompressed(topic, 'lz4', 20);
    else await putFrameSayingLz4(topic, 20);
    const fatal: Error[] = [];
    const server = new BatchServer({
      settings: kafkaSettings(sharedKafka()),
      clientId: 'test',
      logger: silent,
      onLogGap: () => undefined,
      onFatal: (error) => fatal.push(error),
    });
    closing.push(() => server.close());
    server.addHandler(topic.name, async () => undefined);
    await server.listen((error) => expect(error).toBeUndefined());
    await eventually(() => fatal.length > 0, { deadlineMs: 20_000, what: 'the end of the consumer' });
    expect(fatal.map(({ message }) => message)).toEqual([
      expect.stringContaining('lz4, which this process cannot read: set compression.type=uncompressed'),
    ]);
  }, 90_000);
});

test('the broker ends no session that a client would have to renew', async () => {
  const admin = await connectedAdmin();
  const { controller } = await admin.describeCluster();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.BROKER, name: String(controller) }],
  });
  const limit = resources[0]!.configEntries.find(({ configName }) => configName === 'connections.max.reauth.ms');
  expect(limit?.configValue).toBe('0');
});

async function hasKcat(): Promise<boolean> {
  try {
    const [code] = (await once(spawn('kcat', ['-V'], { stdio: 'ignore' }), 'exit')) as [number | null];
    return code === 0;
  } catch {
    return false;
  }
}

/** Writes records whose key is the codec's name; large enough together for a producer to compress them. */
async function putCompressed(topic: TestTopic, codec: string, count: number): Promise<void> {
  const value = 'landbridge '.repeat(50);
  if (!(await hasKcat())) {
    const producer = topic.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const messages = Array.from({ length: count }, () => ({ key: codec, value }));
    const types = { gzip: kafkajs.CompressionTypes.GZIP, zstd: kafkajs.CompressionTypes.ZSTD };
    await producer.send({ topic: topic.name, messages, compression: types[codec as keyof typeof types] });
    await producer.disconnect();
    return;
  }
  const args = ['-P', '-b', sharedKafka(), '-t', topic.name, '-z', codec, '-K', ':', '-X', 'linger.ms=50'];
  const child = spawn('kcat', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.end(`${codec}:${value}\n`.repeat(count));
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
}

/** A batch in lz4's frame form with stored (uncompressed) blocks: enough for the broker to take it as lz4. */
async function putFrameSayingLz4(topic: TestTopic, count: number): Promise<void> {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  const reading = codecs[types.LZ4];
  codecs[types.LZ4] = () => ({ compress: async ({ buffer }: { readonly buffer: Buffer }) => storedLz4(buffer) });
  try {
    const producer = topic.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const messages = Array.from({ length: count }, () => ({ key: 'lz4', value: 'v' }));
    await producer.send({ topic: topic.name, messages, compression: types.LZ4 });
    await producer.disconnect();
  } finally {
    codecs[types.LZ4] = reading;
  }
}

/** Magic, descriptor (version 1, independent blocks, 64 KiB), its checksum 0x82, one stored block, end mark. */
function storedLz4(buffer: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((buffer.length | 0x8000_0000) >>> 0);
  return Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]), size, buffer, Buffer.alloc(4)]);
}
