import { describe, expect, it } from '@jest/globals';
import type { EventFacts } from '@landbridge/domain';
import * as fc from 'fast-check';
import { checkEvent } from './event-check.js';
import { quantityMax, type EventData } from './event-data.js';
import { eventTypes } from './event-schema.js';

const data = {
  classifier: 'actual',
  milestone: 'departed',
  hub: 'CGO',
  corridor: 'air',
  direction: 'outbound',
  partner: 'LU',
  transport: { mode: 'air', carrier: 'CV', service: 'CV9727' },
  unit: { type: 'flight', id: 'CV9727/2020-06-30' },
  links: [{ type: 'awb', id: '157-53806270' }],
  quantities: { weightGrams: 98_000_000, pieces: 410 },
};
const event = {
  specversion: '1.0',
  id: 'CV9727-2020-06-30-DEP',
  source: '/demo/CV',
  type: eventTypes.air,
  subject: 'CV9727/2020-06-30',
  time: '2020-06-30T23:30:00+08:00',
  data,
};

const withData = (change: object) => ({ ...event, data: { ...data, ...change } });

describe('the check of an event', () => {
  it('accepts a canonical event and derives its system, time and rank', () => {
    expect(checkEvent(event)).toEqual({
      ok: true,
      event,
      system: 'air',
      timeMs: Date.parse(event.time),
      rank: 0,
      facts: data,
    });
  });

  it('accepts extension attributes, milestones it does not know and a retraction without data', () => {
    expect(checkEvent({ ...event, traceparent: '00-abc', sampled: true }).ok).toBe(true);
    expect(checkEvent(withData({ milestone: 'customs-x' })).ok).toBe(true);
    expect(checkEvent({ ...event, data: undefined, retracted: true, revision: 2 })).toMatchObject({
      ok: true,
      rank: 5,
    });
  });

  it.each([
    ['no object', 'text', 'invalid_event', '$'],
    ['a list', [event], 'invalid_event', '$'],
    ['another specversion', { ...event, specversion: '0.3' }, 'invalid_event', '$.specversion'],
    ['an empty id', { ...event, id: '' }, 'invalid_event', '$.id'],
    ['a control character in the id', { ...event, id: 'a\nb' }, 'invalid_event', '$.id'],
    ['a space in the source', { ...event, source: '/a b' }, 'invalid_event', '$.source'],
    ['an unknown type', { ...event, type: 'landbridge.sea.event.v1' }, 'unknown_type', '$.type'],
    ['a time without zone', { ...event, time: '2020-06-30T23:30:00' }, 'invalid_time', '$.time'],
    ['a time that does not exist', { ...event, time: '2020-02-30T23:30:00Z' }, 'invalid_time', '$.time'],
    ['a time before 2000', { ...event, time: '1999-12-31T23:59:59Z' }, 'invalid_time', '$.time'],
    ['a time as a number', { ...event, time: 1_593_530_000 }, 'invalid_time', '$.time'],
    [
      'a negative quantity',
      withData({ quantities: { weightGrams: -1 } }),
      'quantity_out_of_range',
      '$.data.quantities.weightGrams',
    ],
    [
      'a fractional quantity',
      withData({ quantities: { parcels: 0.5 } }),
      'quantity_out_of_range',
      '$.data.quantities.parcels',
    ],
    [
      'a quantity above 2^53',
      withData({ quantities: { valueFen: 2 ** 53 + 2 } }),
      'quantity_out_of_range',
      '$.data.quantities.valueFen',
    ],
    [
      'a quantity just above the limit',
      withData({ quantities: { valueFen: quantityMax + 1 } }),
      'quantity_out_of_range',
      '$.data.quantities.valueFen',
    ],
    [
      'a quantity as text',
      withData({ quantities: { pieces: '3' } }),
      'quantity_out_of_range',
      '$.data.quantities.pieces',
    ],
    ['no data and no retraction', { ...event, data: undefined }, 'data_missing', '$.data'],
    ['a move without a revision', { ...event, previoussubject: 'x' }, 'revision_missing', '$.revision'],
    ['an unknown field', withData({ bogus: 1 }), 'invalid_event', '$.data'],
    ['an unknown direction', withData({ direction: 'up' }), 'invalid_event', '$.data.direction'],
    ['an unknown hub', withData({ hub: 'ZZZ' }), 'unknown_hub', '$.data.hub'],
    ['an unknown partner', withData({ partner: 'XX' }), 'unknown_partner', '$.data.partner'],
    ['an unknown trade mode', withData({ tradeMode: '9999' }), 'unknown_trade_mode', '$.data.tradeMode'],
    ['an unknown port of entry', withData({ portOfEntry: 'moon' }), 'unknown_port_of_entry', '$.data.portOfEntry'],
    [
      'a container with a wrong digit',
      withData({ unit: { type: 'container', id: 'MSCU1234567' } }),
      'check_digit',
      '$.data.unit.id',
    ],
    [
      'a linked waybill with a wrong digit',
      withData({ links: [data.links[0], { type: 'awb', id: '157-53806279' }] }),
      'check_digit',
      '$.data.links[1].id',
    ],
    ['an attribute that is an object', { ...event, extra: {} }, 'invalid_event', '$.extra'],
    ['an attribute in capitals', { ...event, Extra: 'x' }, 'invalid_event', '$.Extra'],
  ])('refuses %s', (_name, value, code, path) => {
    expect(checkEvent(value)).toMatchObject({ ok: false, problem: { code, path, expected: expect.any(String) } });
  });

  it('names what there is', () => {
    expect(checkEvent(withData({ hub: 'ZZZ' }))).toMatchObject({
      problem: { expected: expect.stringMatching(/^one of CGO, /) },
    });
    expect(checkEvent(withData({ tradeMode: '9999' }))).toMatchObject({
      problem: { expected: expect.stringContaining('9610') },
    });
  });

  it('refuses a poisoned prototype wherever it stands, and poisons nothing', () => {
    for (const place of ['{"specversion"', '"data":{"classifier"', '"unit":{"type"']) {
      const text = JSON.stringify(event).replace(
        place,
        (found) =>
          `${found.slice(0, found.lastIndexOf('{') + 1)}"__proto__":{"polluted":1},${found.slice(found.lastIndexOf('{') + 1)}`,
      );
      expect(checkEvent(JSON.parse(text)).ok).toBe(false);
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('refuses deep nesting without trouble', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(checkEvent(withData({ unit: deep })).ok).toBe(false);
    expect(checkEvent({ ...event, data: deep }).ok).toBe(false);
    expect(checkEvent(deep).ok).toBe(false);
  });

  it('explains an event with thousands of attributes by the first of them, and by those that we know', () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 1]));
    const pathOf = (value: unknown) => {
      const check = checkEvent(value);
      return check.ok ? undefined : check.problem.path;
    };
    expect(pathOf({ ...many, ...event, subject: 7 })).toBe('$.subject');
    expect(pathOf({ ...many, ...event })).toBeUndefined();
    expect(pathOf({ ...many, ...event, k7: {} })).toBe('$.k7');
    expect(pathOf({ ...many, ...event, last: {} })).toBe('$');
  });

  it('answers any JSON value with a verdict, a refusal always with a path and a reason', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('id', 'time', 'data', 'revision', 'subject'), (value, field) => {
        const result = checkEvent({ ...event, [field]: value });
        if (result.ok) return;
        expect(result.problem.path).toMatch(/^\$/);
        expect(result.problem.detail.length).toBeGreaterThan(5);
      }),
    );
  });

  it('has data that the domain can count', () => {
    const facts: EventFacts = {} as EventData;
    expect(facts).toBeDefined();
  });
});
