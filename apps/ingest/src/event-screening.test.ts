import { describe, expect, test } from '@jest/globals';
import type { CarrierKey } from '@landbridge/contracts';
import { readEvents, UnreadableEvent } from './content-types/event-reader.js';
import { recordsWithOriginal, screenEvents, type ScreenedEvents } from './event-screening.js';

const key: CarrierKey = {
  keyHash: 'a'.repeat(64),
  hint: 'lb_abc',
  tenant: 'zzh',
  carrier: 'demo',
  source: 'urn:carrier:demo',
  createdAt: '2020-01-01T00:00:00Z',
};
const eventBytesMax = 4_096;
/** An hour after the event happened. */
const receivedAtMs = Date.parse('2020-03-04T06:06:07+08:00');
const terms = { eventBytesMax, receivedAtMs };

const data = {
  classifier: 'actual',
  milestone: 'arrived',
  hub: 'CGO',
  corridor: 'air',
  direction: 'inbound',
  partner: 'US',
  unit: { type: 'flight', id: 'CV9721-20200304' },
  quantities: { pieces: 3, weightGrams: 1_200_000 },
};
const event = {
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:carrier:demo',
  type: 'landbridge.air.event.v1',
  subject: 'CV9721-20200304',
  time: '2020-03-04T05:06:07+08:00',
  data,
};

const screen = (...events: unknown[]): ScreenedEvents => screenEvents(key, events, terms);

