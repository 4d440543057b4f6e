/**
 * What becomes of each event of a request: accepted, a repeat, or rejected with its reason. Pure, so every refusal is tested without a
 * server, and the only way in: the events of `/v1/events` and those that a carriers' format was read to pass the same checks.
 */
import type { System } from '@landbridge/domain';
import {
  checkEvent,
  eventTopics,
  futureFault,
  maySpeakFor,
  sandboxTopic,
  systemOfType,
  type CanonicalEvent,
  type CarrierKey,
  type CheckedEvent,
  type EventData,
  type Problem,
  type RejectedEvent,
} from '@landbridge/contracts';
import type { LogRecord } from '@landbridge/kafka';
import { UnreadableEvent } from './content-types/event-reader.js';
import { toMoveRetraction, toRecordValue } from './record-value.js';

/** What an event says of the message that it came in. */
export type Original = NonNullable<EventData['original']>;

/** A request's events, decided. */
export interface ScreenedEvents {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedEvent[];
  /** Beside `rejected`, by index: the system, where the event's type tells one. */
  readonly rejectedSystems: readonly (System | undefined)[];
  /** The accepted ones, in the order sent. */
  readonly events: readonly AcceptedEvent[];
  /** Those of the accepted events, in the order sent; a moved event has two. */
  readonly records: readonly LogRecord[];
  readonly tally: Tally;
}

export interface AcceptedEvent extends CheckedEvent {
  readonly index: number;
}

export type Tally = Record<System, { accepted: number; duplicates: number }>;

/** What a request's events are decided by, beside themselves and the key. */
export interface ScreeningTerms {
  /** Bytes of one event's canonical form. */
  readonly eventBytesMax: number;
  /** Epoch milliseconds: what has happened lies before it. */
  readonly receivedAtMs: number;
}

/**
 * Decides each event of a request for the carrier that a key stands for.
 * Event problems: all of `checkEvent`, future_time, foreign_source, reserved_attribute, event_too_large, and whatever an `UnreadableEvent`
 * says.
 * Repeats of the same (source, id, rank) inside the request are left out; the first one stands.
 * @param paths where each event stands in the carrier's message, for events that a format was read to; their own fields are then
 *   named in the detail, because the sender has never seen them
 */
export function screenEvents(
  key: CarrierKey,
  events: readonly unknown[],
  { eventBytesMax, receivedAtMs }: ScreeningTerms,
  paths?: readonly string[],
): ScreenedEvents {
  const accepted: AcceptedEvent[] = [];
  const records: LogRecord[] = [];
  const rejected: RejectedEvent[] = [];
  const rejectedSystems: (System | undefined)[] = [];
  const tally: Tally = {
    air: { accepted: 0, duplicates: 0 },
    rail: { accepted: 0, duplicates: 0 },
    port: { accepted: 0, duplicates: 0 },
    cbec: { accepted: 0, duplicates: 0 },
  };
  let duplicates = 0;
  // A single post cannot repeat itself and is the common request: it pays for no set. Bounded by the events of one request.
  const seen = events.length > 1 ? new Set<string>() : undefined;

  const reject = (index: number, value: unknown, problem: Problem): void => {
    rejected.push(toRejectedEvent(index, readableId(value), problem, paths?.[index]));
    rejectedSystems.push(readableSystem(value));
  };

  for (let index = 0; index < events.length; index++) {
    const value = events[index];
    if (value instanceof UnreadableEvent) {
      rejected.push(toRejectedEvent(index, value.id, value.problem));
      rejectedSystems.push(undefined);
      continue;
    }
    const check = checkEvent(value);
    if (!check.ok) {
      reject(index, value, check.problem);
      continue;
    }
    const { event, system, timeMs, rank, facts } = check;
    const refused = foreignClaim(key, event) ?? futureFault(check, receivedAtMs);
    if (refused) {
      reject(index, value, refused);
      continue;
    }
    const record = toRecordValue(event, key.tenant);
    if (isLongerThan(record, eventBytesMax)) {
      reject(index, value, {
        code: 'event_too_large',
        detail: `one event has at most ${eventBytesMax} bytes`,
        path: '$',
        rule: 'Landbridge event v1, size',
        expected: `at most ${eventBytesMax} bytes of JSON without blanks, the tenant included`,
      });
      continue;
    }
    if (seen) {
      // Neither a source nor an id can hold a line feed, so the parts cannot run into each other.
      const version = `${event.source}\n${event.id}\n${rank}`;
      if (seen.has(version)) {
        duplicates++;
        tally[system].duplicates++;
        continue;
      }
      seen.add(version);
    }
    addRecords(records, event, system, key, record);
    accepted.push({ index, event, system, timeMs, rank, facts });
    tally[system].accepted++;
  }
  return { accepted: accepted.length, duplicates, rejected, rejectedSystems, events: accepted, records, tally };
}

