/** Records that a consumer could not use, put aside with their reason, so that they never block a partition. */
import { deadLetterHeaders, deadLetterTopic, type ProblemCode } from '@landbridge/contracts';
import type { LogRecord, WriteResult } from './lane.js';
import type { LogWriter } from './log-writer.js';

export interface DeadLetter {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Where the record stands. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Buffer | null;
  /** The record's own bytes, untouched. */
  readonly value: Buffer | null;
}

/** A reason quotes the sender's text at times; it is for people to read. */
const detailCharactersMax = 1_000;

export class DeadLetters {
  constructor(private readonly writer: Pick<LogWriter, 'write'>) {}

  /**
   * Resolves `ok` when all letters are in the log. A letter's key is the place of its record, so writing it again after a crash gives the
   * same key. A caller that is told `log_unavailable` must not go past the records.
   */
  publish(letters: readonly DeadLetter[], deadlineMs: number): Promise<WriteResult> {
    return this.writer.write(letters.map(toRecord), deadlineMs);
  }
}

function toRecord({ code, detail, topic, partition, offset, key, value }: DeadLetter): LogRecord {
  return {
    topic: deadLetterTopic,
    key: `${topic}/${partition}/${offset}`,
    value,
    headers: {
      [deadLetterHeaders.code]: code,
      [deadLetterHeaders.detail]: detail.slice(0, detailCharactersMax),
      [deadLetterHeaders.topic]: topic,
      [deadLetterHeaders.partition]: String(partition),
      [deadLetterHeaders.offset]: offset,
      [deadLetterHeaders.key]: key ?? '',
    },
  };
}
