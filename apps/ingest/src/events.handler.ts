/**
 * What becomes of a request's events: each is accepted, repeated or rejected; the accepted are published; the answer says so.
 *
 * Two parts. `screenEvents` decides and builds the records: pure, so every refusal is tested without a server. `EventsHandler` publishes
 * and answers only after the log has confirmed (acks=all). Nothing is remembered between requests: whether an event was posted before
 * is decided downstream, in one place, so a retry is always safe and a lost answer loses nothing.
 */
import { systems, type System } from '@landbridge/domain';
import {
  checkEvent,
  eventTopics,
  maySpeakFor,
  systemOfType,
  type CanonicalEvent,
  type CarrierKey,
  type IngestAnswer,
  type Problem,
  type ProblemCode,
  type RejectedEvent,
} from '@landbridge/contracts';
import type { LogRecord, LogWriter } from '@landbridge/kafka';
import { UnreadableEvent } from './content-types/event-reader.js';
import { toMoveRetraction, toRecordValue } from './record-value.js';

export interface PostOptions {
  /** `Landbridge-Batch: rollback`: publish nothing when any event is rejected. */
  readonly rollback: boolean;
  /** `?dryRun=true`: check and answer, publish nothing. */
  readonly dryRun: boolean;
}

export type PostResult =
  | { readonly ok: true; readonly status: 202 | 207 | 422; readonly answer: IngestAnswer }
  | { readonly ok: false; readonly problem: Problem };

/** What the handler counts; the metrics behind it are labelled by system and code only. */
export interface EventCounts {
  accepted(system: System, events: number): void;
  duplicates(system: System, events: number): void;
  rejected(system: System | undefined, code: ProblemCode): void;
}

export interface HandlerLimits {
  /** Bytes of one event's canonical form. */
  readonly eventBytesMax: number;
  /** How long a post waits for the log's confirmation, milliseconds. */
  readonly ackDeadlineMs: number;
}

export class EventsHandler {
  constructor(
    private readonly log: Pick<LogWriter, 'write'>,
    private readonly counts: EventCounts,
    private readonly limits: HandlerLimits,
  ) {}

  /** Screens, publishes, answers. Problems: overloaded, log_unavailable (the post may be sent again as it is), record_refused. */
  async post(key: CarrierKey, events: readonly unknown[], { rollback, dryRun }: PostOptions): Promise<PostResult> {
    const screened = screenEvents(key, events, this.limits.eventBytesMax);
    const { rejected } = screened;
    const rolledBack = rollback && rejected.length > 0;
    if (!rolledBack && !dryRun && screened.records.length > 0) {
      const written = await this.log.write(screened.records, this.limits.ackDeadlineMs);
      if (!written.ok) return { ok: false, problem: unwritten[written.problem] };
    }
    // A dry run is not counted: the counter of accepted events is held against the log.
    if (!dryRun) this.#count(screened, rolledBack);
    const accepted = rolledBack ? 0 : screened.accepted;
    const answer: IngestAnswer = { accepted, duplicates: screened.duplicates, rejected };
    return {
      ok: true,
      status: statusOf(accepted, rejected.length),
      answer: dryRun ? { ...answer, dryRun: true } : answer,
    };
  }

  #count({ tally, rejected, rejectedSystems }: ScreenedEvents, rolledBack: boolean): void {
    for (const system of systems) {
      const { accepted, duplicates } = tally[system];
      if (accepted > 0 && !rolledBack) this.counts.accepted(system, accepted);
      if (duplicates > 0) this.counts.duplicates(system, duplicates);
    }
    for (const [at, { code }] of rejected.entries()) this.counts.rejected(rejectedSystems[at], code);
  }
}

const unwritten = {
  overloaded: { code: 'overloaded', detail: 'the intake is full; nothing of this request was taken, send it again' },
  log_unavailable: {
    code: 'log_unavailable',
    detail: 'the event log did not confirm in time; send the same request again, nothing counts twice',
  },
  // Every event was checked, so this is about the hub's set-up, an event limit above the topic's for instance: no repeat can help.
  refused: {
    code: 'record_refused',
    detail: 'the event log does not take a record of this request, whose other events may be on the log; tell the hub',
  },
} as const satisfies Record<string, Problem>;

