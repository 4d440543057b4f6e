import { describe, expect, test } from '@jest/globals';
import { CanonicalEvent, CanonicalParts, checkEvent, EventData, scanCanonical } from '@landbridge/contracts';
import { decide, rankOf, type Version } from '@landbridge/domain';
import * as fc from 'fast-check';
import { toMoveRetraction, toRecordValue } from './record-value.js';

/** Every field of the schema, in the order that the log has. */
const full: Required<Omit<CanonicalEvent, 'data'>> & { data: Required<EventData> } = {
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:carrier:demo',
  tenant: 'zzh',
  subject: 'X8015-20200630',
  time: '2020-06-30T08:00:00+08:00',
  revision: 3,
  retracted: false,
  previoussubject: 'X8013-20200630',
  dataschema: 'urn:landbridge:schema:event:v1',
  data: {
    original: { format: 'taf-tsi', digest: 'a'.repeat(64), at: '3/128', text: '<x/>' },
    links: [{ id: 'MSKU9070323', type: 'container' }],
    quantities: { pieces: 1, weightGrams: 2, valueFen: 3, parcels: 4, teuHundredths: 5 },
    unit: { id: 'X8015-20200630', type: 'train' },
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    place: 'CNCGO',
    timeZone: 'Asia/Shanghai',
    corridor: 'land',
    direction: 'outbound',
    partner: 'DE',
    brand: 'cainiao',
    tradeMode: '1210',
    portOfEntry: 'alashankou',
    transport: { mode: 'rail', carrier: 'ZIH', service: 'X8015', vessel: 'none' },
  },
  datacontenttype: 'application/json',
  type: 'landbridge.rail.event.v1',
};

describe('toRecordValue', () => {
  test('writes every field of the schema, in one fixed order', () => {
    expect(toRecordValue(full, 'zzh')).toBe(JSON.stringify(full));
    expect(Object.keys(full).toSorted()).toEqual(Object.keys(CanonicalEvent.properties).toSorted());
    expect(Object.keys(full.data).toSorted()).toEqual(Object.keys(EventData.properties).toSorted());
    for (const part of ['transport', 'unit', 'quantities', 'original'] as const)
      expect(Object.keys(full.data[part]).toSorted()).toEqual(
        Object.keys(EventData.properties[part].properties).toSorted(),
      );
  });

  test('writes the same bytes whatever the order and the spaces of the sender', () => {
    const shuffled = JSON.parse(JSON.stringify(full), (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toReversed())
        : value,
    ) as CanonicalEvent;
    expect(Object.keys(shuffled)[0]).toBe('type');
    expect(toRecordValue(shuffled, 'zzh')).toBe(toRecordValue(full, 'zzh'));
  });

  test('leaves out what is absent and puts the sender’s own extensions by name before the data', () => {
    const { specversion, id, source, type, subject, time, data } = full;
    const event: CanonicalEvent = Object.assign(
      { zone: 'b' },
      { specversion, id, source, type, subject, time, data },
      { account: 7 },
    );
    expect(toRecordValue(event, 'zzh').split('"data":')[0]).toBe(
      '{"specversion":"1.0","id":"e-1","source":"urn:carrier:demo","tenant":"zzh","subject":"X8015-20200630",' +
        '"time":"2020-06-30T08:00:00+08:00","account":7,"zone":"b",',
    );
  });

  test('writes what JSON.stringify would, whatever the texts and members are', () => {
    const text = fc
      .string({
        minLength: 1,
        maxLength: 30,
        unit: fc.constantFrom('a', '"', '\\', '中', '\u2028', '/', '{', ' ', '\u00a0'),
      })
      .filter((one) => one.trim() !== '');
    const some = (value: unknown) => fc.constantFrom(undefined, value);
    const event = fc.record({
      id: text,
      subject: text,
      revision: some(2 ** 51),
      retracted: some(false),
      previoussubject: fc.option(text, { nil: undefined }),
      dataschema: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
      note: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
      datacontenttype: some('application/json'),
      data: fc.record({
        unit: fc.record({ id: text, type: fc.constant('train') }),
        links: some([{ id: 'a"b', type: 'parcel' }]),
        quantities: fc.record({ pieces: some(0), weightGrams: some(1_000_000_000_000), teuHundredths: some(5) }),
        transport: fc.option(fc.record({ mode: fc.constant('rail'), service: some('X8015'), vessel: text }), {
          nil: undefined,
        }),
        original: some({ ...full.data.original, text: '"' }),
        place: some('CNCGO'),
        partner: some('DE'),
      }),
    });
    fc.assert(
      fc.property(event, (one) => {
        const { tenant: _tenant, ...attributes } = full;
        const whole = { ...attributes, ...one, data: { ...full.data, ...one.data } } as unknown as CanonicalEvent;
        const written = toRecordValue(whole, 'zzh');
        expect(JSON.stringify(JSON.parse(written))).toBe(written);
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify({ ...whole, tenant: 'zzh' })));
      }),
    );
  });

  test('never writes the sender’s tenant', () => {
    expect(JSON.parse(toRecordValue({ ...full, tenant: 'other' }, 'zzh'))).toHaveProperty('tenant', 'zzh');
  });
});

describe('the order of keys', () => {
  test('lets consumers cut a usual event out of its bytes', () => {
    const { specversion, id, source, type, subject, time } = full;
    const { links: _links, original: _original, ...data } = full.data;
    const usual: CanonicalEvent = {
      specversion,
      id,
      source,
      type,
      subject,
      time,
      datacontenttype: 'application/json',
      data,
    };
    expect(scanCanonical(Buffer.from(toRecordValue(usual, 'zzh')), new CanonicalParts())).toBe(true);
  });
});

describe('toMoveRetraction', () => {
  const check = checkEvent(JSON.parse(toMoveRetraction(full, 'zzh', 'X8013-20200630')));
  if (!check.ok) throw new Error(check.problem.detail);

  test('is an event that consumers take, for the old subject and with the same identity', () => {
    expect(check.event).toEqual({
      specversion: '1.0',
      id: 'e-1',
      source: 'urn:carrier:demo',
      type: 'landbridge.rail.event.v1',
      subject: 'X8013-20200630',
      time: '2020-06-30T08:00:00+08:00',
      tenant: 'zzh',
      revision: 2,
      retracted: true,
    });
  });

  test('stands above every older version and below the event that moved', () => {
    expect(check.rank).toBeGreaterThan(rankOf(2, false));
    expect(check.rank).toBeLessThan(rankOf(3, false));
  });

  test('leaves the moved event standing in a shared partition, in either order', () => {
    const version = (rank: number): Version => ({ rank, contributions: [] });
    const [older, retraction, moved] = [version(rankOf(2, false)), version(check.rank), version(rankOf(3, false))];
    // The retraction first, as it is written.
    expect(decide(older, retraction)).toBe('retracted');
    expect(decide(retraction, moved)).toBe('replaced');
    // The event first, as a rebuild of two partitions may meet them.
    expect(decide(older, moved)).toBe('replaced');
    expect(decide(moved, retraction)).toBe('stale');
  });
});
