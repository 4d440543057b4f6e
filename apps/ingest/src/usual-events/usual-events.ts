/**
 * The short way through the door. In: the body of a carrier that writes its events as it did before. Out: the same decisions and the same
 * records as from parsing and the full check, for a third of the time; or nothing at all, and the body goes the long way.
 *
 * What a carrier's events look like is learned from those that went the long way: their layout, and for each combination of words (a
 * variety) what it means and the text of its records. So no rule stands here twice: words count only in a combination that the full
 * check has let through for this key, and what varies freely (id, subject, time, quantities, unit) is checked by the rules that the full
 * check uses. A test holds the two ways equal on mutated bodies.
 * Refused: a validator made for this from the schema, which would be a second one; parsing in another process, which costs the same twice.
 */
import { parseTimestamp, type System, type UnitType } from '@landbridge/domain';
import {
  eventTopics,
  isPossibleTime,
  liesAhead,
  sandboxTopic,
  unitIdRule,
  type CarrierKey,
  type CheckedEvent,
} from '@landbridge/contracts';
import type { LogRecord } from '@landbridge/kafka';
import type { ContentMode } from '../content-types/media-type.js';
import { recordHeaders, type AcceptedEvent, type Tally } from '../event-screening.js';
import type { QualityFacts } from '../quality/quality-tally.js';
import { recordTexts } from '../record-value.js';
import { EventLayout, isBlank, varyingFields, viewOf } from './event-layout.js';
import { RecordSlab } from './record-slab.js';

/** A body's events, all of them accepted or repeats of one before. */
export interface UsualEventsRead {
  readonly eventsRead: number;
  readonly duplicates: number;
  readonly records: readonly LogRecord[];
  readonly tally: Tally;
  /** Of the accepted ones, in the order sent. */
  readonly quality: readonly QualityFacts[];
}

/** What a body is read by, beside its bytes. */
export interface UsualTerms {
  readonly eventsMax: number;
  /** Epoch milliseconds: what has happened lies before it. */
  readonly receivedAtMs: number;
}

/** What is the same for all events of one combination of words. */
interface Variety {
  readonly system: System;
  readonly topic: string;
  readonly source: string;
  readonly facts: NonNullable<CheckedEvent['facts']>;
  readonly unitType: UnitType;
  readonly isUnitId: ((id: string) => boolean) | undefined;
  /** A record's bytes around the varying values, in their order, and how many they are together. */
  readonly around: readonly Buffer[];
  readonly aroundBytes: number;
}

interface Form {
  readonly layout: EventLayout;
  /** By their words, joined. */
  readonly varieties: Map<string, Variety>;
  /** Of the words that the layout has matched last. */
  current: Variety | undefined;
}

/** With and without a partner, with one quantity or two: some carriers write in a few ways. */
const formsPerKey = 4;
const varietiesPerForm = 256;
/** A kilobyte each; when they are used up all is learned anew, which costs a request each the long way. */
const varietiesMax = 16_384;
/** Learning takes longer than the long way itself, and a carrier whose words are always new shall not pay for it each time. */
const learnedPerBody = 4;
/** Larger bodies would keep the loop for more than some milliseconds. */
const bodyBytesMax = 1_048_576;
const subjectBytesMax = 128;
const unitIdBytesMax = 80;
/**
 * What is cut out of a text keeps all of it in memory, while only records are counted there. So a body may be so much longer than they are;
 * one of blanks and repeats goes the long way.
 */
const bytesPerRecordByteMax = 4;
/** Of a body as short as this it does not matter. */
const shortBodyBytes = 4_096;

export class UsualEvents {
  #forms = new WeakMap<CarrierKey, Form[]>();
  #varieties = 0;

  constructor(private readonly eventBytesMax: number) {}

  /** The events of a body, or undefined where it has to go the long way. Never throws. */
  read(key: CarrierKey, mode: ContentMode, body: Buffer, terms: UsualTerms): UsualEventsRead | undefined {
    const forms = this.#forms.get(key);
    if (forms === undefined || (mode !== 'batch' && mode !== 'structured')) return undefined;
    if (body.length > bodyBytesMax) return undefined;
    const reading = new BodyReading(forms, body, this.eventBytesMax, terms);
    return mode === 'batch' ? reading.batch() : reading.single();
  }

