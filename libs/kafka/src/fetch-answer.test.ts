import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeFetchAnswer, type FetchAnswer, type PartitionAnswer } from './fetch-answer.js';
import { PassedOver } from './fetched-records.js';

const requireKafkajs = createRequire(import.meta.url);
const protocol = 'kafkajs/src/protocol';
interface Encoded {
  readonly buffer: Buffer;
}
const { RecordBatch: encodeBatch } = requireKafkajs(`${protocol}/recordBatch/v0`) as {
  readonly RecordBatch: (batch: object) => Promise<Encoded>;
};
const encodeRecord = requireKafkajs(`${protocol}/recordBatch/record/v0`) as (record: object) => Encoded;
const { decode: decodeAsKafkajs } = requireKafkajs(`${protocol}/requests/fetch/v11/response.js`) as {
  readonly decode: (bytes: Buffer) => Promise<FetchAnswer>;
};

const Batch = requireKafkajs('kafkajs/src/consumer/batch.js') as new (
  topic: string,
  fetchedOffset: string,
  answer: PartitionAnswer,
) => { readonly messages: readonly SeenRecord[]; lastOffset(): string };

interface BatchToWrite {
  readonly firstOffset: number;
  readonly firstTimestamp: number;
  readonly kind: 'plain' | 'log-append-time' | 'gzip' | 'transactional' | 'control';
  readonly producerId?: bigint;
  /** Of the offset that the broker keeps for the last record, also when that one is gone. */
  readonly lastOffsetDelta?: number;
  readonly records: readonly {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly timestampDelta: number;
    readonly offsetDelta: number;
    readonly headers: Readonly<Record<string, Buffer | readonly Buffer[]>>;
  }[];
}

const attributesAt = 21;

async function batchBytes({ firstOffset, firstTimestamp, kind, records, ...own }: BatchToWrite): Promise<Buffer> {
  const { buffer } = await encodeBatch({
    firstOffset: BigInt(firstOffset),
    firstTimestamp,
    maxTimestamp: firstTimestamp + 7,
    producerId: own.producerId ?? 4711n,
    compression: kind === 'gzip' ? 1 : 0,
    transactional: kind === 'transactional' || kind === 'control',
    lastOffsetDelta: own.lastOffsetDelta ?? 0,
    records: records.map(encodeRecord),
  });
  const bytes = Buffer.from(buffer);
  if (kind === 'log-append-time') bytes[attributesAt + 1]! |= 0x8;
  if (kind === 'control') bytes[attributesAt + 1]! |= 0x20;
  return bytes;
}

type Aborted = PartitionAnswer['abortedTransactions'];

function answerBytes(recordSets: readonly Buffer[], aborted: Aborted = []): Buffer {
  const parts: Buffer[] = [];
  const int = (bytes: number, value: number) => {
    const part = Buffer.alloc(bytes);
    part.writeIntBE(value, Math.max(0, bytes - 6), Math.min(6, bytes));
    parts.push(part);
  };
  int(4, 12); // throttled
  int(2, 0);
  int(4, 9); // session
  int(4, 1); // topics
  int(2, 3);
  parts.push(Buffer.from('air'));
  int(4, recordSets.length);
  for (const [partition, recordSet] of recordSets.entries()) {
    int(4, partition);
    int(2, 0);
    int(8, 1_000_000_000_000);
    int(8, 999_999);
    int(8, 3);
    int(4, aborted.length);
    for (const { producerId, firstOffset } of aborted) {
      int(8, Number(producerId));
      int(8, Number(firstOffset));
    }
    int(4, -1);
    int(4, recordSet.length);
    parts.push(recordSet);
  }
  return Buffer.concat(parts);
}

