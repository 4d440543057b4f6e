import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import kafkajs from 'kafkajs';
import { createRequire } from 'node:module';
import { crc32c } from './crc32c.js';
import { keyPartitioner, partitionOfKey } from './key-partition.js';
import { encodeProduce, type ProduceArguments, type ProduceRequest } from './produce-request.js';

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

describe('the check sum', () => {
  it.each([
    ['the digits', Buffer.from('123456789'), 0xe3069283],
    ['32 zeroes', Buffer.alloc(32), 0x8a9136aa],
    ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['nothing', Buffer.alloc(0), 0],
  ])('of %s is the published one', (_name, bytes, sum) => {
    expect(crc32c(bytes, 0, bytes.length)).toBe(sum);
    const within = Buffer.concat([Buffer.from('ab'), bytes, Buffer.from('c')]);
    expect(crc32c(within, 2, 2 + bytes.length)).toBe(sum);
  });
});

describe('the partition of a key', () => {
  it('is the one that every client of Kafka says', () => {
    const theirs = kafkajs.Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
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