/** 202: nothing to mend. 207: some stand, some do not. 422: none stands. A repeat stands where its first one does. */
function statusOf(accepted: number, rejected: number): 202 | 207 | 422 {
  if (rejected === 0) return 202;
  return accepted === 0 ? 422 : 207;
}

/** A request's events, decided. */
export interface ScreenedEvents {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedEvent[];
  /** Beside `rejected`, by index: the system, where the event's type tells one. */
  readonly rejectedSystems: readonly (System | undefined)[];
  /** In the order sent; a moved event has two. */
  readonly records: readonly LogRecord[];
  readonly tally: Tally;
}

type Tally = Record<System, { accepted: number; duplicates: number }>;

/**
 * Decides each event of a request for the carrier that a key stands for.
 * Event problems: all of `checkEvent`, foreign_source, reserved_attribute, event_too_large, unreadable (lines mode).
 * Repeats of the same (source, id, rank) inside the request are left out; the first one stands.
 */
export function screenEvents(key: CarrierKey, events: readonly unknown[], eventBytesMax: number): ScreenedEvents {
  const records: LogRecord[] = [];
  const rejected: RejectedEvent[] = [];
  const rejectedSystems: (System | undefined)[] = [];
  const tally: Tally = {
    air: { accepted: 0, duplicates: 0 },
    rail: { accepted: 0, duplicates: 0 },
    port: { accepted: 0, duplicates: 0 },
    cbec: { accepted: 0, duplicates: 0 },
  };
  let accepted = 0;
  let duplicates = 0;
  // A single post cannot repeat itself and is the common request: it pays for no set. Bounded by the events of one request.
  const seen = events.length > 1 ? new Set<string>() : undefined;

  const reject = (index: number, value: unknown, { code, detail, path = '$' }: Problem): void => {
    rejected.push({ index, id: readableId(value), code, detail, path });
    rejectedSystems.push(readableSystem(value));
  };

  for (let index = 0; index < events.length; index++) {
    const value = events[index];
    if (value instanceof UnreadableEvent) {
      reject(index, value, value.problem);
      continue;
    }
    const check = checkEvent(value);
    if (!check.ok) {
      reject(index, value, check.problem);
      continue;
    }
    const { event, system, rank } = check;
    const foreign = foreignClaim(key, event);
    if (foreign) {
      reject(index, value, foreign);
      continue;
    }
    const record = toRecordValue(event, key.tenant);
    if (isLongerThan(record, eventBytesMax)) {
      reject(index, value, {
        code: 'event_too_large',
        detail: `one event has at most ${eventBytesMax} bytes`,
        path: '$',
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
    const topic = eventTopics[system];
    const { subject, previoussubject } = event;
    // Both records go in the same write: they are confirmed together or the carrier sends the event again.
    if (previoussubject !== undefined && previoussubject !== subject) {
      const retraction = toMoveRetraction(event, key.tenant, previoussubject);
      records.push({ topic, key: previoussubject, value: retraction, headers: recordHeaders });
    }
    records.push({ topic, key: subject, value: record, headers: recordHeaders });
    accepted++;
    tally[system].accepted++;
  }
  return { accepted, duplicates, rejected, rejectedSystems, records, tally };
}

/**
 * CloudEvents' Kafka binding, structured mode.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
const recordHeaders = { 'content-type': 'application/cloudevents+json; charset=UTF-8' } as const;

/** What the sender may not say: another's source, or a tenant other than its key's. */
function foreignClaim(key: CarrierKey, event: CanonicalEvent): Problem | undefined {
  if (!maySpeakFor(key, event.source))
    return { code: 'foreign_source', detail: `this key posts for ${key.source} only`, path: '$.source' };
  if (event.tenant !== undefined && event.tenant !== key.tenant)
    return {
      code: 'reserved_attribute',
      detail: 'the tenant is set by the hub from the key; leave it out',
      path: '$.tenant',
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