/** Everything that a handler, or kafkajs behind it, may ask of a record; of what kafkajs hands over of an answer. */
function seen({ responses, ...answer }: FetchAnswer) {
  return {
    ...answer,
    responses: responses.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map(({ messages, abortedTransactions, ...partition }) => ({
        ...partition,
        messages: handedOver(topicName, { messages, abortedTransactions, ...partition }).map((message) => ({
          offset: message.offset,
          timestamp: message.timestamp,
          key: message.key,
          value: message.value,
          headers: { ...message.headers },
          attributes: message.attributes,
          isControlRecord: message.isControlRecord,
          producerId: message.batchContext.producerId,
          inTransaction: message.batchContext.inTransaction,
        })),
      })),
    })),
  };
}

function handedOver(topic: string, answer: PartitionAnswer): SeenRecord[] {
  return new Batch(topic, '0', answer).messages.filter((message) => !(message instanceof PassedOver));
}

type SeenRecord = PartitionAnswer['messages'][number] & {
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
};

const someBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
/** No batch of the property begins before it: kafkajs would then hand over what one of its own first records wrote. */
const firstAborted = 5;
const someBatch: fc.Arbitrary<BatchToWrite> = fc.record({
  firstOffset: fc.integer({ min: firstAborted, max: 2 ** 40 }),
  firstTimestamp: fc.integer({ min: 1_500_000_000_000, max: 1_900_000_000_000 }),
  kind: fc.constantFrom('plain', 'plain', 'plain', 'log-append-time', 'gzip', 'transactional'),
  records: fc.array(
    fc.record({
      key: fc.option(someBytes),
      value: fc.option(someBytes),
      timestampDelta: fc.oneof(fc.constant(0), fc.integer({ min: -1_000, max: 2 ** 31 - 1 })),
      offsetDelta: fc.nat(100_000),
      headers: fc.dictionary(
        fc.string({ minLength: 1, maxLength: 5 }),
        fc.oneof(someBytes, fc.array(someBytes, { minLength: 2, maxLength: 3 })),
        { maxKeys: 3 },
      ),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});

/** Up to and with the byte that tells which kind of set it is. */
const bytesToKind = 17;

describe('the answer to a fetch', () => {
  it('is read as kafkajs reads it, cut or whole', async () => {
    const recordSet = fc.record({ batches: fc.array(someBatch, { maxLength: 4 }), cut: fc.option(fc.nat(80)) });
    await fc.assert(
      fc.asyncProperty(fc.array(recordSet, { maxLength: 3 }), fc.boolean(), async (recordSets, aborts) => {
        const sets = await Promise.all(
          recordSets.map(async ({ batches, cut }) => {
            const bytes = Buffer.concat(await Promise.all(batches.map(batchBytes)));
            const kept = bytes.length - (cut ?? 0);
            // kafkajs reads past the end of a set that is cut off before its kind; no broker sends so little of one.
            return bytes.subarray(0, kept < bytesToKind ? 0 : kept);
          }),
        );
        const bytes = answerBytes(sets, aborts ? [{ producerId: '4711', firstOffset: `${firstAborted}` }] : []);
        expect(seen(await decodeFetchAnswer(bytes))).toEqual(seen(await decodeAsKafkajs(bytes)));
      }),
    );
  });

  it('is not kept whole by the records of one partition', async () => {
    const parts = { timestampDelta: 0, offsetDelta: 0, headers: { h: Buffer.from('there') } };
    const setOf = async (kind: BatchToWrite['kind'], bytes: number) => {
      const record = { key: Buffer.from(kind), value: Buffer.alloc(bytes, kind), ...parts };
      return batchBytes({ firstOffset: 7, firstTimestamp: 1_600_000_000_000, kind, records: [record] });
    };
    const mebibyte = 1_048_576;
    const sets = [setOf('plain', 5_000), setOf('transactional', 100_000), setOf('plain', 3 * mebibyte)];
    const bytes = answerBytes(await Promise.all(sets));
    const answer = await decodeFetchAnswer(bytes);
    const [first, second] = seen(answer).responses[0]!.partitions;
    // Not the third: comparing megabytes takes seconds.
    const [firstExpected, secondExpected] = seen(await decodeAsKafkajs(bytes)).responses[0]!.partitions;
    expect([first, second]).toEqual([firstExpected, secondExpected]);
    const kept = answer.responses[0]!.partitions.map(({ messages }) => messages[0]!.value!.buffer.byteLength);
    expect(kept[0]).toBeLessThan(70_000);
    expect(kept[1]).toBeLessThan(200_000);
    // The rest of the answer is less than a copy would save.
    expect(kept[2]).toBe(bytes.buffer.byteLength);
  });

  /** The offsets that kafkajs hands over of one partition, and the last one, behind which it goes on. */
  async function offsetsOf(batches: readonly BatchToWrite[], aborted: Aborted = []) {
    const set = Buffer.concat(await Promise.all(batches.map(batchBytes)));
    const answer = (await decodeFetchAnswer(answerBytes([set], aborted))).responses[0]!.partitions[0]!;
    const offsets = handedOver('air', answer).map(({ offset }) => offset);
    return { offsets, last: new Batch('air', '0', answer).lastOffset() };
  }

  const written = { key: null, value: Buffer.from('x'), timestampDelta: 0, headers: {} };
  const one = (firstOffset: number, producerId: bigint): BatchToWrite => ({
    firstOffset,
    firstTimestamp: 1_600_000_000_000,
    kind: 'transactional',
    producerId,
    records: [{ ...written, offsetDelta: 0 }],
  });
  const end = (firstOffset: number, producerId: bigint, kind: 'abort' | 'commit'): BatchToWrite => ({
    ...one(firstOffset, producerId),
    kind: 'control',
    records: [{ ...written, key: Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1]), offsetDelta: 0 }],
  });

  it('leaves out all that overlapping transactions wrote which were aborted, and nothing else', async () => {
    const batches = [one(5, 2n), one(6, 1n), one(7, 3n), end(8, 1n, 'abort'), one(9, 1n), one(10, 2n)];
    const ends = [end(11, 2n, 'abort'), end(12, 1n, 'commit'), one(13, 2n), end(14, 2n, 'commit')];
    // As the broker lists them: by their ends.
    const aborted = [
      { producerId: '1', firstOffset: '6' },
      { producerId: '2', firstOffset: '5' },
    ];
    const { offsets, last } = await offsetsOf([...batches, ...ends], aborted);
    expect({ offsets, last }).toEqual({ offsets: ['7', '9', '13'], last: '14' });
  });

  it('leaves out what aborted transactions wrote that began before the fetch', async () => {
    const aborted = [
      { producerId: '1', firstOffset: '3' },
      { producerId: '2', firstOffset: '4' },
    ];
    const batches = [one(10, 2n), one(11, 1n), end(12, 1n, 'abort'), end(13, 2n, 'abort')];
    expect(await offsetsOf(batches, aborted)).toEqual({ offsets: [], last: '13' });
  });

  it('goes on behind offsets that hold nothing: control records, compacted ones, an empty batch', async () => {
    const compacted = { ...one(5, 1n), kind: 'plain', lastOffsetDelta: 4 } as const;
    expect(await offsetsOf([compacted])).toEqual({ offsets: ['5'], last: '9' });
    expect(await offsetsOf([{ ...compacted, records: [] }])).toEqual({ offsets: [], last: '9' });
    expect(await offsetsOf([one(5, 1n), end(6, 1n, 'commit')])).toEqual({ offsets: ['5'], last: '6' });
    expect(await offsetsOf([compacted, one(12, 1n)])).toEqual({ offsets: ['5', '12'], last: '12' });
  });

  it('is refused where a record is longer than its batch', async () => {
    const records = [{ key: null, value: Buffer.from('x'), timestampDelta: 0, offsetDelta: 0, headers: {} }];
    const bytes = await batchBytes({ firstOffset: 0, firstTimestamp: 1_600_000_000_000, kind: 'plain', records });
    const lengthOfFirstRecord = 61;
    bytes[lengthOfFirstRecord]! += 40;
    await expect(decodeFetchAnswer(answerBytes([bytes]))).rejects.toThrow('does not fit');
  });
});
