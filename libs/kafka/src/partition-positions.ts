/**
 * Where each partition must go on, so that a jump is seen. On an offset that the log does not hold (any more), kafkajs moves to the log's
 * start or end and goes on as if nothing had been: here the place that a fetch was asked from is compared with the place that was
 * wanted, fetch by fetch. Offsets inside a fetch may have holes (control records, compaction); that is no jump.
 */
export interface LogGap {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was to come next; undefined when it was the one committed in Kafka. */
  readonly wanted: bigint | undefined;
  /** Where the next fetch began instead; undefined when kafkajs told of it before fetching. */
  readonly found: bigint | undefined;
}

/** The log does not hold the records that come next in a partition: deleted by retention, or the topic was made again. */
export class LogGapError extends Error implements LogGap {
  readonly topic: string;
  readonly partition: number;
  readonly wanted: bigint | undefined;
  readonly found: bigint | undefined;

  constructor({ topic, partition, wanted, found }: LogGap) {
    super(
      `${topic}:${partition} does not hold offset ${wanted ?? 'committed'}` +
        (found === undefined ? '' : `, it goes on at ${found}`),
    );
    this.name = 'LogGapError';
    this.topic = topic;
    this.partition = partition;
    this.wanted = wanted;
    this.found = found;
  }
}

export class PartitionPositions {
  /** Both by `topic:partition`; bounded by the partitions of one assignment, because each has positions of its own. */
  readonly #wanted = new Map<string, bigint>();
  readonly #seeks = new Map<string, number>();

  /** The partition is moved: the next fetch must begin here, and what is in hand is of no use any more. */
  seek(topic: string, partition: number, offset: bigint): void {
    this.#seeks.set(`${topic}:${partition}`, this.seeks(topic, partition) + 1);
    this.expect(topic, partition, offset);
  }

  /** How often the partition was moved. */
  seeks(topic: string, partition: number): number {
    return this.#seeks.get(`${topic}:${partition}`) ?? 0;
  }

  /** The next fetch must begin here: after a handled batch. */
  expect(topic: string, partition: number, offset: bigint): void {
    this.#wanted.set(`${topic}:${partition}`, offset);
  }

  /** What is wanted next; undefined until something was sought or handled. */
  wanted(topic: string, partition: number): bigint | undefined {
    return this.#wanted.get(`${topic}:${partition}`);
  }

  /** The gap that a fetch from this offset would hide, or undefined when it goes on where it should. */
  gapBefore(topic: string, partition: number, fetchedFrom: bigint): LogGap | undefined {
    const wanted = this.wanted(topic, partition);
    if (wanted === undefined || wanted === fetchedFrom) return undefined;
    return { topic, partition, wanted, found: fetchedFrom };
  }
}
