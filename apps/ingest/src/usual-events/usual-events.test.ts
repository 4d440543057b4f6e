import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { CarrierKey } from '@landbridge/contracts';
import { readEvents } from '../content-types/event-reader.js';
import { screenEvents } from '../event-screening.js';
import { UsualEvents } from './usual-events.js';

const key: CarrierKey = {
  keyHash: 'a'.repeat(64),
  hint: 'lb_abc',
  tenant: 'zzh',
  carrier: 'demo',
  source: 'urn:carrier:demo',
  createdAt: '2020-01-01T00:00:00Z',
};
const eventBytesMax = 4_096;
const eventsMax = 50;
/** Some of the times that are tried lie ahead of it. */
const receivedAtMs = Date.UTC(2090, 0, 1);
const terms = { eventsMax, receivedAtMs };

interface Change {
  readonly id?: string;
  readonly time?: string;
  readonly data?: object;
  readonly [attribute: string]: unknown;
}

const eventOf = (change: Change = {}) => ({
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:carrier:demo',
  type: 'landbridge.air.event.v1',
  subject: 'CV9721-20200304',
  time: '2020-03-04T05:06:07+08:00',
  ...change,
  data: {
    classifier: 'actual',
    milestone: 'arrived',
    hub: 'CGO',
    corridor: 'air',
    direction: 'inbound',
    partner: 'US',
    transport: { mode: 'air', carrier: 'CV' },
    unit: { type: 'flight', id: 'CV9721-20200304' },
    quantities: { pieces: 3, weightGrams: 1_200_000 },
    ...change.data,
  },
});

/** All that is decided of a body the long way, where all its events are good. */
function longWay(owner: CarrierKey, body: Buffer) {
  const reading = readEvents('batch', body, {}, eventsMax);
  if (!reading.ok) return undefined;
  const screened = screenEvents(owner, reading.events, { eventBytesMax, receivedAtMs });
  if (screened.rejected.length > 0) return undefined;
  const { duplicates, records, tally, events } = screened;
  return {
    eventsRead: reading.events.length,
    duplicates,
    records,
    tally,
    quality: events.map(({ timeMs, rank, facts, event }) => ({
      timeMs,
      rank,
      facts: [facts?.classifier, facts?.milestone],
      unit: event.data?.unit,
    })),
  };
}

function shortWay(usual: UsualEvents, owner: CarrierKey, body: Buffer) {
  const read = usual.read(owner, 'batch', body, terms);
  return (
    read && {
      ...read,
      records: read.records.map((record) => ({ ...record, value: String(record.value) })),
      quality: read.quality.map(({ facts, ...rest }) => ({ ...rest, facts: [facts?.classifier, facts?.milestone] })),
    }
  );
}

const bodyOf = (events: readonly unknown[], indent?: number): Buffer =>
  Buffer.from(JSON.stringify(events, null, indent));

/** Usual events that have met these bodies the long way. */
function taught(...bodies: readonly Buffer[]): UsualEvents {
  const usual = new UsualEvents(eventBytesMax);
  for (const body of bodies) learn(usual, key, body);
  return usual;
}

function learn(usual: UsualEvents, owner: CarrierKey, body: Buffer): void {
  const reading = readEvents('batch', body, {}, eventsMax);
  if (!reading.ok) throw new Error('a body to learn from is a good one');
  usual.learn(owner, 'batch', body, screenEvents(owner, reading.events, { eventBytesMax, receivedAtMs }).events);
}

