import { describe, expect, it } from '@jest/globals';
import { checkEvent, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { containerCheckDigit } from '@landbridge/domain';
import * as fc from 'fast-check';
import { revisionAt } from '../event-identity.js';
import { pathOfRefusal, source, writeContext, writtenBack } from '../test-writing.js';
import { edifactFormat } from './edifact-format.js';

const written = (...events: readonly CanonicalEvent[]) => writtenBack(edifactFormat, events);

const container = fc
  .stringMatching(/^[A-Z]{3}U[0-9]{6}$/)
  .map((body) => ({ type: 'container' as const, id: body + containerCheckDigit(body) }));
/** Printable, with all the service characters, and nothing that is trimmed off. */
const name = fc.stringMatching(/^[A-Z?+:'é郑][A-Z ?+:'é郑]{0,20}[A-Z?+:'é郑]$/);
const consignment = fc
  .stringMatching(/^[A-Z][A-Z0-9?+:'/-]{0,20}$/)
  .map((id) => ({ type: 'consignment' as const, id }));
const wagon = fc.constant({ type: 'wagon' as const, id: '218124712173' });

const transport = fc.oneof(
  fc.record({
    mode: fc.constant('rail' as const),
    carrier: fc.constant('ZIH'),
    service: fc.constantFrom('X8155', '10021'),
  }),
  fc.record({ mode: fc.constant('sea' as const), service: fc.constant('031W'), vessel: name }),
);
const place = fc.constantFrom(
  { place: 'CNZGZ', timeZone: 'Asia/Shanghai', offset: '+08:00' },
  { place: 'KZHOR', timeZone: 'Asia/Almaty', offset: '+05:00' },
);
const way = fc.constantFrom<Pick<EventData, 'direction' | 'partner'>>(
  { direction: 'outbound', partner: 'DE' },
  { direction: 'inbound', partner: 'PL' },
  { direction: 'transit' },
);
const massed = fc.record({ weightGrams: fc.integer({ min: 0, max: 50_000_000 }) }, { requiredKeys: [] });

interface Facts {
  readonly milestone: string;
  readonly unit: EventData['unit'];
  readonly quantities: EventData['quantities'];
  readonly classifier: EventData['classifier'];
}
const facts = fc.oneof(
  fc.record<Facts>({
    milestone: fc.constantFrom(
      'gate-in',
      'gate-out',
      'loaded',
      'discharged',
      'departed',
      'arrived',
      'border-crossed',
      'iftsta-x1',
    ),
    unit: container,
    quantities: fc
      .tuple(massed, fc.constantFrom(50, 100, 200, 225))
      .map(([mass, teuHundredths]) => ({ ...mass, teuHundredths })),
    classifier: fc.constant('actual'),
  }),
  fc.record<Facts>({
    milestone: fc.constantFrom('departed', 'arrived', 'delayed', 'delivered'),
    unit: consignment,
    quantities: fc.tuple(massed, fc.integer({ min: 1, max: 999 })).map(([mass, pieces]) => ({ ...mass, pieces })),
    classifier: fc.constantFrom('actual', 'estimated'),
  }),
);

/** Any event that a message can tell: what is told as actual, to the second, at a place whose zone has no summer time. */
const event = fc
  .record({
    facts,
    transport,
    place,
    way,
    links: fc.uniqueArray(fc.oneof(consignment, wagon), { maxLength: 3, selector: ({ type, id }) => type + id }),
    second: fc.integer({ min: Date.UTC(2025, 0, 1) / 1_000, max: Date.UTC(2027, 0, 1) / 1_000 }),
    does: fc.constantFrom('state', 'revise', 'retract'),
  })
  .map(({ facts, transport, place: { offset, ...place }, way, links, second, does }): CanonicalEvent => {
    const { unit, quantities, ...rest } = facts;
    // References come before attached equipment in every message.
    const linked = links
      .filter(({ type, id }) => id !== unit.id && (unit.type === 'container' || type !== 'wagon'))
      .toSorted((a, b) => Number(a.type === 'wagon') - Number(b.type === 'wagon'));
    const system = transport.mode === 'rail' ? 'rail' : 'port';
    return {
      specversion: '1.0',
      id: 'written',
      source,
      type: `landbridge.${system}.event.v1`,
      subject: unit.id,
      time: new Date(second * 1_000 + Number(offset.slice(1, 3)) * 3_600_000).toISOString().slice(0, 19) + offset,
      ...(does === 'state' ? {} : { revision: revisionAt(writeContext.madeAtMs) }),
      ...(does === 'retract' ? { retracted: true } : {}),
      data: {
        ...rest,
        ...place,
        ...way,
        hub: 'CGO',
        corridor: transport.mode === 'rail' ? 'land' : 'sea',
        transport,
        unit,
        ...(linked.length === 0 ? {} : { links: linked }),
        ...(Object.keys(quantities!).length === 0 ? {} : { quantities: quantities! }),
      },
    };
  });

const byContent = (events: readonly CanonicalEvent[]) =>
  events
    .map((one) => ({ ...one, id: 'written' }))
    .toSorted((a, b) => (JSON.stringify(sorted(a)) < JSON.stringify(sorted(b)) ? -1 : 1));
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.keys(value)
            .toSorted()
            .map((key) => [key, sorted((value as Record<string, unknown>)[key])]),
        )
      : value;

describe('EDIFACT, written', () => {
  it('says events as they were, under the same ids every time', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
        expect(events.every((one) => checkEvent(one).ok)).toBe(true);
        const { events: read, unsaid } = written(...events);
        // The messages carry no ids, and what is taken back is told in full.
        expect(unsaid.filter(({ path }) => path !== '$.id')).toEqual([]);
        expect(byContent(read)).toEqual(byContent(events));
        expect(written(...read)).toMatchObject({ events: read, unsaid: [] });
      }),
      { numRuns: 150 },
    );
  });

  const base: CanonicalEvent = {
    specversion: '1.0',
    id: 'e1',
    source,
    type: 'landbridge.rail.event.v1',
    subject: 'APZU4812090',
    time: '2026-03-03T09:15:00+08:00',
    data: {
      classifier: 'actual',
      milestone: 'gate-in',
      hub: 'CGO',
      place: 'CNZGZ',
      timeZone: 'Asia/Shanghai',
      corridor: 'land',
      direction: 'outbound',
      partner: 'DE',
      unit: { type: 'container', id: 'APZU4812090' },
      quantities: { teuHundredths: 200, weightGrams: 23_450_500 },
    },
  };

  it('writes a D.95B gate report', () => {
    expect(written(base).messages[0]!.replaceAll("'", "'\n").split('\n')).toEqual([
      "UNB+UNOC:3+CGORAIL+LAND?'",
      "BRIDGE+260701:0130+77'",
      "UNH+1+CODECO:D:95B:UN'",
      "BGM+34+77-1+9'",
      "TDT+20'",
      "NAD+MS+CGORAIL:160:ZZZ'",
      "EQD+CN+APZU4812090+42G1:102:5+++2'".replace('+++', '++'),
      "DTM+7:202603030915:203'",
      "LOC+165+CNZGZ:139:6'",
      "LOC+88+CNZGZ:139:6'",
      "LOC+7+DE:162:5'",
      "MEA+AAE+G+KGM:23450.5'",
      "CNT+16:1'",
      "UNT+12+1'",
      "UNZ+1+77'",
      '',
    ]);
  });

  it('writes a time without a place with its offset', () => {
    const { place: _place, timeZone: _timeZone, partner: _partner, ...data } = base.data!;
    const { messages, events } = written({
      ...base,
      type: 'landbridge.port.event.v1',
      data: { ...data, corridor: 'sea', direction: 'transit' },
    });
    expect(messages[0]).toContain("DTM+7:202603030915?+0800:205'");
    expect(events[0]!.time).toBe(base.time);
  });

  it('says in an IFTSTA when a correction was made, and in the others only the time of the interchange', () => {
    const revision = revisionAt(Date.UTC(2026, 2, 5, 10, 11, 12));
    const delayed = { ...base, revision, data: { ...base.data!, milestone: 'delayed' } };
    expect(written(delayed).events[0]).toMatchObject({ revision });
    expect(written({ ...base, revision }).unsaid).toContainEqual(
      expect.objectContaining({ path: '$.revision', isLeftOut: false }),
    );
  });

  it.each<[string, Partial<CanonicalEvent>, string]>([
    ['a plan', { data: { ...base.data!, classifier: 'planned' } }, '$.data.classifier'],
    ['a milestone without a code', { data: { ...base.data!, milestone: 'booked' } }, '$.data.milestone'],
    [
      'a train',
      { data: { ...base.data!, milestone: 'departed', unit: { type: 'train', id: 'X8155' } } },
      '$.data.unit.type',
    ],
    ['a hub without a UN/LOCODE', { data: { ...base.data!, hub: 'LYA' } }, '$.data.hub'],
    ['a move to another subject', { previoussubject: 'CSQU3054383', revision: 1 }, '$.previoussubject'],
    ['a retraction without data', { data: undefined, retracted: true }, '$.data'],
  ])('refuses %s', (_name, change, path) => {
    const refused = { ...base, ...change } as CanonicalEvent;
    expect(pathOfRefusal(edifactFormat, refused)).toBe(path);
    const { events, unsaid } = written(refused, base);
    expect(events).toHaveLength(1);
    expect(unsaid).toContainEqual(expect.objectContaining({ index: 0, path, isLeftOut: true }));
  });
});
