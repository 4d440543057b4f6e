import { describe, expect, it } from '@jest/globals';
import type { EventFacts } from './event.js';
import { contributionsOf, decide, rankOf } from './fold.js';
import { columnsMax, dimensions, measures, meters, type Meter } from './measures.js';
import { formatSeries, parseSeries } from './series.js';

const flight: EventFacts = {
  classifier: 'actual',
  milestone: 'departed',
  hub: 'CGO',
  direction: 'outbound',
  corridor: 'air',
  partner: 'LU',
  transport: { carrier: 'CV' },
  unit: { type: 'flight' },
  quantities: { weightGrams: 1_200_000, pieces: 40 },
};
const at = Date.UTC(2020, 5, 30, 16, 30); // 1 July 00:30 on the hub's clock

describe('fold', () => {
  it('counts a departure in the hour of the hub clock', () => {
    expect(contributionsOf('air', at, flight)).toEqual([
      {
        series: 'air-cargo|CGO|outbound|air|LU|CV',
        hour: Date.UTC(2020, 6, 1) / 3_600_000,
        amounts: [1_200_000, 40, 1],
      },
    ]);
  });

  it.each([['CNCGO'], ['CNZGZ'], ['CNZZZ']])('counts what happened at %s, a place of the hub', (place) => {
    expect(contributionsOf('air', at, { ...flight, place })).toHaveLength(1);
  });

  it.each([
    ['a plan', { ...flight, classifier: 'planned' as const }],
    ['an estimate', { ...flight, classifier: 'estimated' as const }],
    ['a booking', { ...flight, milestone: 'booked' }],
    ['a departure elsewhere on the way', { ...flight, place: 'NLAMS' }],
    ['an unknown milestone', { ...flight, milestone: 'zzz' }],
    ['a departure reported inbound', { ...flight, direction: 'inbound' as const }],
    ['transit', { ...flight, direction: 'transit' as const }],
    ['a ULD of the flight', { ...flight, unit: { type: 'uld' as const } }],
  ])('does not count %s', (_name, facts) => {
    expect(contributionsOf('air', at, facts)).toEqual([]);
  });

  it('does not count an air event that came as another system', () => {
    expect(contributionsOf('rail', at, flight)).toEqual([]);
  });

  it('counts a container without quantities as one', () => {
    const container = {
      ...flight,
      unit: { type: 'container' as const },
      corridor: 'land' as const,
      quantities: {},
      brand: 'cainiao',
    };
    expect(contributionsOf('rail', at, container)[0]!.amounts).toEqual([1, 0, 0]);
  });

  it('orders versions by revision, and a retraction above the version that it takes back', () => {
    expect([rankOf(0, false), rankOf(0, true), rankOf(1, false)]).toEqual([0, 1, 2]);
    expect(decide(undefined, { rank: 1, contributions: [] })).toBe('retracted');
    expect(decide({ rank: 1, contributions: [] }, { rank: 0, contributions: [] })).toBe('stale');
  });
});

describe('series', () => {
  it.each(meters.map((meter) => ({ name: meter.name, meter: meter as Meter })))(
    'of $name are read back as written',
    ({ meter }) => {
      const { meter: read, values } = parseSeries(formatSeries(meter, flight));
      expect(read).toBe(meter);
      expect(values.hub).toBe('CGO');
      expect(Object.keys(values).every((name) => dimensions.includes(name as never))).toBe(true);
    },
  );

  it('refuse a value that holds the separator', () => {
    expect(() => formatSeries(meters[0], { ...flight, hub: 'C|O' })).toThrow(/separator/);
  });

  it.each(['nothing|CGO', 'air-cargo|CGO', ''])('refuse %j', (text) => {
    expect(() => parseSeries(text)).toThrow(/not a series/);
  });
});

describe('the table of measures', () => {
  it('names a column that its meter has', () => {
    for (const measure of Object.values(measures)) {
      if (measure.kind === 'distinct') continue;
      const meter: Meter = meters.find(({ name }) => name === measure.meter)!;
      expect(meter.columns).toContain(measure.column);
    }
  });

  it('has no meter wider than a cell', () => {
    expect(Math.max(...meters.map(({ columns }) => columns.length))).toBe(columnsMax);
  });
});
