import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { formatSeries, parseSeries } from './series.js';
import { measures, meters, type MeasureName, type Meter, type MeterName } from './measures.js';
import { coverOf, parsePeriod, type Period } from './period.js';
import {
  bucketsOfPeriod,
  decimalText,
  flowOf,
  growthRatio,
  groupings,
  groupingsOf,
  openTally,
  systemsOf,
  type Query,
  type TallyResult,
} from './query.js';
import type { EventFacts } from './event.js';
import type { Cell } from './throughput-source.js';

/** A cell of a meter for an event with these facts; `slot` plays no part in a tally. */
function cell(meterName: MeterName, facts: Partial<EventFacts>, amounts: readonly number[]): Cell {
  const meter: Meter = meters.find(({ name }) => name === meterName)!;
  const whole: EventFacts = {
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    direction: 'outbound',
    corridor: 'air',
    unit: { type: meter.units[0]! },
    ...facts,
  };
  return { series: formatSeries(meter, whole), slot: 1, amounts };
}

function tally(query: Query, cells: readonly Cell[]): TallyResult {
  const open = openTally(query);
  for (const { series, amounts } of cells) open.add(parseSeries(series), amounts);
  return open.result();
}

function period(text: string): Period {
  const result = parsePeriod(text);
  if (!result.ok) throw new Error(result.reason);
  return result.period;
}

describe('a tally', () => {
  const cells = [
    cell('air-cargo', { partner: 'CN' }, [10, 1, 1]),
    cell('air-cargo', { partner: 'LU' }, [200, 2, 1]),
    cell('air-cargo', { partner: 'LU', hub: 'XIY' }, [3_000, 3, 1]),
    cell('air-cargo', {}, [40_000, 4, 1]),
    cell('rail-containers', { partner: 'DE', brand: 'cainiao', corridor: 'land' }, [5, 1_000, 500_000]),
  ];

  test('adds the column of the measure and no other meter', () => {
    expect(tally({ measure: 'air.weight', filters: {} }, cells).total).toBe(43_210n);
    expect(tally({ measure: 'air.pieces', filters: {} }, cells).total).toBe(10n);
    expect(tally({ measure: 'rail.teu', filters: {} }, cells).total).toBe(1_000n);
    expect(tally({ measure: 'cbec.parcels', filters: {} }, cells).total).toBe(0n);
  });

  test('counts only cells that pass every filter', () => {
    expect(tally({ measure: 'air.weight', filters: { partner: 'LU' } }, cells).total).toBe(3_200n);
    expect(tally({ measure: 'air.weight', filters: { partner: 'LU', hub: 'XIY' } }, cells).total).toBe(3_000n);
    expect(tally({ measure: 'rail.containers', filters: { brand: 'other' } }, cells).total).toBe(0n);
  });

  test('a movement without a partner is neither domestic nor international', () => {
    expect(tally({ measure: 'air.weight', filters: { flow: 'domestic' } }, cells).total).toBe(10n);
    expect(tally({ measure: 'air.weight', filters: { flow: 'international' } }, cells).total).toBe(3_200n);
    expect(tally({ measure: 'air.weight', filters: {}, by: 'flow' }, cells).groups).toEqual(
      new Map([
        ['domestic', 10n],
        ['international', 3_200n],
        [null, 40_000n],
      ]),
    );
    expect([flowOf('CN'), flowOf('HK'), flowOf(undefined)]).toEqual(['domestic', 'international', undefined]);
  });

  test('adds the same series of several partitions and slots up', () => {
    const again = [cells[1]!, cells[1]!, cells[1]!];
    expect(tally({ measure: 'air.weight', filters: {}, by: 'partner' }, again).groups).toEqual(new Map([['LU', 600n]]));
  });

  test('adds exactly above 2^53, also when the sum falls back below it', () => {
    const max = Number.MAX_SAFE_INTEGER;
    const large = [1, max, max, 2, -max].map((grams) => cell('air-cargo', { partner: 'LU' }, [grams, 0, 0]));
    expect(tally({ measure: 'air.weight', filters: {} }, large.slice(0, 4)).total).toBe(2n * BigInt(max) + 3n);
    expect(tally({ measure: 'air.weight', filters: {} }, large).total).toBe(BigInt(max) + 3n);
  });

  test.each([[1.5], [Number.NaN], [2 ** 53], [undefined]])('refuses a cell that holds %p', (amount) => {
    const bad = { series: cells[0]!.series, slot: 1, amounts: amount === undefined ? [] : [amount] };
    expect(() => tally({ measure: 'air.weight', filters: {} }, [bad])).toThrow('not an exact integer');
  });

  test('without cells is zero, with no groups', () => {
    expect(tally({ measure: 'air.weight', filters: {}, by: 'hub' }, [])).toEqual({ total: 0n, groups: new Map() });
    expect(tally({ measure: 'partners.count', filters: {} }, []).total).toBe(0n);
  });
});

