/** Records that a consumer could not use, put aside with their reason, so that they never block a partition. */
import { deadLetterHeaders, deadLetterTopic, type Problem } from '@landbridge/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { LogRecord } from './lane.js';
import type { LogWriter } from './log-writer.js';

/** A record, where it stands, and why it could not be used. Its own bytes go along untouched. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly message: Pick<KafkaMessage, 'offset' | 'key' | 'value'>;
  readonly problem: Pick<Problem, 'code' | 'detail'>;
}

/** A reason quotes the sender's text at times; it is for people to read. */
const detailCharactersMax = 1_000;

export class DeadLetters {
  constructor(private readonly writer: Pick<LogWriter, 'write'>) {}

  /**
   * Resolves when all letters are in the log, and rejects when they are not by the deadline: the caller must then not go past the records.
   * A letter's key is the place of its record, so writing it again after a crash gives the same key.
   */
  async publish(letters: readonly DeadLetter[], deadlineMs: number): Promise<void> {
    const result = await this.writer.write(letters.map(toRecord), deadlineMs);
    if (!result.ok) throw new Error(`dead letters were not confirmed: ${result.problem}`);
  }
}

function toRecord({ topic, partition, message, problem }: DeadLetter): LogRecord {
  const { offset, key, value } = message;
  return {
    topic: deadLetterTopic,
    key: `${topic}/${partition}/${offset}`,
    value,
    headers: {
      [deadLetterHeaders.code]: problem.code,
      [deadLetterHeaders.detail]: problem.detail.slice(0, detailCharactersMax),
      [deadLetterHeaders.topic]: topic,
      [deadLetterHeaders.partition]: String(partition),
      [deadLetterHeaders.offset]: offset,
      [deadLetterHeaders.key]: key ?? '',
    },
  };
}
