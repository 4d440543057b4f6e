/**
 * Reads ranges of partitions, for those who go through the log on their own: a rebuild, a recount, a look at the dead letters.
 *
 * One consumer with a group of its own (kafkajs has no other way to read) over the guarded `BatchServer`; all partitions are paused but
 * those of open ranges. A range ends exactly at its end, which is what makes two counts comparable. Nothing is committed: whoever reads
 * keeps its own position. A handler that throws ends its range with that error; a consumer that cannot go on ends all of them.
 */
import { randomUUID } from 'node:crypto';
import type { Admin, KafkaMessage } from 'kafkajs';
import type { Logger } from 'pino';
import { keyOf, type TopicPartition } from './assignment.js';
import { BatchServer } from './batch-server.js';
import { within } from './deadline.js';
import { LogExtents, type LogExtent } from './log-extents.js';
import { openKafka, type KafkaSettings, type OpenedKafka } from './kafka-client.js';
import type { PartitionBatch } from './partition-batch.js';
import type { LogGapError } from './partition-positions.js';

export interface LogReaderOptions {
  readonly settings: KafkaSettings;
  readonly clientId: string;
  readonly logger: Logger;
  readonly topics: readonly string[];
  /** The group's name is this and a random id. */
  readonly groupIdPrefix: string;
  /** Ranges whose batches are handled at the same time. */
  readonly concurrently?: number;
}

/** Offsets of a partition from `from` up to, not including, `to`. */
export interface LogRange extends TopicPartition {
  readonly from: bigint;
  /** At most the partition's end: a range that the log has not filled yet stays open until it has. */
  readonly to: bigint;
}

/** Consecutive records of a range, as its handler gets them. */
export interface RangeBatch extends TopicPartition {
  readonly records: readonly KafkaMessage[];
  /** Where the fetch began: no record stands in the log between here and the first of `records`. */
  readonly firstOffset: bigint;
  /** Where the fetch or the range ended: no record of the range stands between the last of `records` and here. */
  readonly lastOffset: bigint;
  readonly highWatermark: bigint;
  /** True once the rest of the batch is not to be handled: it comes again, or something else does. */
  isStale(): boolean;
  /** Makes the next fetch begin at this offset. */
  seek(offset: bigint): void;
  /** Does nothing: the group of a reader is gone with it. */
  commit(offset: bigint): void;
}

export type RangeHandler = (batch: RangeBatch) => Promise<void>;

interface OpenRange {
  readonly range: LogRange;
  readonly onBatch: RangeHandler;
  readonly ended: PromiseWithResolvers<void>;
  next: bigint;
}

const stopMs = 3_000;

export class LogReader {
  readonly #server: BatchServer;
  readonly #groupId: string;
  /** By `topic:partition`; at most one a partition. */
  readonly #ranges = new Map<string, OpenRange>();
  readonly #joined = Promise.withResolvers<void>();
  readonly #adminClient: OpenedKafka;
  readonly #admin: Admin;
  readonly #extents: LogExtents;
  #failure: Error | undefined;
  #stopping: Promise<void> | undefined;

