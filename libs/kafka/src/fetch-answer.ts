/**
 * Reads the broker's answer to a fetch, in place of kafkajs' own reader: a third of a consumer's time goes there.
 *
 * kafkajs 2.2.4 makes of each record some fifteen objects, six of them big integers, and all of a fetch's outlive two rounds of the
 * garbage collector. Here a record is one object that knows where its key, value and headers stand, and cuts them out when asked. What
 * is rare or old (compressed batches, sets of before Kafka 0.11, offsets beyond 2^53) is left to kafkajs' readers.
 * Refused: a consumer of our own, because membership and metadata are where a Kafka client is hard, not here.
 *
 * The seam is one function of one module of kafkajs, which is pinned; a test compares both readers on the same bytes.
 * @see https://kafka.apache.org/documentation/#recordbatch
 */
import { createRequire } from 'node:module';
import { BytesCursor } from './bytes-cursor.js';
import { readableRecords, type AbortedTransaction, type FetchedRecord } from './fetched-records.js';

/** As much of kafkajs' reader of bytes as is used here. */
interface BytesReader {
  readonly buffer: Buffer;
  offset: number;
}
interface FetchResponse {
  decode(bytes: Buffer): Promise<FetchAnswer>;
}

/** The answer in the form that kafkajs goes on with. Offsets are decimal texts. */
export interface FetchAnswer {
  /** The broker throttles by not answering; kafkajs must not wait once more. */
  readonly throttleTime: 0;
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly sessionId: number;
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly PartitionAnswer[] }[];
}

export interface PartitionAnswer {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  readonly lastStableOffset: string;
  /** kafkajs' spelling of the log's start. */
  readonly lastStartOffset: string;
  /** Empty where what they wrote is left out of `messages` already. */
  readonly abortedTransactions: readonly AbortedTransaction[];
  readonly preferredReadReplica: number;
  readonly messages: readonly FetchedRecord[];
}

const requireKafkajs = createRequire(import.meta.url);
const protocol = 'kafkajs/src/protocol';

/** Makes all consumers of this process read with `decodeFetchAnswer`. Idempotent. Throws when this is not the kafkajs it was made for. */
export function useFastFetchAnswers(): void {
  const response = requireKafkajs(`${protocol}/requests/fetch/v11/response.js`) as FetchResponse;
  if (typeof response.decode !== 'function') throw new Error('kafkajs has another reader of fetches than 2.2.4');
  response.decode = decodeFetchAnswer;
}

/** Reads an answer of version 11, the one of every broker since 2.3. Rejects on damaged bytes. */
export async function decodeFetchAnswer(bytes: Buffer): Promise<FetchAnswer> {
  const cursor = new BytesCursor(bytes, 0);
  const clientSideThrottleTime = cursor.int32();
  const errorCode = cursor.int16();
  const sessionId = cursor.int32();
  const responses: { topicName: string; partitions: PartitionAnswer[] }[] = [];
  for (let topics = cursor.int32(); topics > 0; topics--) {
    const topicName = cursor.text(cursor.int16());
    const partitions: PartitionAnswer[] = [];
    for (let left = cursor.int32(); left > 0; left--) partitions.push(await partitionAnswer(cursor));
    responses.push({ topicName, partitions });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

/** Bytes of other partitions that the records of one may keep in memory; a copy of less would cost more than it saves. */
const foreignBytesMax = 1_048_576;

async function partitionAnswer(cursor: BytesCursor): Promise<PartitionAnswer> {
  const partition = cursor.int32();
  const errorCode = cursor.int16();
  const highWatermark = String(cursor.int64());
  const lastStableOffset = String(cursor.int64());
  const lastStartOffset = String(cursor.int64());
  const abortedTransactions: AbortedTransaction[] = [];
  for (let left = cursor.int32(); left > 0; left--)
    abortedTransactions.push({ producerId: String(cursor.int64()), firstOffset: String(cursor.int64()) });
  const preferredReadReplica = cursor.int32();
  const start = cursor.at;
  const end = start + 4 + Math.max(0, cursor.int32());
  cursor.at = end;
  // Records stand in the bytes of their fetch, and those of a partition that waits for its store must not keep the whole fetch.
  const { bytes } = cursor;
  const isOwn = bytes.length - (end - start) > foreignBytesMax;
  const own = isOwn ? Buffer.from(bytes.subarray(start, end)) : bytes;
  const at = isOwn ? 0 : start;
  const readable = await readableRecords(own, at + 4, at + end - start, abortedTransactions);
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset,
    abortedTransactions: readable ? [] : abortedTransactions,
    preferredReadReplica,
    messages: readable ?? (await kafkajsRecords(own, at)),
  };
}

/** The records of a partition as kafkajs reads them, from where their length stands. */
async function kafkajsRecords(bytes: Buffer, at: number): Promise<FetchedRecord[]> {
  const Reader = requireKafkajs(`${protocol}/decoder.js`) as new (bytes: Buffer) => BytesReader;
  const decodeMessages = requireKafkajs(`${protocol}/requests/fetch/v4/decodeMessages.js`) as (
    reader: BytesReader,
  ) => Promise<FetchedRecord[]>;
  const reader = new Reader(bytes);
  reader.offset = at;
  return decodeMessages(reader);
}
