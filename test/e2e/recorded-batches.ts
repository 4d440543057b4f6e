/** A `BatchServer` on a real broker that writes down what it was given. */
import {
  BatchServer,
  type BatchServerOptions,
  type LogGapError,
  type PartitionBatch,
  type TopicPartition,
} from '@landbridge/kafka';
import { sharedKafka } from '../harness/shared-servers.js';
import { kafkaSettings, silent, type TestTopic } from './kafka-topic.js';

/** What a test must close at its end. */
export const closing: (() => Promise<unknown>)[] = [];

/** For `afterEach`: the newest is closed first. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).toReversed()) await close();
}

interface Seen {
  /** `partition/offset` of each record handed over, in order. */
  readonly offsets: string[];
  readonly gaps: LogGapError[];
  readonly fatal: Error[];
  /** Partitions of each assignment. */
  readonly joins: number[][];
}

type Handler = (batch: PartitionBatch) => Promise<void> | void;

interface Own extends Partial<Omit<BatchServerOptions, 'onAssigned'>> {
  readonly broker?: string;
  readonly onAssigned?: (server: BatchServer, partitions: readonly TopicPartition[]) => void;
}

/** A server with one handler, listening; and what it saw. */
export async function serverFor(
  topic: TestTopic,
  handler: Handler,
  { broker = sharedKafka(), onAssigned, ...own }: Own = {},
): Promise<{ readonly server: BatchServer; readonly seen: Seen }> {
  const seen: Seen = { offsets: [], gaps: [], fatal: [], joins: [] };
  const server: BatchServer = new BatchServer({
    settings: kafkaSettings(broker),
    clientId: 'test',
    logger: silent,
    onLogGap: (gap) => seen.gaps.push(gap),
    onFatal: (error) => seen.fatal.push(error),
    onAssigned: (partitions) => {
      seen.joins.push(partitions.map(({ partition }) => partition));
      onAssigned?.(server, partitions);
    },
    ...own,
  });
  const handle = async (batch: PartitionBatch) => {
    await handler(batch);
    seen.offsets.push(...batch.records.map(({ offset }) => `${batch.partition}/${offset}`));
  };
  server.addHandler(topic.name, handle);
  closing.push(() => server.close());
  await server.listen((error) => {
    if (error !== undefined) throw error;
  });
  return { server, seen };
}

/** Records whose values are numbers that follow each other. */
export const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => ({ key: 'k', value: String(from + at) }));
/** As `Seen.offsets` has them; `to` is not among them. */
export const places = (partition: number, from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `${partition}/${from + at}`);
/** For what takes a second on an idle machine. */
export const soon = { deadlineMs: 30_000 };
