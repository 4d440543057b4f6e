import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import kafkajs from 'kafkajs';
import { createRequire } from 'node:module';
import { keyPartitioner, partitionOfKey } from './key-partition.js';
import { encodeProduce, type ProduceArguments, type ProduceRequest } from './produce-request.js';
import { TopicRecords } from './topic-records.js';

const requireKafkajs = createRequire(import.meta.url);
const kafkajsRequest = requireKafkajs('kafkajs/src/protocol/requests/produce/v7/request.js') as (
  given: ProduceArguments,
) => ProduceRequest;

const nowMs = 1_700_000_000_000;

/** kafkajs writes the clock's time into each batch; here it stands still. */
async function bothWritten(given: ProduceArguments): Promise<[ours: Buffer, theirs: Buffer]> {
  const clock = jest.spyOn(Date, 'now').mockReturnValue(nowMs);
  try {
    const { buffer } = await kafkajsRequest(given).encode();
    return [encodeProduce(given, nowMs), buffer];
  } finally {
    clock.mockRestore();
  }
}

const content = fc.oneof(
  fc.string({ maxLength: 200, unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const record = fc.record({
  key: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(null)),
  value: fc.oneof(content, fc.constant(null), fc.constant('x'.repeat(9_000))),
  headers: fc.oneof(
    fc.constant({}),
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 80 }).filter((name) => name !== '__proto__'),
      content,
      { maxKeys: 3 },
    ),
  ),
});
const given = fc.record({
  acks: fc.constantFrom(-1, 1),
  timeout: fc.nat(60_000),
  producerId: fc.oneof(fc.constant('-1'), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)),
  producerEpoch: fc.nat(32_000),
  topicData: fc.array(
    fc.record({
      topic: fc.stringMatching(/^[a-z.]{1,20}$/),
      partitions: fc.array(
        fc.record({
          partition: fc.nat(100),
          firstSequence: fc.nat(2 ** 31 - 1),
          messages: fc.array(record, { minLength: 1, maxLength: 70 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

describe('a request that carries a batch', () => {
  it('is written as kafkajs writes it, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(given, async (one) => {
        const [ours, theirs] = await bothWritten(one);
        expect(ours.equals(theirs)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('records grouped by partition', () => {
  it('are those of kafkajs, in its order', () => {
    const group = requireKafkajs('kafkajs/src/producer/groupMessagesPerPartition.js') as (given: object) => object;
    const partitioner = keyPartitioner();
    const partitionMetadata = Array.from({ length: 5 }, (_, partitionId) => ({ partitionId }));
    const own = fc.oneof(fc.constant(undefined), fc.nat(4));
    const keyed = fc.record({ key: fc.string(), value: fc.string(), partition: own });
    fc.assert(
      fc.property(fc.array(keyed), (records) => {
        const ours = group({ topic: 't', partitionMetadata, partitioner, messages: TopicRecords.from(records) });
        expect(ours).toEqual(group({ topic: 't', partitionMetadata, partitioner, messages: records }));
      }),
    );
    const counting = TopicRecords.from([{ key: 'a', value: null }]);
    expect(() => group({ topic: 't', partitionMetadata, partitioner: () => 0, messages: counting })).toThrow(
      'keyPartitioner',
    );
  });
});

describe('the partition of a key', () => {
  const anyKey = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 120, maxLength: 140 }));
  it('is the one that every client of Kafka says', () => {
    const theirs = kafkajs.Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionErrorCode: 0,
          partitionId,
          leader: 0,
          replicas: [],
          isr: [],
        }));
        const asked = { topic: 't', partitionMetadata, message: { key, value: null } };
        expect(keyPartitioner()(asked)).toBe(theirs(asked));
        expect(keyPartitioner()({ ...asked, message: { ...asked.message, partition: 7 } })).toBe(7);
      }),
    );
    expect(partitionOfKey(Buffer.from('CV9721-20200304'), 8)).toBe(partitionOfKey('CV9721-20200304', 8));
  });
});
