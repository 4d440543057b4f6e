import { describe, expect, it } from '@jest/globals';
import { CanonicalParts, eventTopics, eventTypes, scanCanonical } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { LearnedBytes } from './learned-bytes.js';
import { RecordDecoder } from './record-decoder.js';

const event = {
  specversion: '1.0',
  id: 'CV9727-2020-06-30-DEP',
  source: '/demo/scenario/CV',
  type: eventTypes.air,
  subject: 'CV9727/2020-06-30',
  time: '2020-06-30T23:30:00+08:00',
  tenant: 'demo',
  data: {
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    corridor: 'air',
    direction: 'outbound',
    partner: 'LU',
    transport: { mode: 'air', carrier: 'CV' },
    unit: { type: 'flight', id: 'CV9727/2020-06-30' },
    quantities: { pieces: 410, weightGrams: 98_000_000 },
  },
};

const decode = (value: unknown, topic: string = eventTopics.air, decoder = new RecordDecoder()) =>
  decoder.decode(topic, {
    offset: '7',
    timestamp: '1700000000000',
    value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });

/** As it stands in a fetch, between two others. */
function decodeInFetch(text: string, decoder: RecordDecoder, around: string) {
  const [before, value] = [Buffer.from(around), Buffer.from(text)];
  const place = { fetched: Buffer.concat([before, value, before]), valueAt: before.length, valueLength: value.length };
  return decoder.decode(eventTopics.air, { offset: '7', timestamp: '1700000000000', value, ...place });
}

const versionOf = (value: unknown) => {
  const decoding = decode(value);
  if (!decoding.ok) throw new Error(decoding.problem.detail);
  return decoding.record;
};

describe('a record of the log', () => {
  it('becomes an identity, a rank and contributions', () => {
    const record = versionOf(event);
    expect(record).toMatchObject({
      offset: 7,
      receivedMs: 1_700_000_000_000,
      timeMs: Date.parse(event.time),
      unknownMilestone: false,
    });
    expect(record.version).toEqual({
      rank: 0,
      contributions: [
        {
          series: 'air-cargo|CGO|outbound|air|LU|CV',
          hour: Date.UTC(2020, 5, 30, 23) / 3_600_000,
          amounts: [98_000_000, 410, 1],
        },
      ],
    });
  });

  it('has the same identity in every version, and another one for another tenant, source or id', () => {
    const { identity } = versionOf(event);
    expect(identity).toHaveLength(16);
    expect(versionOf({ ...event, revision: 3, data: { ...event.data, partner: 'DE' } }).identity).toBe(identity);
    for (const other of [{ tenant: 'other' }, { source: '/demo/scenario/CZ' }, { id: 'x' }])
      expect(versionOf({ ...event, ...other }).identity).not.toBe(identity);
  });

  it('keeps identities apart whose parts only join to the same text', () => {
    const a = versionOf({ ...event, tenant: 'a', source: '/b/c', id: 'd' }).identity;
    const b = versionOf({ ...event, tenant: 'a', source: '/b/', id: 'cd' }).identity;
    expect(a).not.toBe(b);
  });

  it('contributes nothing once retracted, also when the retraction repeats the data', () => {
    expect(versionOf({ ...event, retracted: true }).version).toEqual({ rank: 1, contributions: [] });
    expect(versionOf({ ...event, retracted: true, data: undefined }).version).toEqual({ rank: 1, contributions: [] });
  });

  it('keeps an unknown milestone, uncounted and marked', () => {
    const record = versionOf({ ...event, data: { ...event.data, milestone: 'teleported' } });
    expect(record.version.contributions).toEqual([]);
    expect(record.unknownMilestone).toBe(true);
  });

  it.each([
    ['an empty value', null, 'unreadable_record'],
    ['text that is not JSON', '{"specversion":', 'unreadable_record'],
    ['another JSON value', '42', 'invalid_event'],
    ['an event without an id', { ...event, id: undefined }, 'invalid_event'],
    ['an unknown hub', { ...event, data: { ...event.data, hub: 'ZZZ' } }, 'unknown_hub'],
    ['a type of another topic', { ...event, type: eventTypes.rail }, 'wrong_topic'],
    [
      'a poisoned prototype',
      JSON.stringify(event).replace('"data":{', '"data":{"__proto__":{"hub":"CGO"},'),
      'invalid_event',
    ],
  ])('is a dead letter when it is %s', (_name, value, code) => {
    expect(decode(value)).toMatchObject({ ok: false, offset: 7, problem: { code } });
  });

  it('never throws, whatever bytes it holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const decoding = new RecordDecoder().decode(eventTopics.air, {
            offset: '1',
            timestamp: '1',
            value: Buffer.from(bytes),
          });
          expect(decoding.ok).toBe(false);
        },
      ),
    );
  });
});