describe('the number of partners', () => {
  const cells = [
    cell('air-cargo', { partner: 'LU' }, [1, 0, 1]),
    cell('rail-containers', { partner: 'LU' }, [1, 200, 0]),
    cell('rail-containers', { partner: 'DE' }, [1, 200, 0]),
    cell('port-cargo', { partner: 'CN' }, [1, 0, 0]),
    cell('cbec-retail', { partner: 'US', hub: 'XIY', direction: 'inbound' }, [7, 0]),
    cell('declarations', { partner: 'FR' }, [0]),
    cell('declarations', {}, [3]),
  ];

  test('is taken over all systems, each partner once, without the home country and without partners whose cells are zero', () => {
    expect(tally({ measure: 'partners.count', filters: {} }, cells).total).toBe(3n);
  });

  test('follows filters and groups', () => {
    expect(tally({ measure: 'partners.count', filters: { hub: 'CGO' } }, cells).total).toBe(2n);
    expect(tally({ measure: 'partners.count', filters: { flow: 'domestic' } }, cells).total).toBe(0n);
    expect(tally({ measure: 'partners.count', filters: {}, by: 'direction' }, cells).groups).toEqual(
      new Map([
        ['outbound', 2n],
        ['inbound', 1n],
      ]),
    );
  });
});

describe('what a measure is kept by', () => {
  test('sums follow their meter, the number of partners follows all meters', () => {
    expect(groupingsOf('air.weight')).toEqual(['hub', 'direction', 'corridor', 'partner', 'carrier', 'flow']);
    expect(groupingsOf('rail.teu')).toContain('brand');
    expect(groupingsOf('partners.count')).toEqual(groupings);
    expect(systemsOf('port.value')).toEqual(['port']);
    expect(systemsOf('partners.count')).toEqual(['air', 'rail', 'port', 'cbec']);
  });
});

describe('sums over random cells', () => {
  const anyAmount = fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.maxSafeNat());
  const anyCell = fc
    .record({
      meter: fc.constantFrom(...meters),
      hub: fc.constantFrom('CGO', 'XIY'),
      direction: fc.constantFrom('inbound' as const, 'outbound' as const),
      partner: fc.option(fc.constantFrom('CN', 'LU', 'DE', 'US'), { nil: undefined }),
      brand: fc.option(fc.constantFrom('cainiao', 'zih'), { nil: undefined }),
      tradeMode: fc.option(fc.constantFrom('1210', '9610'), { nil: undefined }),
      amounts: fc.tuple(anyAmount, anyAmount, anyAmount),
    })
    .map(({ meter, amounts, partner, brand, tradeMode, ...facts }) =>
      cell(
        meter.name,
        { ...facts, ...(partner && { partner }), ...(brand && { brand }), ...(tradeMode && { tradeMode }) },
        amounts.slice(0, meter.columns.length),
      ),
    );
  const anySum = fc.constantFrom(
    ...(Object.keys(measures) as MeasureName[]).filter((name) => measures[name].kind === 'sum'),
  );

  test('the groups of any split add up to the total', () => {
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 40 }), anySum, fc.constantFrom(...groupings), (cells, measure, by) => {
        const { total, groups } = tally({ measure, filters: {}, by }, cells);
        expect([...groups!.values()].reduce((sum, value) => sum + value, 0n)).toBe(total);
      }),
    );
  });

  test('domestic, international and unknown add up to all, and each group is what its filter gives', () => {
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 40 }), anySum, (cells, measure) => {
        const all = tally({ measure, filters: {}, by: 'flow' }, cells);
        const domestic = tally({ measure, filters: { flow: 'domestic' } }, cells).total;
        const international = tally({ measure, filters: { flow: 'international' } }, cells).total;
        expect(domestic + international + (all.groups!.get(null) ?? 0n)).toBe(all.total);
        expect(all.groups!.get('domestic') ?? 0n).toBe(domestic);
        expect(all.groups!.get('international') ?? 0n).toBe(international);
      }),
    );
  });

  test('the order of the cells plays no part', () => {
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 40 }), anySum, (cells, measure) => {
        expect(tally({ measure, filters: {} }, cells.toReversed()).total).toBe(
          tally({ measure, filters: {} }, cells).total,
        );
      }),
    );
  });
});

