import { describe, expect, it } from '@jest/globals';
import { checkEvent, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { containerCheckDigit } from '@landbridge/domain';
import * as fc from 'fast-check';
import { revisionAt } from '../event-identity.js';
import { edifact } from './edifact.js';
import { writeEdifact, type InterchangeHeader } from './write-edifact.js';

const preparedAtMs = Date.UTC(2026, 2, 4, 1, 30);
const header: InterchangeHeader = { sender: 'CGORAIL', receiver: "LAND'BRIDGE", reference: '77', preparedAtMs };
const context = { source: 'https://terminal.example', hub: 'CGO', receivedAtMs: preparedAtMs, eventsMax: 1_000 };

function readBack(text: string): CanonicalEvent[] {
  const reading = edifact.read(Buffer.from(text, 'utf8'), context);
  if (!reading.ok) throw new Error(`${reading.fault.path}: ${reading.fault.detail}\n${text}`);
  return reading.items.map((item) => {
    if (!item.ok) throw new Error(`${item.fault.path}: ${item.fault.detail}\n${text}`);
    return item.event;
  });
}

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
      source: context.source,
      type: `landbridge.${system}.event.v1`,
      subject: unit.id,
      time: new Date(second * 1_000 + Number(offset.slice(1, 3)) * 3_600_000).toISOString().slice(0, 19) + offset,
      ...(does === 'state' ? {} : { revision: revisionAt(preparedAtMs) }),
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

describe('writeEdifact', () => {
  it('writes what is read back as the same events, with the same ids every time', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), (events) => {
        expect(events.every((one) => checkEvent(one).ok)).toBe(true);
        const { text, left } = writeEdifact(events, header);
        expect(left).toEqual([]);
        const read = readBack(text);
        expect(byContent(read)).toEqual(byContent(events));
        expect(readBack(writeEdifact(read, header).text)).toEqual(read);
      }),
      { numRuns: 150 },
    );
  });

  const base: CanonicalEvent = {
    specversion: '1.0',
    id: 'e1',
    source: context.source,
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
    expect(writeEdifact([base], header).text.replaceAll("'", "'\n").split('\n')).toEqual([
      "UNB+UNOC:3+CGORAIL+LAND?'",
      "BRIDGE+260304:0130+77'",
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
    const { text } = writeEdifact([{ ...base, data: { ...data, direction: 'transit' } }], header);
    expect(text).toContain("DTM+7:202603030915?+0800:205'");
    expect(readBack(text)[0]!.time).toBe(base.time);
  });

  it.each<[string, Partial<CanonicalEvent>]>([
    ['a plan', { data: { ...base.data!, classifier: 'planned' } }],
    ['a milestone without a code', { data: { ...base.data!, milestone: 'booked' } }],
    ['a train', { data: { ...base.data!, milestone: 'departed', unit: { type: 'train', id: 'X8155' } } }],
    ['a hub without a UN/LOCODE', { data: { ...base.data!, hub: 'LYA' } }],
    ['a move to another subject', { previoussubject: 'CSQU3054383', revision: 1 }],
    ['a retraction without data', { data: undefined, retracted: true }],
  ])('hands back %s', (_name, change) => {
    const event = { ...base, ...change } as CanonicalEvent;
    expect(writeEdifact([event], header)).toEqual({ text: '', left: [event] });
    expect(writeEdifact([event, base], header).left).toEqual([event]);
  });
});
