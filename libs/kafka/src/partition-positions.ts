/**
 * Where each partition must go on. kafkajs may fetch from elsewhere: from an offset committed long ago, from one of before a seek, or once
 * more from one whose records are handled, when the partition's leader moves between two answers. On an offset that the log does not hold
 * it moves to the log's start or end, as if nothing had been. So the place that a fetch was asked from is compared with the place that is
 * wanted, fetch by fetch. Offsets inside a fetch may have holes (control records, compaction); those are no jump.
 */
export interface LogGap {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was to come next; undefined when it was the one committed in Kafka. */
  readonly wanted: bigint | undefined;
  /** The first offset that the log holds, and the one that its next record will have. */
  readonly start: bigint;
  readonly end: bigint;
}

/** The log does not hold the records that come next in a partition: deleted by retention, or the topic was made again. */
export class LogGapError extends Error implements LogGap {
  readonly topic: string;
  readonly partition: number;
  readonly wanted: bigint | undefined;
  readonly start: bigint;
  readonly end: bigint;

  constructor({ topic, partition, wanted, start, end }: LogGap) {
    const missing = wanted === undefined ? 'the committed offset' : `offset ${wanted}`;
    super(`${topic}:${partition} does not hold ${missing}: it begins at ${start} and ends before ${end}`);
    this.name = 'LogGapError';
    this.topic = topic;
    this.partition = partition;
    this.wanted = wanted;
    this.start = start;
    this.end = end;
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

  /** Where to go on instead of a fetch from this offset; undefined when it is the right one, or when nothing is wanted yet. */
  insteadOf(topic: string, partition: number, fetchedFrom: bigint): bigint | undefined {
    const wanted = this.wanted(topic, partition);
    return wanted === fetchedFrom ? undefined : wanted;
  }
}