  /**
   * Learns from a body that went the long way, and whose events were all accepted.
   * @param events those that were read from it
   */
  learn(key: CarrierKey, mode: ContentMode, body: Buffer, events: readonly AcceptedEvent[]): void {
    if (mode !== 'batch' && mode !== 'structured') return;
    let at = skipBlank(body, 0);
    if (mode === 'batch') at = skipBlank(body, at + 1);
    let learned = 0;
    for (const event of events) {
      if (learned === learnedPerBody) return;
      const end = this.#learnOne(key, body, at, event, () => learned++);
      if (end < 0) return;
      at = skipBlank(body, skipBlank(body, end) + 1);
    }
  }

  /** Where the event ends in the body; -1 where it is of no form that can be learned, and nothing behind it is looked at. */
  #learnOne(key: CarrierKey, body: Buffer, at: number, accepted: AcceptedEvent, onLearned: () => void): number {
    let forms = this.#forms.get(key);
    for (const form of forms ?? []) {
      const end = form.layout.match(body, at);
      if (end < 0) continue;
      const name = form.layout.words.join('\n');
      if (!form.varieties.has(name)) {
        onLearned();
        this.#keep(form, name, varietyOf(key, accepted));
      }
      return end;
    }
    const layout = EventLayout.of(body, at);
    const end = layout?.match(body, at) ?? -1;
    if (layout === undefined || end < 0) return -1;
    if (forms === undefined) this.#forms.set(key, (forms = []));
    // The oldest one gives way.
    if (forms.length === formsPerKey) forms.shift();
    const form = { layout, varieties: new Map<string, Variety>(), current: undefined };
    forms.push(form);
    onLearned();
    this.#keep(form, layout.words.join('\n'), varietyOf(key, accepted));
    return end;
  }

  #keep(form: Form, name: string, variety: Variety): void {
    if (form.varieties.size === varietiesPerForm) form.varieties.clear();
    form.varieties.set(name, variety);
    form.layout.wordsChanged = true;
    if (++this.#varieties < varietiesMax) return;
    this.#varieties = 0;
    this.#forms = new WeakMap();
  }
}

/** The event is a first version with data: an event of any other kind has members that no layout takes. */
function varietyOf(key: CarrierKey, { event, system }: AcceptedEvent): Variety {
  const data = event.data!;
  const around = recordTexts(event, key.tenant).map((text) => Buffer.from(text));
  return {
    system,
    topic: key.sandbox ? sandboxTopic : eventTopics[system],
    source: event.source,
    facts: data,
    unitType: data.unit.type,
    isUnitId: unitIdRule(data.unit.type),
    around,
    aroundBytes: around.reduce((sum, { length }) => sum + length, 0),
  };
}