describe('buckets of a period', () => {
  test.each([
    ['2020', [{ kind: 'year', year: 2020, from: 1, to: 12 }]],
    ['2020-H2', [{ kind: 'year', year: 2020, from: 7, to: 12 }]],
    [
      '2019-11/2021-02',
      [
        { kind: 'year', year: 2019, from: 11, to: 12 },
        { kind: 'year', year: 2020, from: 1, to: 12 },
        { kind: 'year', year: 2021, from: 1, to: 2 },
      ],
    ],
    ['2020-02-29', [{ kind: 'day', date: '2020-02-29', from: 0, to: 23 }]],
    ['2020-06-30T14', [{ kind: 'day', date: '2020-06-30', from: 14, to: 14 }]],
  ])('%s', (text, expected) => {
    expect(bucketsOfPeriod(period(text))).toEqual(expected);
  });

  test('hold the months of the cover, each once', () => {
    for (const text of ['2020', '2020-Q3', '2020-01/2020-08', '2001-01/2100-12', '2019-12/2020-01']) {
      const cover = coverOf(period(text));
      if (cover.kind !== 'months') throw new Error('a cover of months was expected');
      const months = bucketsOfPeriod(period(text)).flatMap((bucket) => {
        if (bucket.kind !== 'year') throw new Error('a bucket of a year was expected');
        return Array.from({ length: bucket.to - bucket.from + 1 }, (_, i) => ({
          year: bucket.year,
          month: bucket.from + i,
        }));
      });
      expect(months).toEqual(cover.months);
    }
  });

  test('are at most a hundred and one for the longest range, which may begin inside a year', () => {
    expect(bucketsOfPeriod(period('2000-07/2100-06'))).toHaveLength(101);
  });
});

describe('growth', () => {
  test.each<[bigint, bigint, number | null]>([
    [1_215n, 1_000n, 0.215],
    [255_000_000_000n, 209_876_543_210n, (255_000_000_000 - 209_876_543_210) / 209_876_543_210],
    [1n, 3n, -2 / 3],
    [0n, 5n, -1],
    [5n, 5n, 0],
    [5n, 0n, null],
    [0n, 0n, null],
    [5n, -1n, null],
    [10n ** 30n + 10n ** 29n, 10n ** 30n, 0.1],
    [10n ** 20n + 1n, 10n ** 20n, 1e-20],
  ])('%d over %d is %p', (value, base, expected) => {
    expect(growthRatio(value, base)).toBe(expected);
  });

  test('of safe integers is the nearest number to the true quotient', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (value, base) => {
        expect(growthRatio(BigInt(value), BigInt(base))).toBe((value - base) / base);
      }),
    );
  });
});

describe('a decimal text', () => {
  test.each<[bigint, number, string]>([
    [255_000_000_000n, 6, '255000'],
    [255_000_000_000_001n, 6, '255000000.000001'],
    [9_007_199_254_740_993_123_456n, 6, '9007199254740993.123456'],
    [5n, 6, '0.000005'],
    [0n, 6, '0'],
    [0n, 0, '0'],
    [1_050n, 2, '10.5'],
    [100n, 0, '100'],
    [-1_050n, 2, '-10.5'],
    [-5n, 2, '-0.05'],
  ])('of %d with %d decimals is %s', (amount, decimals, expected) => {
    expect(decimalText(amount, decimals)).toBe(expected);
  });

  test('reads back to the same integer, and is JSON', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 0, max: 6 }),
        (amount, decimals) => {
          const text = decimalText(amount, decimals);
          expect(typeof JSON.parse(text)).toBe('number');
          const [whole, fraction = ''] = text.replace('-', '').split('.');
          expect(BigInt(whole + fraction.padEnd(decimals, '0'))).toBe(amount < 0n ? -amount : amount);
          expect(text.startsWith('-')).toBe(amount < 0n);
        },
      ),
    );
  });
});
