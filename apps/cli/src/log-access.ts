/** The log, for the commands that go through it: read by ranges, written by the guarded writer. */
import type { KafkaSettings, LaneSettings } from '@landbridge/config';
import { LogReader, LogWriter } from '@landbridge/kafka';
import { createLogger } from '@landbridge/telemetry';
import type { Terminal } from './terminal.js';

const clientId = 'landbridge-cli';
/** A tool speaks in its own words; what the Kafka client logs is for services. */
const logger = createLogger({ service: clientId, level: 'silent' });

/** Large fetches: whoever reads the whole log waits for the network less often, and holds some tens of MiB for it. */
const fetchBytesMin = 4 * 1_048_576;
/** Ranges at a time: enough to fetch, count and store at once. */
const rangesConcurrently = 4;
const drainMs = 1_000;

export interface LogPlan {
  readonly settings: KafkaSettings;
  readonly topics: readonly string[];
  /** What the group is called in Kafka: `landbridge-rebuild`. */
  readonly groupIdPrefix: string;
  /** The first Ctrl-C: reading ends then. */
  readonly signal: AbortSignal;
}

/** Lets work read the log. Rejects with an `Interrupted` after the signal, and with Kafka's error when it cannot be read. */
export async function withLog<T>(plan: LogPlan, work: (log: LogReader) => Promise<T>): Promise<T> {
  const { settings, topics, groupIdPrefix, signal } = plan;
  const log = new LogReader({
    settings: { ...settings, fetchBytes: Math.max(settings.fetchBytes, fetchBytesMin) },
    clientId,
    logger,
    topics,
    groupIdPrefix,
    concurrently: rangesConcurrently,
  });
  const stop = () => void log.stop();
  signal.addEventListener('abort', stop);
  try {
    await log.start();
    return await work(log);
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    await log.stop();
  }
}

/** Says why long work on log and view has stopped. Throws on what is a bug, and what `withKafka` tells better. */
export function tellStop(what: string, error: unknown, terminal: Terminal): void {
  if (!(error instanceof Error) || error instanceof TypeError || error.name.startsWith('KafkaJS')) throw error;
  terminal.note(`${what} has stopped: ${error.message}`);
}

/** The person at the terminal ended the command. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** Lets work write to the log. */
export async function withWriter<T>(
  { kafka, lane }: { readonly kafka: KafkaSettings; readonly lane: LaneSettings },
  work: (writer: LogWriter) => Promise<T>,
): Promise<T> {
  const writer = new LogWriter({ settings: kafka, lane, clientId, logger });
  await writer.start();
  try {
    return await work(writer);
  } finally {
    await writer.stop(drainMs);
  }
}