/** The records of accepted events that came in a message which is kept at `original`, in the order sent. */
export function recordsWithOriginal(
  events: readonly AcceptedEvent[],
  key: CarrierKey,
  original: Original,
): LogRecord[] {
  const records: LogRecord[] = [];
  for (const { event, system } of events) {
    const whole = event.data === undefined ? event : { ...event, data: { ...event.data, original } };
    addRecords(records, whole, system, key, toRecordValue(whole, key.tenant));
  }
  return records;
}

/** One record, or two for an event that moved: in the same write, so that they are confirmed together or the carrier sends it again. */
function addRecords(records: LogRecord[], event: CanonicalEvent, system: System, key: CarrierKey, value: string): void {
  // A sandbox cannot count, by construction: its events are on no topic that is folded.
  const topic = key.sandbox ? sandboxTopic : eventTopics[system];
  const { subject, previoussubject } = event;
  if (previoussubject !== undefined && previoussubject !== subject) {
    const retraction = toMoveRetraction(event, key.tenant, previoussubject);
    records.push({ topic, key: previoussubject, value: retraction, headers: recordHeaders });
  }
  records.push({ topic, key: subject, value, headers: recordHeaders });
}

function toRejectedEvent(
  index: number,
  id: string | null,
  { code, detail, path = '$', rule, expected }: Problem,
  messagePath?: string,
): RejectedEvent {
  return {
    index,
    id,
    code,
    detail: messagePath === undefined ? detail : `${path}: ${detail}`,
    path: messagePath ?? path,
    ...(rule === undefined ? {} : { rule }),
    ...(expected === undefined ? {} : { expected }),
  };
}

/**
 * CloudEvents' Kafka binding, structured mode.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
export const recordHeaders = { 'content-type': 'application/cloudevents+json; charset=UTF-8' } as const;

/** What the sender may not say: another's source, or a tenant other than its key's. */
function foreignClaim(key: CarrierKey, event: CanonicalEvent): Problem | undefined {
  if (!maySpeakFor(key, event.source))
    return {
      code: 'foreign_source',
      detail: `this key posts for ${key.source} only`,
      path: '$.source',
      rule: 'Landbridge event v1, source',
      expected: key.source.endsWith('/') ? `a source that begins with ${key.source}` : key.source,
    };
  if (event.tenant !== undefined && event.tenant !== key.tenant)
    return {
      code: 'reserved_attribute',
      detail: 'the tenant is set by the hub from the key; leave it out',
      path: '$.tenant',
      rule: 'Landbridge event v1, tenant',
      expected: `no tenant, or ${key.tenant}`,
    };
  return undefined;
}

/** UTF-8 needs one to three bytes per UTF-16 code unit, so the exact length is counted only near the limit. */
function isLongerThan(text: string, bytesMax: number): boolean {
  return text.length * 3 > bytesMax && Buffer.byteLength(text) > bytesMax;
}

/** The id of a rejected event for the answer: what the sender finds it by. Cut at the length that a valid id may have. */
function readableId(value: unknown): string | null {
  const id = memberOf(value, 'id');
  return typeof id === 'string' && id.length > 0 ? id.slice(0, 128) : null;
}

function readableSystem(value: unknown): System | undefined {
  const type = memberOf(value, 'type');
  return typeof type === 'string' ? systemOfType(type) : undefined;
}

function memberOf(value: unknown, name: 'id' | 'type'): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as { readonly [member in typeof name]?: unknown })[name]
    : undefined;
}