/** Code and path of the one event that is screened. */
function refusalOf(value: unknown): string {
  const { rejected, records } = screen(value);
  expect(records).toEqual([]);
  // Of every fault it is told which rule was broken, and what was expected.
  for (const { rule, expected } of rejected)
    expect([rule, expected]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
  return rejected.map(({ code, path }) => `${code} ${path}`).join();
}

const withQuantity = (weightGrams: unknown): unknown => ({ ...event, data: { ...data, quantities: { weightGrams } } });

describe('an accepted event', () => {
  test('goes to its system’s topic under its subject, with the tenant of the key', () => {
    const { accepted, duplicates, rejected, records, tally } = screen(event);
    expect([accepted, duplicates, rejected]).toEqual([1, 0, []]);
    expect(tally.air).toEqual({ accepted: 1, duplicates: 0 });
    expect(records).toEqual([
      {
        topic: 'landbridge.air.v1',
        key: 'CV9721-20200304',
        value: expect.stringContaining('"tenant":"zzh"'),
        headers: { 'content-type': 'application/cloudevents+json; charset=UTF-8' },
      },
    ]);
  });

  test('may name its own tenant', () => {
    expect(screen({ ...event, tenant: 'zzh' }).accepted).toBe(1);
  });

  test('may be of any time to come where it is planned or estimated, or takes one back', () => {
    const ahead = { ...event, time: '2021-03-04T05:06:07+08:00' };
    const changes = [{ data: { ...data, classifier: 'planned' } }, { data: { ...data, classifier: 'estimated' } }];
    for (const change of [...changes, { retracted: true }])
      expect(screen({ ...ahead, ...change })).toMatchObject({ accepted: 1, rejected: [] });
  });

  test('that moved takes itself back from its old subject first, in the same write', () => {
    const { accepted, records } = screen({ ...event, subject: 'new', previoussubject: 'old', revision: 2 });
    expect(accepted).toBe(1);
    expect(records.map(({ key }) => key)).toEqual(['old', 'new']);
    expect(JSON.parse(String(records[0]?.value))).toMatchObject({
      id: 'e-1',
      subject: 'old',
      revision: 1,
      retracted: true,
    });
  });

  test('that names its own subject as the previous one has not moved', () => {
    expect(screen({ ...event, previoussubject: event.subject, revision: 2 }).records).toHaveLength(1);
  });
});

describe('a rejected event', () => {
  test.each<[string, unknown, string]>([
    ['no source', { ...event, source: undefined }, 'invalid_event $'],
    ['another carrier’s source', { ...event, source: 'urn:carrier:other' }, 'foreign_source $.source'],
    ['a source that only begins like the key’s', { ...event, source: 'urn:carrier:demo2' }, 'foreign_source $.source'],
    ['another tenant', { ...event, tenant: 'other' }, 'reserved_attribute $.tenant'],
    ['an unknown type', { ...event, type: 'landbridge.space.event.v1' }, 'unknown_type $.type'],
    ['a time without a zone', { ...event, time: '2020-03-04T05:06:07.000' }, 'invalid_time $.time'],
    ['what has not happened yet', { ...event, time: '2020-03-04T05:06:07Z' }, 'future_time $.time'],
    ['a negative quantity', withQuantity(-1), 'quantity_out_of_range $.data.quantities.weightGrams'],
    ['a fractional quantity', withQuantity(1.5), 'quantity_out_of_range $.data.quantities.weightGrams'],
    ['a quantity above 2^53', withQuantity(2 ** 53 + 2), 'quantity_out_of_range $.data.quantities.weightGrams'],
    ['a quantity as text', withQuantity('7'), 'quantity_out_of_range $.data.quantities.weightGrams'],
    ['an unknown partner', { ...event, data: { ...data, partner: 'XX' } }, 'unknown_partner $.data.partner'],
    [
      'an unknown trade mode',
      { ...event, data: { ...data, tradeMode: '9999' } },
      'unknown_trade_mode $.data.tradeMode',
    ],
    [
      'a wrong check digit',
      { ...event, data: { ...data, unit: { type: 'awb', id: '020-12345670' } } },
      'check_digit $.data.unit.id',
    ],
    [
      'a link that fails its rule',
      { ...event, data: { ...data, links: [{ type: 'uld', id: 'P1' }] } },
      'check_digit $.data.links[0].id',
    ],
    ['an unknown hub', { ...event, data: { ...data, hub: 'XXX' } }, 'unknown_hub $.data.hub'],
    ['no data', { ...event, data: undefined }, 'data_missing $.data'],
    ['a move without a revision', { ...event, previoussubject: 'old' }, 'revision_missing $.revision'],
    ['a number for an event', 7, 'invalid_event $'],
    ['null for an event', null, 'invalid_event $'],
  ])('for %s is named', (_what, value, refusal) => {
    // As it would come over the wire: without the undefined members.
    expect(refusalOf(JSON.parse(JSON.stringify(value)))).toBe(refusal);
  });

  test.each([
    ['at the top', `{"__proto__":{"id":"x"},${JSON.stringify(event).slice(1)}`],
    ['in the data', JSON.stringify(event).replace('"hub":', '"__proto__":{"hub":"CGO"},"hub":')],
    ['in the quantities', JSON.stringify(event).replace('"pieces":', '"__proto__":1,"pieces":')],
  ])('for __proto__ %s is named and changes no prototype', (_where, text) => {
    expect(refusalOf(JSON.parse(text))).toMatch(/^(invalid_event|quantity_out_of_range) /);
    expect(({} as { hub?: string }).hub).toBeUndefined();
  });

  test('for a hundred thousand brackets is named, wherever they stand', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const text = JSON.stringify(event);
    for (const bent of [
      deep,
      text.replace('"CGO"', deep),
      text.replace('"e-1"', deep),
      text.replace('{', `{"x":${deep},`),
    ])
      expect(refusalOf(JSON.parse(bent))).toMatch(/^invalid_event /);
  });

  test('for its size is measured in bytes of UTF-8', () => {
    const note = (length: number): unknown => ({ ...event, notea: '中'.repeat(length), noteb: '中'.repeat(length) });
    expect(screen(note(600)).accepted).toBe(1);
    expect(refusalOf(note(620))).toBe('event_too_large $');
  });

  test('carries its id where it has a readable one', () => {
    const { rejected } = screen({ ...event, type: 'x' }, { ...event, id: 7 }, 'text', {
      ...event,
      id: 'y'.repeat(500),
    });
    expect(rejected.map(({ id }) => id)).toEqual(['e-1', null, null, 'y'.repeat(128)]);
  });
});

