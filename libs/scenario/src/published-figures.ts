/**
 * The figures that the hub published for 2020, and the exact totals that make them come out.
 *
 * What was published is a value and a growth rate; the total of the year before follows from the two, rounded to the base unit. Second
 * halves and the last third of a year have no published figure in our sources: their totals are plausible and marked so.
 */
import type { Filters, MeasureName } from '@landbridge/domain';
import { spanOf, type Span } from './day.js';

/** One published figure, as `GET /v1/statistics` must answer it. `value` is in the measure's unit, `growth` a ratio to four decimals. */
export interface PublishedFigure {
  readonly measure: MeasureName;
  readonly period: string;
  readonly filters: Filters;
  readonly value: number;
  readonly growth?: number;
  readonly says: string;
}

export const publishedFigures: readonly PublishedFigure[] = [
  {
    measure: 'air.weight',
    period: '2020-H1',
    filters: {},
    value: 255_000,
    growth: 0.215,
    says: 'airport cargo and mail, first half of 2020: 255,000 t, +21.5 %',
  },
  {
    measure: 'air.weight',
    period: '2020-H1',
    filters: { flow: 'international' },
    value: 168_000,
    growth: 0.4,
    says: 'international cargo and mail: +40 % (the tonnage itself is ours)',
  },
  {
    measure: 'rail.containers',
    period: '2020-H1',
    filters: { brand: 'cainiao' },
    value: 165,
    says: 'Cainiao China-Europe Express, first half of 2020: 165 containers',
  },
  {
    measure: 'rail.trains',
    period: '2020-H1',
    filters: { brand: 'cainiao' },
    value: 104,
    says: 'Cainiao China-Europe Express: four trains a week, 26 weeks',
  },
  {
    measure: 'cbec.parcels',
    period: '2020-01/2020-08',
    filters: {},
    value: 83_673_700,
    growth: 1.3916,
    says: 'cross-border e-commerce, January to August 2020: 83,673,700 parcels, +139.16 %',
  },
  {
    measure: 'cbec.value',
    period: '2020-01/2020-08',
    filters: {},
    value: 6_525_000_000,
    growth: 0.8977,
    says: 'cross-border e-commerce, January to August 2020: 6.525 bn yuan, +89.77 %',
  },
  {
    measure: 'partners.count',
    period: '2020',
    filters: {},
    value: 226,
    says: 'countries and regions traded with: 226',
  },
];

const gramsPerTonne = 1_000_000;
const fenPerYuan = 100;

/** Air cargo and mail of a half year, in grams. */
export interface AirTotal {
  readonly span: Span;
  readonly internationalGrams: number;
  readonly domesticGrams: number;
}

/** 255,000 t is 21.5 % more than this, to the gram. */
const air2019H1Grams = Math.round((255_000 * gramsPerTonne) / 1.215);

export const airTotals: readonly AirTotal[] = [
  {
    span: spanOf('2019-01-01', '2019-06-30'),
    internationalGrams: 120_000 * gramsPerTonne,
    domesticGrams: air2019H1Grams - 120_000 * gramsPerTonne,
  },
  // Plausible, no published figure.
  {
    span: spanOf('2019-07-01', '2019-12-31'),
    internationalGrams: 190_000 * gramsPerTonne,
    domesticGrams: 122_000 * gramsPerTonne,
  },
  {
    span: spanOf('2020-01-01', '2020-06-30'),
    internationalGrams: 168_000 * gramsPerTonne,
    domesticGrams: 87_000 * gramsPerTonne,
  },
  // Plausible, no published figure.
  {
    span: spanOf('2020-07-01', '2020-12-31'),
    internationalGrams: 262_000 * gramsPerTonne,
    domesticGrams: 122_000 * gramsPerTonne,
  },
];

/** Containers that the trains of the Cainiao brand carry together. The service is not run before 2020 here. */
export interface BrandTotal {
  readonly span: Span;
  readonly containers: number;
}

export const cainiaoTotals: readonly BrandTotal[] = [
  { span: spanOf('2020-01-01', '2020-06-30'), containers: 165 },
  // Plausible, no published figure.
  { span: spanOf('2020-07-01', '2020-12-31'), containers: 241 },
];

/** Parcels of cross-border e-commerce and their value, in fen. */
export interface CbecTotal {
  readonly span: Span;
  readonly parcels: number;
  readonly valueFen: number;
}

export const cbecTotals: readonly CbecTotal[] = [
  {
    span: spanOf('2019-01-01', '2019-08-31'),
    parcels: Math.round(83_673_700 / 2.3916),
    valueFen: Math.round((6_525_000_000 * fenPerYuan) / 1.8977),
  },
  // Plausible, no published figure.
  {
    span: spanOf('2019-09-01', '2019-12-31'),
    parcels: 31_402_518,
    valueFen: 2_914_336_207 * fenPerYuan + 58,
  },
  {
    span: spanOf('2020-01-01', '2020-08-31'),
    parcels: 83_673_700,
    valueFen: 6_525_000_000 * fenPerYuan,
  },
  // Plausible, no published figure.
  {
    span: spanOf('2020-09-01', '2020-12-31'),
    parcels: 55_918_264,
    valueFen: 4_875_602_911 * fenPerYuan + 34,
  },
];

/** The two years that the scenario fills: the published one, and the one that its growth is measured against. */
export const scenarioSpan: Span = spanOf('2019-01-01', '2020-12-31');
