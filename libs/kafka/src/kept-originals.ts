/**
 * Carriers' messages as they stand on the topic of originals, read back one by one by the place that their events name.
 */
import { originalHeaders, originalTopic } from '@landbridge/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { LogReader } from './log-reader.js';
import { LogGapError } from './partition-positions.js';

/** A place on the topic of originals. */
export interface OriginalPlace {
  readonly partition: number;
  readonly offset: bigint;
}

export interface KeptOriginal {
  /** Exactly as they were received. */
  readonly bytes: Buffer;
  /** SHA-256 of the bytes, hex, as it was when they were received. */
  readonly digest: string;
  readonly tenant: string;
  readonly carrier: string;
  readonly format: string;
  readonly contentType: string;
  /** Whether it was posted with a key of the sandbox. */
  readonly sandbox: boolean;
  /** When the hub received it, epoch milliseconds. */
  readonly receivedMs: number;
}

/** The original at a place, or undefined where there is none. Rejects when the log cannot be read. One at a time for each partition. */
export async function readOriginal(
  log: Pick<LogReader, 'extents' | 'read'>,
  { partition, offset }: OriginalPlace,
): Promise<KeptOriginal | undefined> {
  const extent = (await log.extents(originalTopic)).find((one) => one.partition === partition);
  // A range beyond the end would stay open until somebody fills it.
  if (extent === undefined || offset < extent.start || offset >= extent.end) return undefined;
  let found: KafkaMessage | undefined;
  try {
    await log.read({ topic: originalTopic, partition, from: offset, to: offset + 1n }, ({ records }) => {
      found ??= records.find((record) => BigInt(record.offset) === offset);
      return Promise.resolve();
    });
  } catch (error) {
    if (error instanceof LogGapError) return undefined;
    throw error;
  }
  return found && fromRecord(found);
}

function fromRecord({ key, value, headers, timestamp }: KafkaMessage): KeptOriginal | undefined {
  if (key === null || value === null) return undefined;
  const header = (name: string): string => String(headers?.[name] ?? '');
  return {
    bytes: value,
    digest: key.toString('latin1'),
    tenant: header(originalHeaders.tenant),
    carrier: header(originalHeaders.carrier),
    format: header(originalHeaders.format),
    contentType: header(originalHeaders.contentType),
    sandbox: header(originalHeaders.sandbox) === 'true',
    receivedMs: Number(timestamp),
  };
}

/** Reads a place as events write it (`3/128`) or as answers and addresses do (`3-128`); undefined for anything else. */
export function parseOriginalPlace(text: string, separators: '-' | '-/' = '-/'): OriginalPlace | undefined {
  const match = /^(\d{1,5})([/-])(\d{1,19})$/.exec(text);
  if (!match || !separators.includes(match[2]!)) return undefined;
  return { partition: Number(match[1]), offset: BigInt(match[3]!) };
}