/** Mostly the first, so that many bodies are good ones. */
const mostly = <T>(good: fc.Arbitrary<T>, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** Values that differ from event to event. */
const change = fc.record({
  id: mostly(fc.stringMatching(/^[ -!#-[\]-~]{1,128}$/), 'x'.repeat(129), 'é', 'a"b', 'a\\b', '', 'a\u0000'),
  subject: mostly(fc.stringMatching(/^[A-Z0-9-]{1,30}$/), 'y'.repeat(129)),
  time: mostly(
    fc
      .date({ min: new Date('1999-12-01'), max: new Date('2100-01-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    '2020-02-30T00:00:00Z',
    '2020-01-01 00:00:00Z',
    'yesterday',
    '2020-01-01t00:00:00+08:00',
  ),
  data: fc.oneof(
    fc.record({
      milestone: mostly(fc.constant('arrived'), 'unheard-of', 'NOT A WORD'),
      partner: mostly(fc.constantFrom('US', 'LU'), 'XX', 'DE'),
      unit: fc.record({
        type: fc.constant('flight'),
        id: mostly(fc.stringMatching(/^[A-Z0-9-]{1,20}$/), 'z'.repeat(81)),
      }),
      quantities: fc.record({
        pieces: mostly(fc.nat(), 0, 999_999_999_999, 1_000_000_000_000, 1_000_000_000_001, -1, 1.5),
        weightGrams: fc.nat(),
      }),
    }),
    fc.record({
      unit: fc.record({ type: fc.constant('container'), id: fc.constantFrom('CSQU3054383', 'CSQU3054384', 'MSKU1') }),
    }),
  ),
});

/** One that the long way has taken in the form of each event above. */
const lesson = bodyOf([
  eventOf(),
  eventOf({ id: 'e-2', data: { partner: 'LU' } }),
  eventOf({ id: 'e-3', data: { milestone: 'departed' } }),
  eventOf({ id: 'e-4', data: { unit: { type: 'container', id: 'CSQU3054383' } } }),
]);

describe('events of a form that was learned', () => {
  test('are decided as the long way decides them, or not at all', () => {
    const usual = taught(lesson);
    let short = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const body = bodyOf(changes.map(eventOf));
        const read = shortWay(usual, key, body);
        if (read === undefined) return;
        short++;
        expect(read).toEqual(longWay(key, body));
      }),
      { numRuns: 1_000 },
    );
    expect(short).toBeGreaterThan(100);
  });

  test('are decided so whichever byte of them is another', () => {
    const events = [eventOf({ id: 'e-7' }), eventOf({ id: 'e-8', data: { partner: 'LU' } })];
    const good = bodyOf(events);
    let short = 0;
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.nat(255)),
        fc.constantFrom('replace', 'insert', 'delete'),
        (at, byte, how) => {
          const rest = good.subarray(how === 'insert' ? at : at + 1);
          const changed = how === 'delete' ? Buffer.alloc(0) : Buffer.from([byte]);
          const body = Buffer.concat([good.subarray(0, at), changed, rest]);
          const usual = taught(lesson);
          // Twice: what a body that fails leaves behind must not mislead the next one.
          for (const next of [body, good]) {
            const read = shortWay(usual, key, next);
            if (read === undefined) continue;
            short++;
            expect(read).toEqual(longWay(key, next));
          }
        },
      ),
      { numRuns: 1_500 },
    );
    expect(short).toBeGreaterThan(1_500);
  });

  test('may be written over several lines, and with other members first', () => {
    const { data, ...attributes } = eventOf();
    const turned = (id: string) => ({ data, ...attributes, id });
    for (const [learned, body] of [
      [bodyOf([eventOf()], 2), bodyOf([eventOf({ id: 'e-9' }), eventOf({ id: 'e-10' })], 2)],
      [bodyOf([turned('e-1')]), bodyOf([turned('e-9')])],
    ] as const) {
      expect(shortWay(taught(learned), key, body)).toEqual(longWay(key, body));
      expect(shortWay(taught(lesson), key, body)).toBeUndefined();
    }
  });

  test('are learned in several forms, which may stand in one body', () => {
    const bare = (id: string) => eventOf({ id, data: { quantities: undefined, partner: undefined } });
    const usual = taught(lesson, bodyOf([bare('e-1')]));
    const body = bodyOf([eventOf({ id: 'a' }), bare('b'), eventOf({ id: 'c' }), bare('a')]);
    expect(shortWay(usual, key, body)).toEqual(longWay(key, body));
    expect(usual.read(key, 'batch', body, terms)?.duplicates).toBe(1);
  });

  test('that are one, not a batch, are read likewise', () => {
    const usual = taught(lesson);
    const body = Buffer.from(JSON.stringify(eventOf({ id: 'single' })));
    const read = usual.read(key, 'structured', body, terms);
    expect(read?.records.map((record) => ({ ...record, value: String(record.value) }))).toEqual(
      longWay(key, Buffer.from(`[${body.toString()}]`))?.records,
    );
    expect(usual.read(key, 'batch', body, terms)).toBeUndefined();
    expect(usual.read(key, 'lines', body, terms)).toBeUndefined();
  });
});

describe('the long way is left to', () => {
  test.each<[string, Change]>([
    ['a correction', { revision: 1 }],
    ['a retraction', { retracted: true, revision: 1 }],
    ['a move', { previoussubject: 'before', revision: 1 }],
    ['an extension', { traceparent: 'x' }],
    ['a link', { data: { links: [{ type: 'flight', id: 'CV1' }] } }],
    ['a member twice', {}],
  ])('%s, of which nothing is learned', (what, changed) => {
    const text = JSON.stringify([eventOf(changed)]);
    const body = Buffer.from(what === 'a member twice' ? text.replace('"id":', '"id":"e-0","id":') : text);
    expect(shortWay(taught(body), key, body)).toBeUndefined();
  });

  test.each([
    ['data', (text: string) => text.replace('"data":{', '"data":{"quantities":{"valueFen":5}},"data":{')],
    ['quantities', (text: string) => text.replace('"quantities":{', '"quantities":{"valueFen":5},"quantities":{')],
  ])('the object %s twice, of which the full check sees the last', (_what, twice) => {
    const body = Buffer.from(twice(JSON.stringify([eventOf()])));
    expect(longWay(key, body)?.records).toEqual(longWay(key, bodyOf([eventOf()]))?.records);
    expect(shortWay(taught(body), key, body)).toBeUndefined();
  });

  test('another key, though it posts the same', () => {
    const usual = taught(lesson);
    const body = bodyOf([eventOf()]);
    expect(shortWay(usual, key, body)).toBeDefined();
    expect(shortWay(usual, { ...key }, body)).toBeUndefined();
    const stranger = { ...key, tenant: 'other' };
    learn(usual, stranger, lesson);
    expect(shortWay(usual, stranger, body)).toEqual(longWay(stranger, body));
    expect(shortWay(usual, stranger, body)?.records[0]?.value).toContain('"tenant":"other"');
  });

  test('what has not happened yet, which an event of the same form that is planned may tell', () => {
    const time = '2090-01-01T00:10:00.001Z';
    const planned = (change: Change) => eventOf({ ...change, data: { classifier: 'planned' } });
    const usual = taught(lesson, bodyOf([planned({ id: 'e-1' })]));
    expect(shortWay(usual, key, bodyOf([eventOf({ time: '2090-01-01T00:10:00Z' })]))).toBeDefined();
    expect(shortWay(usual, key, bodyOf([eventOf({ time })]))).toBeUndefined();
    expect(longWay(key, bodyOf([eventOf({ time })]))).toBeUndefined();
    expect(shortWay(usual, key, bodyOf([planned({ time })]))).toEqual(longWay(key, bodyOf([planned({ time })])));
  });

  test('more events than a request may hold, and larger ones', () => {
    const usual = taught(lesson);
    const many = bodyOf(Array.from({ length: eventsMax + 1 }, (_, id) => eventOf({ id: `e-${id}` })));
    expect(shortWay(usual, key, many)).toBeUndefined();
    expect(new UsualEvents(100).read(key, 'batch', lesson, terms)).toBeUndefined();
  });

  test('a body of blanks or repeats, which few records would keep in memory unseen', () => {
    const usual = taught(lesson);
    const blanks = ' '.repeat(10_000);
    expect(shortWay(usual, key, Buffer.from(`[${JSON.stringify(eventOf())}${blanks}]`))).toBeUndefined();
    const single = Buffer.from(JSON.stringify(eventOf()) + blanks);
    expect(usual.read(key, 'structured', single, terms)).toBeUndefined();
    const events = (ids: number) => Array.from({ length: eventsMax }, (_, at) => eventOf({ id: `e-${at % ids}` }));
    expect(shortWay(usual, key, bodyOf(events(1)))).toBeUndefined();
    expect(shortWay(usual, key, bodyOf(events(eventsMax)))).toBeDefined();
  });

  test('new words, until they are learned; of those a bounded number is kept', () => {
    const usual = taught(lesson);
    const at = (service: number): Buffer =>
      bodyOf([eventOf({ data: { transport: { mode: 'air', carrier: 'CV', service: `CV${service}` } } })]);
    for (let service = 0; service < 1_000; service++) learn(usual, key, at(service));
    const known = Array.from({ length: 1_000 }, (_, service) => shortWay(usual, key, at(service)) !== undefined);
    const kept = known.filter(Boolean).length;
    expect(known.at(-1)).toBe(true);
    expect(kept).toBeGreaterThan(100);
    expect(kept).toBeLessThan(300);
  });
});
