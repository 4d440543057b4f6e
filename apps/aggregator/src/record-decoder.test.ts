import { describe, expect, it } from '@jest/globals';
import { eventTopics, eventTypes } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { decodeRecord } from './record-decoder.js';

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
    quantities: { weightGrams: 98_000_000, pieces: 410 },
  },
};

const decode = (value: unknown, topic: string = eventTopics.air) =>
  decodeRecord(topic, {
    offset: '7',
    timestamp: '1700000000000',
    value: value === null ? null : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });

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
          const decoding = decodeRecord(eventTopics.air, { offset: '1', timestamp: '1', value: Buffer.from(bytes) });
          expect(decoding.ok).toBe(false);
        },
      ),
    );
  });
});