/** One body being read. */
class BodyReading {
  readonly #text: string;
  readonly #view: DataView;
  readonly #slab: RecordSlab;
  readonly #records: LogRecord[] = [];
  readonly #quality: QualityFacts[] = [];
  readonly #tally: Tally = {
    air: { accepted: 0, duplicates: 0 },
    rail: { accepted: 0, duplicates: 0 },
    port: { accepted: 0, duplicates: 0 },
    cbec: { accepted: 0, duplicates: 0 },
  };
  /** Ids of a batch, of one source: a carrier that speaks for several in one body goes the long way. */
  #ids: Set<string> | undefined;
  #source: string | undefined;
  #eventsRead = 0;
  #duplicates = 0;
  #recordBytes = 0;

  constructor(
    private readonly forms: Form[],
    private readonly body: Buffer,
    private readonly eventBytesMax: number,
    private readonly terms: UsualTerms,
  ) {
    // A record has the tenant more than the event, and no blanks.
    this.#slab = new RecordSlab(body.length);
    this.#view = viewOf(body);
    // Only what is ASCII is cut out of it.
    this.#text = body.toString('latin1');
  }

  single(): UsualEventsRead | undefined {
    const end = this.#event(skipBlank(this.body, 0));
    return end >= 0 && skipBlank(this.body, end) === this.body.length ? this.#result() : undefined;
  }

  batch(): UsualEventsRead | undefined {
    const { body } = this;
    this.#ids = new Set();
    let at = skipBlank(body, 0);
    if (body[at] !== 0x5b) return undefined;
    do {
      if (this.#eventsRead === this.terms.eventsMax) return undefined;
      at = this.#event(skipBlank(body, at + 1));
      if (at < 0) return undefined;
      at = skipBlank(body, at);
    } while (body[at] === 0x2c);
    return body[at] === 0x5d && skipBlank(body, at + 1) === body.length ? this.#result() : undefined;
  }

  #result(): UsualEventsRead | undefined {
    if (this.body.length > Math.max(shortBodyBytes, this.#recordBytes * bytesPerRecordByteMax)) return undefined;
    return {
      eventsRead: this.#eventsRead,
      duplicates: this.#duplicates,
      records: this.#records,
      tally: this.#tally,
      quality: this.#quality,
    };
  }

  /** Takes the event at `start` in; its end, or -1. */
  #event(start: number): number {
    const { forms } = this;
    for (let i = forms.length - 1; i >= 0; i--) {
      const form = forms[i]!;
      const end = form.layout.match(this.body, start, this.#view);
      if (end < 0) continue;
      // The next event is most likely written like this one, so its form is tried first.
      if (i < forms.length - 1) forms.push(...forms.splice(i, 1));
      return this.#take(form) ? end : -1;
    }
    return -1;
  }

  #take(form: Form): boolean {
    const { layout } = form;
    if (layout.wordsChanged) {
      form.current = form.varieties.get(layout.words.join('\n'));
      layout.wordsChanged = form.current === undefined;
    }
    const variety = form.current;
    if (variety === undefined) return false;
    const { fields, starts, ends } = layout;
    const id = this.#cut(starts[idAt]!, ends[idAt]!);
    const subject = this.#cut(starts[subjectAt]!, ends[subjectAt]!);
    const time = this.#cut(starts[timeAt]!, ends[timeAt]!);
    const unitAt = fields.length - 1;
    const unitId = this.#cut(starts[unitAt]!, ends[unitAt]!);
    const timeMs = parseTimestamp(time);
    if (timeMs === undefined || !isPossibleTime(timeMs)) return false;
    if (liesAhead(variety.facts, timeMs, this.terms.receivedAtMs)) return false;
    if (subject.length > subjectBytesMax || unitId.length > unitIdBytesMax) return false;
    if (variety.isUnitId !== undefined && !variety.isUnitId(unitId)) return false;
    const value = this.#record(layout, variety);
    if (value === undefined) return false;
    if ((this.#source ??= variety.source) !== variety.source) return false;
    this.#eventsRead++;
    const counts = this.#tally[variety.system];
    if (this.#isRepeat(id)) {
      this.#duplicates++;
      counts.duplicates++;
      return true;
    }
    counts.accepted++;
    this.#recordBytes += value.length;
    this.#records.push({ topic: variety.topic, key: subject, value, headers: recordHeaders });
    this.#quality.push({
      timeMs,
      rank: 0,
      facts: variety.facts,
      unit: { type: variety.unitType, id: unitId },
    });
    return true;
  }

  /** The event as the log has it; undefined for one that is too large. */
  #record({ starts, ends }: EventLayout, { around, aroundBytes }: Variety): Buffer | undefined {
    let bytes = aroundBytes;
    for (let at = 0; at < starts.length; at++) bytes += ends[at]! - starts[at]!;
    if (bytes > this.eventBytesMax) return undefined;
    this.#slab.begin(bytes);
    for (let at = 0; at < starts.length; at++) {
      this.#slab.add(around[at]!, 0, around[at]!.length);
      this.#slab.add(this.body, starts[at]!, ends[at]!);
    }
    const last = around[starts.length]!;
    this.#slab.add(last, 0, last.length);
    return this.#slab.end();
  }

  #isRepeat(id: string): boolean {
    if (this.#ids === undefined) return false;
    const before = this.#ids.size;
    this.#ids.add(id);
    return this.#ids.size === before;
  }

  #cut(start: number, end: number): string {
    return this.#text.slice(start, end);
  }
}

/** Every layout has these, and they come first. */
const [idAt, subjectAt, timeAt] = [
  varyingFields.indexOf('id'),
  varyingFields.indexOf('subject'),
  varyingFields.indexOf('time'),
];

function skipBlank(body: Buffer, start: number): number {
  let at = start;
  while (isBlank(body[at])) at++;
  return at;
}