  constructor(private readonly options: LogReaderOptions) {
    const { settings, clientId, logger, topics, groupIdPrefix, concurrently } = options;
    // A reader that fails before anybody waits for it is told of by its reads.
    this.#joined.promise.catch(() => undefined);
    this.#groupId = `${groupIdPrefix}-${randomUUID()}`;
    this.#adminClient = openKafka(settings, clientId, logger);
    this.#admin = this.#adminClient.kafka.admin();
    this.#extents = new LogExtents(this.#admin, settings.requestTimeoutMs);
    this.#server = new BatchServer({
      settings: { ...settings, groupId: this.#groupId },
      clientId,
      logger,
      ...(concurrently === undefined ? {} : { partitionsConsumedConcurrently: concurrently }),
      onAssigned: (partitions) => this.#onAssigned(partitions),
      onLogGap: (gap) => this.#onLogGap(gap),
      onFatal: (error) => this.#fail(error),
    });
    for (const topic of topics) this.#server.addHandler(topic, (batch) => this.#onBatch(batch));
  }

  /** Joins. Rejects when Kafka cannot be reached, or lacks a topic. */
  async start(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        void this.#server.listen((error) => {
          if (error === undefined) resolve();
          else reject(error instanceof Error ? error : new Error('Kafka cannot be read', { cause: error }));
        });
      });
      await this.#joined.promise;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** What the log holds of each partition of a topic now. Rejects when Kafka cannot be asked. */
  extents(topic: string): Promise<LogExtent[]> {
    return this.#extents.of(topic);
  }

  /**
   * Hands over all records of a range, in order, and resolves when they were handled. Rejects with what the handler threw, with
   * `LogGapError` when the log does not hold the range, and when the reader fails or is stopped. One range a partition at a time.
   */
  async read(range: LogRange, onBatch: RangeHandler): Promise<void> {
    const key = keyOf(range);
    if (this.#ranges.has(key)) throw new Error(`${key} is being read already`);
    if (this.#failure) throw this.#failure;
    if (range.from >= range.to) return;
    const open: OpenRange = { range, onBatch, ended: Promise.withResolvers<void>(), next: range.from };
    this.#ranges.set(key, open);
    this.#direct(open);
    await open.ended.promise;
  }

  /** Ends all ranges, leaves and deletes the group, as far as that takes no longer than some seconds. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#fail(new Error('the reader of the log was stopped'));
    await this.#server.close();
    const deleteGroup = async () => {
      await this.#admin.connect();
      await this.#admin.deleteGroups([this.#groupId]);
      await this.#admin.disconnect();
    };
    await within(stopMs, 'deleting the group', deleteGroup()).catch((error: unknown) =>
      this.options.logger.debug({ err: error }, 'the group of a reader was left to expire'),
    );
    this.#adminClient.destroy();
  }

  /** Partitions that nobody reads are paused before the first fetch: the assignment comes before it. */
  #onAssigned(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      const open = this.#ranges.get(keyOf({ topic, partition }));
      if (open) this.#direct(open);
      else this.#server.pause(topic, partition);
    }
    this.#joined.resolve();
  }

  /** Lets a partition be fetched from where its range is. Between a crash and the next join there is no group; the join does it then. */
  #direct({ range: { topic, partition }, next }: OpenRange): void {
    this.#server.seek(topic, partition, next);
    this.#server.resume(topic, partition);
  }

  async #onBatch(batch: PartitionBatch): Promise<void> {
    const open = this.#ranges.get(keyOf(batch));
    // Fetched before its partition was paused; the next range of it seeks.
    if (!open) return;
    const { range, onBatch } = open;
    let sought: bigint | undefined;
    try {
      await onBatch({
        topic: batch.topic,
        partition: batch.partition,
        records: upTo(batch.records, range.to),
        firstOffset: batch.firstOffset,
        lastOffset: batch.lastOffset < range.to ? batch.lastOffset : range.to - 1n,
        highWatermark: batch.highWatermark,
        isStale: () => batch.isStale() || this.#ranges.get(keyOf(range)) !== open,
        seek: (offset) => {
          sought = offset;
          batch.seek(offset);
        },
        commit: () => undefined,
      });
    } catch (error) {
      this.#end(open, error);
      return;
    }
    if (sought !== undefined) open.next = sought;
    else if (!batch.isStale()) this.#advance(range.topic, range.partition, batch.lastOffset + 1n);
  }

  #advance(topic: string, partition: number, next: bigint): void {
    const open = this.#ranges.get(keyOf({ topic, partition }));
    if (!open) return;
    open.next = next;
    if (next >= open.range.to) this.#end(open);
  }

  #end(open: OpenRange, error?: unknown): void {
    const { range, ended } = open;
    if (this.#ranges.get(keyOf(range)) !== open) return;
    this.#ranges.delete(keyOf(range));
    this.#server.pause(range.topic, range.partition);
    if (error === undefined) ended.resolve();
    else ended.reject(error);
  }

  #onLogGap(gap: LogGapError): void {
    const open = this.#ranges.get(keyOf(gap));
    if (open) this.#end(open, gap);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#joined.reject(error);
    for (const open of this.#ranges.values()) this.#end(open, error);
  }
}

/** The records whose offsets are below `to`; they are in order. */
function upTo(records: readonly KafkaMessage[], to: bigint): readonly KafkaMessage[] {
  const last = records.at(-1);
  if (last === undefined || BigInt(last.offset) < to) return records;
  return records.slice(
    0,
    records.findIndex(({ offset }) => BigInt(offset) >= to),
  );
}
