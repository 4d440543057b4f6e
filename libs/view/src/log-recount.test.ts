import { describe, expect, it } from '@jest/globals';
import { eventTopics, eventTypes } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { LogRecount } from './log-recount.js';
import { flightRecord, type TestRecord } from './test-events.js';

const dayMs = 86_400_000;
const windowMs = 32 * dayMs;

function recounted(records: readonly TestRecord[], slices = 1): LogRecount {
  const recount = new LogRecount(eventTopics.air, windowMs);
  for (let index = 0; index < slices; index++) {
    recount.begin({ index, of: slices });
    for (const record of records) recount.take(record);
  }
  return recount;
}

/** Months with something in them, as `2020-06 LU: 1000,1,1`. */
function monthsOf(recount: LogRecount): string[] {
  return recount.cells
    .filter(({ amounts }) => amounts.some((amount) => amount !== 0))
    .map(({ bucket, slot, series, amounts }) => {
      const year = bucket.kind === 'year' ? bucket.year : 'day';
      return `${year}-${String(slot).padStart(2, '0')} ${series.split('|')[4]}: ${amounts.join()}`;
    })
    .toSorted();
}

describe('a recount', () => {
  it('counts an event once, however often it stands in the log', () => {
    expect(monthsOf(recounted([flightRecord('a'), flightRecord('a'), flightRecord('b')]))).toEqual([
      '2020-06 LU: 2000,2,2',
    ]);
  });

  it('counts the highest revision, wherever it came', () => {
    const heavy = flightRecord('a', { revision: 2, data: { quantities: { weightGrams: 7 } } });
    const light = flightRecord('a', { revision: 1, data: { quantities: { weightGrams: 5 } } });
    for (const order of [
      [flightRecord('a'), light, heavy],
      [heavy, flightRecord('a'), light],
      [light, heavy, light],
    ])
      expect(monthsOf(recounted(order))).toEqual(['2020-06 LU: 7,0,1']);
  });

  it('takes a retracted event out, and does not let a re-post bring it back', () => {
    expect(monthsOf(recounted([flightRecord('a'), flightRecord('a', { retracted: true }), flightRecord('a')]))).toEqual(
      [],
    );
    expect(monthsOf(recounted([flightRecord('a', { retracted: true }), flightRecord('a', { revision: 1 })]))).toEqual([
      '2020-06 LU: 1000,1,1',
    ]);
  });

  it('keeps events apart by tenant, source and id, also where these could be joined to the same text', () => {
    const records = [
      flightRecord('a'),
      flightRecord('a', { tenant: 'other' }),
      flightRecord('a', { source: '/test/CV/a' }),
      flightRecord('a","b'),
    ];
    expect(monthsOf(recounted(records))).toEqual(['2020-06 LU: 4000,4,4']);
  });

  it('cuts months on the hub clock', () => {
    const records = [
      flightRecord('a', { time: '2020-06-30T15:59:59Z' }),
      flightRecord('b', { time: '2020-06-30T16:00:00Z' }),
      flightRecord('c', { time: '2020-12-31T16:00:00Z' }),
    ];
    expect(monthsOf(recounted(records))).toEqual([
      '2020-06 LU: 1000,1,1',
      '2020-07 LU: 1000,1,1',
      '2021-01 LU: 1000,1,1',
    ]);
  });

  it('counts nothing of what the rules leave out or no check lets pass', () => {
    const records = [
      flightRecord('planned', { data: { classifier: 'planned' } }),
      flightRecord('landing', { data: { milestone: 'arrived' } }),
      flightRecord('nowhere', { data: { hub: 'ZZZ' } }),
      flightRecord('train', { type: eventTypes.rail }),
      { value: null, timestamp: '0' },
      { value: Buffer.from('{"specversion":'), timestamp: '0' },
    ];
    expect(monthsOf(recounted(records))).toEqual([]);
  });

  it('takes no event that would leave the range of exact integers', () => {
    const most = { data: { quantities: { weightGrams: 1_000_000_000_000 } } };
    const records = Array.from({ length: 9_100 }, (_, i) => flightRecord(`f${i}`, most));
    // 9,007 million tonnes are below 2^53 grams, one more flight is not.
    expect(monthsOf(recounted(records))).toEqual([`2020-06 LU: ${9_007 * 1e12},0,9007`]);
  });

  it('tells of versions that came when the view may have forgotten the id', () => {
    const once = [flightRecord('a'), flightRecord('b', {}, 10 * dayMs)];
    expect(recounted([...once, flightRecord('a', {}, 32 * dayMs)]).lateVersions).toBe(0);
    expect(recounted([...once, flightRecord('a', {}, 33 * dayMs)]).lateVersions).toBe(1);
    // A correction is remembered anew.
    const corrected = [...once, flightRecord('a', { revision: 1 }, 30 * dayMs), flightRecord('a', {}, 60 * dayMs)];
    expect(recounted(corrected).lateVersions).toBe(0);
  });

  it('is the same in any number of slices', () => {
    const anyRecord = fc
      .record({
        id: fc.integer({ min: 0, max: 30 }),
        revision: fc.integer({ min: 0, max: 3 }),
        retracted: fc.boolean(),
        weightGrams: fc.integer({ min: 0, max: 9 }),
        partner: fc.constantFrom('LU', 'DE'),
      })
      .map(({ id, revision, retracted, weightGrams, partner }) =>
        flightRecord(`f${id}`, { revision, retracted, data: { partner, quantities: { weightGrams } } }),
      );
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 60 }), fc.integer({ min: 2, max: 9 }), (records, slices) => {
        expect(monthsOf(recounted(records, slices))).toEqual(monthsOf(recounted(records)));
      }),
      { numRuns: 60 },
    );
  });
});