describe('a batch', () => {
  test('keeps the good events and names the bad ones by their place', () => {
    const { accepted, rejected, rejectedSystems, records } = screen(
      { ...event, id: 'a' },
      { ...event, id: 'b', time: 'yesterday, at about noon' },
      7,
      { ...event, id: 'c', type: 'landbridge.rail.event.v1' },
    );
    expect(accepted).toBe(2);
    expect(records.map(({ topic }) => topic)).toEqual(['landbridge.air.v1', 'landbridge.rail.v1']);
    expect(rejected.map(({ index, id, code }) => [index, id, code])).toEqual([
      [1, 'b', 'invalid_time'],
      [2, null, 'invalid_event'],
    ]);
    expect(rejectedSystems).toEqual(['air', undefined]);
  });

  test('takes the first of the repeats of one version, and every version of one event', () => {
    const { accepted, duplicates, records } = screen(
      event,
      { ...event, subject: 'second' },
      { ...event, revision: 1 },
      { ...event, revision: 1, retracted: true },
      { ...event, revision: 0 },
    );
    expect([accepted, duplicates]).toEqual([3, 2]);
    expect(records.map(({ key }) => key)).toEqual(Array.from({ length: 3 }, () => event.subject));
  });

  test('does not take a rejected event for the first of its repeats', () => {
    const { accepted, duplicates, rejected } = screen({ ...event, tenant: 'other' }, event);
    expect([accepted, duplicates, rejected.length]).toEqual([1, 0, 1]);
  });

  test('of lines rejects an unreadable line alone, at its index', () => {
    const good = JSON.stringify(event);
    const reading = readEvents('lines', Buffer.from(`${good}\r\n{"id":\r\n${good.replace('e-1', 'e-2')}\r\n`), {}, 10);
    const { accepted, rejected } = screen(...(reading.ok ? reading.events : []));
    expect(accepted).toBe(2);
    expect(rejected).toEqual([
      {
        index: 1,
        id: null,
        code: 'unreadable',
        detail: expect.any(String),
        path: expect.stringMatching(/^line 2, column \d+$/),
        rule: 'RFC 8259 section 2',
        expected: 'one JSON object, whole on its line',
      },
    ]);
  });
});

describe('the events of a message', () => {
  const places = ['line 3, column 1', 'line 4, column 1', 'line 5, column 1'];

  test('are rejected with their place in it, and the field that nobody sent in the detail', () => {
    const unread = new UnreadableEvent(
      { code: 'invalid_message', detail: 'no weight', path: 'line 3, column 9', rule: 'FSU 4.2', expected: 'K250' },
      'm-1',
    );
    const { accepted, rejected } = screenEvents(key, [unread, withQuantity(-1), event], terms, places);
    expect(accepted).toBe(1);
    expect(rejected).toEqual([
      {
        index: 0,
        id: 'm-1',
        code: 'invalid_message',
        detail: 'no weight',
        path: 'line 3, column 9',
        rule: 'FSU 4.2',
        expected: 'K250',
      },
      {
        index: 1,
        id: 'e-1',
        code: 'quantity_out_of_range',
        detail: expect.stringMatching(/^\$\.data\.quantities\.weightGrams: /),
        path: 'line 4, column 1',
        rule: 'Landbridge event v1, data.quantities.weightGrams, minimum',
        expected: expect.stringMatching(/^An integer from 0 to /),
      },
    ]);
  });

  test('name their original, each the same one, and what has no data names none', () => {
    const moved = { ...event, id: 'e-2', subject: 'new', previoussubject: 'old', revision: 1 };
    const gone = { ...event, id: 'e-3', retracted: true, data: undefined };
    const { events } = screenEvents(key, [event, moved, gone], terms, places);
    const original = { format: 'edifact', digest: 'ab'.repeat(32), at: '3/128' };
    const records = recordsWithOriginal(events, key, original);
    expect(records.map(({ key: one }) => one)).toEqual(['CV9721-20200304', 'old', 'new', 'CV9721-20200304']);
    const named = records.map(({ value }) => String(value).includes(`"data":{"original":${JSON.stringify(original)},`));
    expect(named).toEqual([true, false, true, false]);
  });
});
