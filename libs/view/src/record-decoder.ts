/**
 * A record of the log to what the fold takes: in flows a Kafka record's bytes, out flows an identity and a version, or the reason why the
 * record is a dead letter. No bytes that anybody writes to the topic make it throw.
 *
 * Two ways with one result. The full check parses and checks everything. Most records are in the door's canonical form, and of these only
 * a few parts differ; the first event of a shape goes the full way and teaches what its shape means, the others are cut out of their
 * bytes (`scanCanonical`) and go the short way. A record's version must not depend on the way: a test mutates records and compares.
 */
import { hash } from 'node:crypto';
import {
  CanonicalParts,
  checkEvent,
  identityBytesOf,
  isPossibleTime,
  scanCanonical,
  systemOfTopic,
  unitIdRule,
  type CheckedEvent,
  type Problem,
} from '@landbridge/contracts';
import {
  contributionsOf,
  hourIndexOf,
  identityLength,
  milestones,
  parseSeries,
  quantityNames,
  type Contribution,
  type FoldRecord,
} from '@landbridge/domain';
import type { KafkaMessage } from 'kafkajs';
import { LearnedBytes } from './learned-bytes.js';

export interface DecodedRecord extends FoldRecord {
  /** When it happened, epoch milliseconds. */
  readonly timeMs: number;
  readonly unknownMilestone: boolean;
}

export type Decoding =
  | { readonly ok: true; readonly record: DecodedRecord }
  | { readonly ok: false; readonly offset: number; readonly receivedMs: number; readonly problem: Problem };

/** Where a record's value stands in the bytes of its fetch: so it is read without being cut out. */
export interface ValueInFetch {
  readonly fetched: Buffer;
  readonly valueAt: number;
  /** Negative where the record has no value. */
  readonly valueLength: number;
}

/** A record, from a reader that tells where its value stands or from one that does not. */
export type Message = Pick<KafkaMessage, 'offset' | 'timestamp' | 'value'> & Partial<ValueInFetch>;

/** The bytes that a scanned event stands in, and where it ends there. */
interface Scanned {
  readonly bytes: Buffer;
  readonly end: number;
}

/** What a shape's bytes mean: which series it adds to, and from which quantities the amounts are taken. */
interface Shape {
  readonly idRule: ((id: string) => boolean) | undefined;
  readonly unknownMilestone: boolean;
  readonly adds: readonly { readonly series: string; readonly columns: readonly (number | 'units')[] }[];
}

/** A busy hub has some thousand flights, trains and lanes, and some hundred senders. */
const shapesMax = 16_384;
const sendersMax = 4_096;

const knownMilestones: ReadonlySet<string> = new Set(milestones);

export class RecordDecoder {
  /** By topic, because an event counts only on its own topic. */
  private readonly shapes = new Map<string, LearnedBytes<Shape>>();
  private readonly senders = new LearnedBytes<true>(sendersMax);
  private readonly parts = new CanonicalParts();

  /** Problems: unreadable_record, wrong_topic, and those of `checkEvent`. */
  decode(topic: string, message: Message): Decoding {
    const { fetched, valueAt = 0, valueLength = -1 } = message;
    if (fetched) return this.decodeAt(topic, message, fetched, valueAt, valueAt + valueLength);
    const { value } = message;
    return value === null
      ? this.fullWay(topic, message, undefined)
      : this.decodeAt(topic, message, value, 0, value.length);
  }

  private decodeAt(topic: string, message: Message, bytes: Buffer, start: number, end: number): Decoding {
    const { parts } = this;
    if (end < start || !scanCanonical(bytes, parts, start, end)) return this.fullWay(topic, message, undefined);
    const shape = this.shapes.get(topic)?.find(bytes, parts.shapeStart, end);
    if (
      shape !== undefined &&
      this.senders.find(bytes, parts.senderStart, parts.identityEnd) &&
      isPossibleTime(parts.timeMs) &&
      (shape.idRule === undefined || shape.idRule(bytes.toString('latin1', parts.unitIdStart, parts.shapeStart)))
    )
      return { ok: true, record: shortWay(message, bytes, parts, shape) };
    return this.fullWay(topic, message, { bytes, end });
  }

  /** @param scanned what the parts were found in, where they were found */
  private fullWay(topic: string, message: Message, scanned: Scanned | undefined): Decoding {
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
    if (scanned) this.learn(topic, scanned, checked, contributions);
    return {
      ok: true,
      record: {
        offset,
        receivedMs,
        identity: identityOf(identityBytesOf(event.tenant, event.source, event.id)),
        version: { rank, contributions },
        timeMs,
        unknownMilestone: facts !== undefined && !knownMilestones.has(facts.milestone),
      },
    };
  }

  /** The parts are still those of this record: nothing was scanned since. */
  private learn(
    topic: string,
    { bytes, end }: Scanned,
    { facts }: CheckedEvent,
    contributions: readonly Contribution[],
  ): void {
    if (!facts) return;
    let shapes = this.shapes.get(topic);
    if (!shapes) this.shapes.set(topic, (shapes = new LearnedBytes(shapesMax)));
    this.senders.learn(bytes, this.parts.senderStart, this.parts.identityEnd, true);
    shapes.learn(bytes, this.parts.shapeStart, end, {
      idRule: unitIdRule(facts.unit.type),
      unknownMilestone: !knownMilestones.has(facts.milestone),
      adds: contributions.map(({ series }) => ({ series, columns: columnsOf(series) })),
    });
  }
}

function shortWay({ offset, timestamp }: Message, bytes: Buffer, parts: CanonicalParts, shape: Shape): DecodedRecord {
  const { timeMs, quantities } = parts;
  const hour = hourIndexOf(timeMs);
  const contributions: Contribution[] = [];
  for (const { series, columns } of shape.adds) {
    const amounts: number[] = [];
    for (const column of columns) amounts.push(column === 'units' ? 1 : quantities[column]!);
    contributions.push({ series, hour, amounts });
  }
  return {
    offset: Number(offset),
    receivedMs: Number(timestamp),
    // Of printable ASCII, as the scan takes no other: the text is hashed as these very bytes, and costs less than a view of them.
    identity: identityOf(bytes.toString('latin1', parts.identityStart, parts.identityEnd)),
    // The scan takes first versions only: one with a revision or a retraction goes the full way.
    version: { rank: 0, contributions },
    timeMs,
    unknownMilestone: shape.unknownMilestone,
  };
}

/** Where a series' amounts are found among an event's quantities. */
function columnsOf(series: string): (number | 'units')[] {
  return parseSeries(series).meter.columns.map((column) =>
    column === 'units' ? column : quantityNames.indexOf(column),
  );
}

/** 128 bits of SHA-256, each byte as one character: carriers choose their ids, so the hash must resist being chosen for. */
function identityOf(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'binary').slice(0, identityLength);
}

function readJson(value: Buffer | null): unknown {
  if (value === null || value.length === 0) return undefined;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