describe('the short way', () => {
  const { data, type, time, tenant, subject, source, id, specversion } = event;
  const { unit, quantities, ...rest } = data;
  /** The order of keys that the door writes. */
  const canonical = JSON.stringify({
    specversion,
    id,
    source,
    tenant,
    subject,
    time,
    data: { quantities, unit: { id: unit.id, type: unit.type }, ...rest },
    type,
  });
  const original = { format: 'edifact', digest: 'a1'.repeat(32), at: '3/128' };
  const withOriginal = canonical.replace('"data":{', `"data":{"original":${JSON.stringify(original)},`);
  const units = [
    { id: 'CV1', type: 'flight' },
    { id: '157-53806270', type: 'awb' },
    { id: '157-53806279', type: 'awb' },
  ];
  const arbitraryText = fc
    .record({
      id: fc.string({ minLength: 1, maxLength: 12 }),
      quantities: fc.record(
        {
          pieces: fc.nat(),
          weightGrams: fc.oneof(fc.nat(), fc.constantFrom(1_000_000_000_000, 1_000_000_000_001, 0)),
          parcels: fc.nat(9),
        },
        { requiredKeys: [] },
      ),
      unit: fc.constantFrom(...units),
      partner: fc.constantFrom('LU', 'DE', 'XX'),
      time: fc.oneof(
        fc.constantFrom(
          '2020-06-30T23:30:00+08:00',
          '2020-02-30T00:00:00+08:00',
          '1999-01-01T00:00:00Z',
          '2020-01-01T00:00:00Z',
        ),
        fc.stringMatching(/^20[0-2]\d-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d[+-][01]\d:[0-6]\d$/),
      ),
      extra: fc.constantFrom({}, { revision: 2 }, { traceparent: 'x' }),
      from: fc.constantFrom({}, { original }, { original: { ...original, at: undefined, text: 'UNA' } }),
    })
    .map(({ id, quantities, unit, partner, time, extra, from }) =>
      JSON.stringify({
        specversion,
        id,
        source,
        tenant,
        subject,
        time,
        ...extra,
        data: { ...from, quantities, unit, ...rest, partner },
        type,
      }),
    );
  const mutation = fc.record({
    at: fc.nat(600),
    remove: fc.nat(3),
    insert: fc.constantFrom('', '0', '"', '}', '\\', ' ', ',', '1', '-', 'é', '.5'),
  });

  it('gives what the full check gives, also for records that were tampered with', () => {
    const warm = new RecordDecoder();
    decode(canonical, eventTopics.air, warm);
    fc.assert(
      fc.property(arbitraryText, fc.option(mutation), (text, change) => {
        const mutated = change
          ? text.slice(0, change.at) + change.insert + text.slice(change.at + change.remove)
          : text;
        expect(decode(mutated, eventTopics.air, warm)).toEqual(decode(mutated));
        expect(decode(mutated, eventTopics.air, warm)).toEqual(decode(mutated));
      }),
      { numRuns: 3_000 },
    );
  });

  it('gives the same for a record that stands between others, also where it is cut and they would complete it', () => {
    const warm = new RecordDecoder();
    decode(canonical, eventTopics.air, warm);
    fc.assert(
      fc.property(arbitraryText, fc.option(mutation), fc.nat(700), (text, change, cut) => {
        const mutated = change
          ? text.slice(0, change.at) + change.insert + text.slice(change.at + change.remove)
          : text;
        expect(decodeInFetch(mutated, warm, canonical)).toEqual(decode(mutated));
        expect(decodeInFetch(text.slice(0, cut), warm, text.slice(cut))).toEqual(decode(text.slice(0, cut)));
      }),
      { numRuns: 2_000 },
    );
    const none = { fetched: Buffer.from(canonical), valueAt: 3, valueLength: -1, value: null };
    expect(warm.decode(eventTopics.air, { offset: '7', timestamp: '1', ...none })).toMatchObject({
      ok: false,
      problem: { code: 'unreadable_record' },
    });
  });

  it('is open to what the door writes', () => {
    const parts = new CanonicalParts();
    for (const text of [canonical, withOriginal]) {
      expect(scanCanonical(Buffer.from(text), parts)).toBe(true);
      expect(parts).toMatchObject({ timeMs: Date.parse(time), quantities: [410, 98_000_000, 0, 0, 0] });
    }
  });

  it.each([
    ['a digest that is too short', original.digest, 'a1'],
    ['a digest that is not hex', original.digest, 'G1'.repeat(32)],
    ['a format that is no word', '"edifact"', '"EDI fact"'],
    ['a place that is none', '3/128', '3/'],
    ['a member of its own', '"at"', '"by":"x","at"'],
  ])('leaves an original with %s to the full check', (_name, from, to) => {
    const text = withOriginal.replace(from, to);
    expect(scanCanonical(Buffer.from(text), new CanonicalParts())).toBe(false);
    expect(decode(text)).toMatchObject({ ok: false, problem: { code: 'invalid_event' } });
  });

  it('never lets an event count on another topic', () => {
    const warm = new RecordDecoder();
    decode(canonical, eventTopics.air, warm);
    expect(decode(canonical, eventTopics.rail, warm)).toMatchObject({ ok: false, problem: { code: 'wrong_topic' } });
  });
});

describe('learned bytes', () => {
  const text = fc.string({ maxLength: 30 });

  it('are found again wherever they stand, and nothing else is', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 50 }), text, text, (known, other, around) => {
        const learned = new LearnedBytes<string>(1_000);
        const find = (key: string) => {
          const [before, bytes] = [Buffer.from(around), Buffer.from(key)];
          return learned.find(Buffer.concat([before, bytes, before]), before.length, before.length + bytes.length);
        };
        for (const key of known) learned.learn(Buffer.from(key), 0, Buffer.byteLength(key), key);
        for (const key of known) expect(find(key)).toBe(key);
        expect(find(other)).toBe(known.includes(other) ? other : undefined);
      }),
    );
  });

  it('are bounded', () => {
    const learned = new LearnedBytes<number>(10);
    for (let n = 0; n < 25; n++) learned.learn(Buffer.from(`key ${n}`), 0, `key ${n}`.length, n);
    const held = Array.from({ length: 25 }, (_, n) =>
      learned.find(Buffer.from(`key ${n}`), 0, `key ${n}`.length),
    ).filter((found) => found !== undefined);
    expect(held).toEqual([20, 21, 22, 23, 24]);
  });
});
