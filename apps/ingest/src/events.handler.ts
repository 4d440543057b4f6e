/**
 * A request's events are screened, the accepted are published, and the answer says what became of each: after the log has confirmed
 * (acks=all) and not before. Nothing is remembered between requests: whether an event was posted before is decided downstream, in one
 * place, so a retry is always safe and a lost answer loses nothing.
 */
import { explainCount, systems, type System } from '@landbridge/domain';
import type { CarrierKey, CountedEvent, IngestAnswer, Problem, ProblemCode } from '@landbridge/contracts';
import type { LogRecord, LogWriter } from '@landbridge/kafka';
import {
  recordsWithOriginal,
  screenEvents,
  type AcceptedEvent,
  type Original,
  type ScreenedEvents,
  type Tally,
} from './event-screening.js';
import { originalRecord, type CarrierMessage } from './originals/original-record.js';
import { eachInTurns, type Turns } from './turns.js';
import type { QualityFacts } from './quality/quality-tally.js';
import type { UsualEventsRead } from './usual-events/usual-events.js';

export interface PostOptions {
  /** `Landbridge-Batch: rollback`: publish nothing when any event is rejected. */
  readonly rollback: boolean;
  /** `?dryRun=true`: check and answer, with what would be counted; publish nothing. */
  readonly dryRun: boolean;
}

/** The events of a request, as they were read. */
export interface EventsRead {
  readonly events: readonly unknown[];
  /** Epoch milliseconds. */
  readonly receivedAtMs: number;
  /** Where each of them stands in the message that they were read from. */
  readonly paths?: readonly string[] | undefined;
}

export type PostResult =
  | {
      readonly ok: true;
      readonly status: 202 | 207 | 422;
      readonly answer: IngestAnswer;
      /** Where the message is kept, when its events were published: `3-128`. */
      readonly original?: string;
    }
  | { readonly ok: false; readonly problem: Problem };

/** What the handler counts; the metrics behind it are labelled by system and code only. */
export interface EventCounts {
  accepted(system: System, events: number): void;
  duplicates(system: System, events: number): void;
  rejected(system: System | undefined, code: ProblemCode): void;
}

/** Who counts the quality of a carrier's data: each event, with the carrier. */
export interface QualityWitness {
  accepted(owner: CarrierKey, events: readonly QualityFacts[]): void;
  rejected(owner: CarrierKey, code: ProblemCode): void;
}

export interface HandlerLimits {
  /** Bytes of one event's canonical form. */
  readonly eventBytesMax: number;
  /** How long a post waits for the log's confirmation, milliseconds. */
  readonly ackDeadlineMs: number;
}

export class EventsHandler {
  constructor(
    private readonly log: Pick<LogWriter, 'write' | 'append'>,
    private readonly counts: EventCounts,
    private readonly quality: QualityWitness,
    private readonly limits: HandlerLimits,
    private readonly turns: Turns,
  ) {}

  /** Screens, publishes, answers: see `screen` and `publish`. */
  post(key: CarrierKey, read: EventsRead, options: PostOptions, message?: CarrierMessage): Promise<PostResult> {
    return this.publish(key, this.screen(key, read), options, message);
  }

  /** Decides the events of a request. */
  screen(key: CarrierKey, { events, receivedAtMs, paths }: EventsRead): ScreenedEvents {
    return screenEvents(key, events, { eventBytesMax: this.limits.eventBytesMax, receivedAtMs }, paths);
  }

