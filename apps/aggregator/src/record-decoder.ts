/**
 * A record of the log to what the fold takes: in flows a Kafka record's bytes, out flows an identity and a version, or the reason why the
 * record is a dead letter. Pure, and total: no bytes that anybody writes to the topic make it throw.
 */
import { hash } from 'node:crypto';
import { checkEvent, identityText, systemOfTopic, type Problem } from '@landbridge/contracts';
import { contributionsOf, identityLength, milestones, type FoldRecord } from '@landbridge/domain';
import type { KafkaMessage } from 'kafkajs';

export interface DecodedRecord extends FoldRecord {
  /** When it happened, epoch milliseconds. */
  readonly timeMs: number;
  readonly unknownMilestone: boolean;
}

export type Decoding =
  | { readonly ok: true; readonly record: DecodedRecord }
  | { readonly ok: false; readonly offset: number; readonly receivedMs: number; readonly problem: Problem };

const knownMilestones: ReadonlySet<string> = new Set(milestones);

/** Problems: unreadable_record, wrong_topic, and those of `checkEvent`. */
export function decodeRecord(topic: string, message: Pick<KafkaMessage, 'offset' | 'timestamp' | 'value'>): Decoding {
  const offset = Number(message.offset);
  const receivedMs = Number(message.timestamp);
  const refuse = (problem: Problem): Decoding => ({ ok: false, offset, receivedMs, problem });

  const value = readJson(message.value);
  if (value === undefined) return refuse({ code: 'unreadable_record', detail: 'the value is empty or not JSON' });
  const checked = checkEvent(value);
  if (!checked.ok) return refuse(checked.problem);
  const { event, system, timeMs, rank, facts } = checked;
  if (system !== systemOfTopic(topic))
    return refuse({ code: 'wrong_topic', detail: `${event.type} does not belong on ${topic}`, path: '$.type' });
  const contributions = facts && !event.retracted ? contributionsOf(system, timeMs, facts) : [];
  return {
    ok: true,
    record: {
      offset,
      receivedMs,
      identity: hash('sha256', identityText(event), 'binary').slice(0, identityLength),
      version: { rank, contributions },
      timeMs,
      unknownMilestone: facts !== undefined && !knownMilestones.has(facts.milestone),
    },
  };
}

function readJson(value: Buffer | null): unknown {
  if (value === null || value.length === 0) return undefined;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