  /**
   * Publishes what was decided, and answers. Problems: overloaded, log_unavailable (the post may be sent again as it is), record_refused.
   * @param message what the events were read from, where it was in a carriers' format
   */
  async publish(
    key: CarrierKey,
    screened: ScreenedEvents,
    { rollback, dryRun }: PostOptions,
    message?: CarrierMessage,
  ): Promise<PostResult> {
    const { rejected } = screened;
    const rolledBack = rollback && rejected.length > 0;
    let original: string | undefined;
    if (!rolledBack && !dryRun && screened.records.length > 0) {
      const published =
        message === undefined
          ? await this.#write(screened.records, this.limits.ackDeadlineMs)
          : await this.#writeWithOriginal(key, screened, message);
      if (!published.ok) return published;
      original = published.original;
    }
    // Neither a dry run nor a sandbox is counted: the counter of accepted events is held against the topics that are folded.
    if (!dryRun && !key.sandbox) this.#count(key, screened, rolledBack);
    const accepted = rolledBack ? 0 : screened.accepted;
    const plain: IngestAnswer = { accepted, duplicates: screened.duplicates, rejected };
    const answer: IngestAnswer = key.sandbox ? { ...plain, sandbox: true } : plain;
    return {
      ok: true,
      status: statusOf(accepted, rejected.length),
      answer: dryRun ? { ...answer, dryRun: true, counted: await this.#countedOf(screened.events) } : answer,
      ...(original === undefined ? {} : { original }),
    };
  }

  /** Publishes and answers what came the short way: nothing of it is rejected, and nothing is to be explained. */
  async publishUsual(key: CarrierKey, { records, tally, duplicates, quality }: UsualEventsRead): Promise<PostResult> {
    const published = await this.#write(records, this.limits.ackDeadlineMs);
    if (!published.ok) return published;
    if (!key.sandbox) {
      this.#countTally(tally, true);
      this.quality.accepted(key, quality);
    }
    const plain: IngestAnswer = { accepted: records.length, duplicates, rejected: [] };
    return { ok: true, status: 202, answer: key.sandbox ? { ...plain, sandbox: true } : plain };
  }

  async #write(records: readonly LogRecord[], deadlineMs: number): Promise<Published> {
    const written = await this.log.write(records, deadlineMs);
    return written.ok ? published : { ok: false, problem: unwritten[written.problem] };
  }

  /**
   * 1 the original is on the log, 2 its events are written, each saying where it stands. A crash between leaves an original without
   * events: its sender had no answer and sends it again. The other order would leave events that name an original which is nowhere.
   */
  async #writeWithOriginal(key: CarrierKey, screened: ScreenedEvents, message: CarrierMessage): Promise<Published> {
    const deadlineAt = performance.now() + this.limits.ackDeadlineMs;
    const record = originalRecord(key, message);
    const kept = await this.log.append(record, this.limits.ackDeadlineMs); // 1
    if (!kept.ok) return { ok: false, problem: unwritten[kept.problem] };
    const at = { partition: record.partition, offset: kept.offset };
    const original = { format: message.format, digest: record.key, at: `${at.partition}/${at.offset}` };
    const records = await this.#recordsOf(screened.events, key, original);
    // From here to the write nothing waits, so no other request can take the room between.
    message.release();
    const written = await this.#write(records, Math.max(1, deadlineAt - performance.now())); // 2
    return written.ok ? { ok: true, original: `${at.partition}-${at.offset}` } : written;
  }

  /** Of thousands of events in turns, and of few at once. */
  async #recordsOf(events: readonly AcceptedEvent[], key: CarrierKey, original: Original): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    await eachInTurns(this.turns, events, (some) => void records.push(...recordsWithOriginal(some, key, original)));
    return records;
  }

  async #countedOf(events: readonly AcceptedEvent[]): Promise<CountedEvent[]> {
    const counted: CountedEvent[] = [];
    await eachInTurns(this.turns, events, (some) => void counted.push(...some.map(countedOf)));
    return counted;
  }

  /** A message that cannot be read counts as one rejected event of its carrier. */
  unreadable(key: CarrierKey, code: ProblemCode): void {
    this.counts.rejected(undefined, code);
    this.quality.rejected(key, code);
  }

  #count(key: CarrierKey, { tally, events, rejected, rejectedSystems }: ScreenedEvents, rolledBack: boolean): void {
    this.#countTally(tally, !rolledBack);
    if (!rolledBack) this.quality.accepted(key, events.map(qualityFactsOf));
    for (const [at, { code }] of rejected.entries()) {
      this.counts.rejected(rejectedSystems[at], code);
      this.quality.rejected(key, code);
    }
  }

  #countTally(tally: Tally, stands: boolean): void {
    for (const system of systems) {
      const { accepted, duplicates } = tally[system];
      if (accepted > 0 && stands) this.counts.accepted(system, accepted);
      if (duplicates > 0) this.counts.duplicates(system, duplicates);
    }
  }
}

type Published = { readonly ok: true; readonly original?: string } | { readonly ok: false; readonly problem: Problem };
const published: Published = { ok: true };

/** What an accepted event would add, as the fold would add it once it is on the log. */
function countedOf({ index, event, system, timeMs, facts }: AcceptedEvent): CountedEvent {
  const { id, subject, retracted } = event;
  if (retracted || facts === undefined)
    return { index, id, subject, measures: [], reason: 'it takes the event of this id back' };
  return { index, id, subject, ...explainCount(system, timeMs, facts) };
}

function qualityFactsOf({ event, timeMs, rank, facts }: AcceptedEvent): QualityFacts {
  return { timeMs, rank, facts, unit: event.data?.unit };
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
