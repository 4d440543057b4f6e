/**
 * The business gauges: published periods and the running ones, read from the view when Prometheus asks.
 *
 * Goal: what a dashboard shows is what the API answers, at the moment of the scrape. Choice: gauges filled by one pass over the view,
 * which all gauges and all scrapes that overlap share; when the view cannot be read the series vanish, because a stale figure looks
 * like a true one and an absent one raises an alert. Refused: a timer that refreshes gauges, for it shows old figures as new.
 */
import { systemOfTopic } from '@landbridge/contracts';
import {
  decimalsOf,
  decimalText,
  flows,
  formatPeriod,
  groupingsOf,
  growthRatio,
  localDayHour,
  measures,
  previousYear,
  systems,
  type MeasureName,
  type Period,
  type Query,
  type ShardProgress,
  type TallyResult,
  type ThroughputSource,
} from '@landbridge/domain';
import type { Metrics } from '@landbridge/telemetry';
import { readFigures, withinDeadline, type FigureRequest } from './view-pass.js';

/** What is published besides the running periods: fixed periods, and the rail brands shown apart. */
export interface Publication {
  readonly periods: readonly Period[];
  readonly brands: readonly string[];
}

/** One series of a gauge. Values are in the unit of the public answer, rounded to the nearest number that Prometheus can hold. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export const publishedGauges = [
  'landbridge_throughput_period_value',
  'landbridge_throughput_period_growth_ratio',
  'landbridge_brand_period_value',
  'landbridge_view_age_seconds',
  'landbridge_view_records',
] as const;
export type PublishedGauge = (typeof publishedGauges)[number];
export type PublishedSamples = Readonly<Record<PublishedGauge, readonly Sample[]>>;

/** Below the deadline that the registry gives each gauge, so that it is this pass that ends and tells why. */
const scrapeDeadlineMs = 4_000;

/** Of the 2,000 series that one process may expose; the rest is left to the metrics of the process itself. */
export const publishedSeriesMax = 1_800;

/** Why a publication would be too many series, or undefined where it is not. */
export function publicationFault(publication: Publication): string | undefined {
  const widths = { flow: 1 + flows.length, brand: publication.brands.length, none: 1 };
  const series = planOf(publication, 0).reduce(
    (sum, { split, previous }) => sum + widths[split] * (split !== 'brand' && previous ? 2 : 1),
    2 * systems.length,
  );
  if (series <= publishedSeriesMax) return undefined;
  return `the published periods and brands make ${series} series of metrics, more than ${publishedSeriesMax}: publish fewer`;
}

export class PublishedFigures {
  private pass: Promise<PublishedSamples> | undefined;

  /**
   * @param clock epoch milliseconds
   * @param onUnreadable hears why the view could not be read, once per pass
   */
  constructor(
    private readonly source: ThroughputSource,
    private readonly publication: Publication,
    private readonly clock: () => number,
    private readonly onUnreadable: (cause: unknown) => void,
    private readonly deadlineMs = scrapeDeadlineMs,
  ) {}

  /** The samples of all gauges; none when the view cannot be read. Calls that overlap share one pass. Never rejects. */
  samples(): Promise<PublishedSamples> {
    this.pass ??= this.read().finally(() => (this.pass = undefined));
    return this.pass;
  }

  private async read(): Promise<PublishedSamples> {
    const nowMs = this.clock();
    const plan = planOf(this.publication, nowMs);
    const requests = plan.flatMap(({ current, previous }) => (previous ? [current, previous] : [current]));
    const [figures, progress] = await Promise.all([
      readFigures(this.source, requests, this.deadlineMs),
      withinDeadline(this.source.progress(), this.deadlineMs),
    ]);
    if (!figures.ok || !progress.ok) {
      this.onUnreadable(figures.ok ? (progress as { readonly cause: unknown }).cause : figures.cause);
      return nothing;
    }
    return { ...figureSamples(plan, figures.figures, this.publication.brands), ...viewSamples(progress.value, nowMs) };
  }
}

/** Lets the gauges of the registry be filled at each scrape, all from one pass. Series that the pass does not have vanish. */
export function exposeFigures(metrics: Metrics, figures: PublishedFigures): void {
  for (const name of publishedGauges)
    metrics.gauge(name, async (gauge) => {
      const samples = await figures.samples();
      gauge.reset();
      for (const { labels, value } of samples[name]) gauge.set(labels, value);
    });
}

const nothing: PublishedSamples = {
  landbridge_throughput_period_value: [],
  landbridge_throughput_period_growth_ratio: [],
  landbridge_brand_period_value: [],
  landbridge_view_age_seconds: [],
  landbridge_view_records: [],
};

interface Planned {
  readonly measure: MeasureName;
  /** The `period` label. */
  readonly label: string;
  readonly split: 'flow' | 'brand' | 'none';
  readonly current: FigureRequest;
  readonly previous?: FigureRequest;
}

/**
 * What is read for all gauges. Growth is taken of the published periods only: a running one, held against the whole year, month or day
 * before, would seem to collapse at each beginning.
 */
function planOf({ periods, brands }: Publication, nowMs: number): readonly Planned[] {
  const published = new Map(periods.map((period) => [formatPeriod(period), period]));
  const planned: Planned[] = [];
  for (const [label, period] of [...published, ...runningPeriods(nowMs)]) {
    for (const measure of Object.keys(measures) as MeasureName[]) {
      const split = measures[measure].kind === 'sum' ? 'flow' : 'none';
      const query: Query = { measure, filters: {}, ...(split === 'flow' ? { by: split } : {}) };
      const previous = published.has(label) ? { previous: { query, period: previousYear(period) } } : {};
      planned.push({ measure, label, split, current: { query, period }, ...previous });
    }
    if (brands.length === 0) continue;
    for (const measure of railMeasures) {
      planned.push({
        measure,
        label,
        split: 'brand',
        current: { query: { measure, filters: {}, by: 'brand' }, period },
      });
    }
  }
  return planned;
}

/** The measures that are kept by brand. */
const railMeasures = (Object.keys(measures) as MeasureName[]).filter(
  (name) => measures[name].kind === 'sum' && groupingsOf(name).includes('brand'),
);

/** The year, month and day that run on the hub's clock, under labels that stay the same, so that a panel need not know the date. */
function runningPeriods(nowMs: number): readonly (readonly [label: string, period: Period])[] {
  const { year, month, day } = localDayHour(nowMs);
  return [
    ['this-year', { kind: 'year', year }],
    ['this-month', { kind: 'month', year, month }],
    ['today', { kind: 'day', year, month, day }],
  ];
}

function figureSamples(
  plan: readonly Planned[],
  results: readonly TallyResult[],
  brands: readonly string[],
): Pick<
  PublishedSamples,
  'landbridge_throughput_period_value' | 'landbridge_throughput_period_growth_ratio' | 'landbridge_brand_period_value'
> {
  const values: Sample[] = [];
  const growths: Sample[] = [];
  const brandValues: Sample[] = [];
  const read = results.values();
  for (const { measure, label, split, previous } of plan) {
    const now = read.next().value!;
    const before = previous && read.next().value!;
    const labels = { measure, period: label };
    if (split === 'brand') {
      for (const brand of brands)
        brandValues.push({ labels: { ...labels, brand }, value: inUnit(measure, now.groups!.get(brand) ?? 0n) });
      continue;
    }
    for (const flow of split === 'flow' ? ['all', ...flows] : ['all']) {
      const amount = amountOf(now, flow);
      values.push({ labels: { ...labels, flow }, value: inUnit(measure, amount) });
      // Where there is no base there is no growth, and no series: a gauge cannot say null.
      const growth = before ? growthRatio(amount, amountOf(before, flow)) : null;
      if (growth !== null) growths.push({ labels: { ...labels, flow }, value: growth });
    }
  }
  return {
    landbridge_throughput_period_value: values,
    landbridge_throughput_period_growth_ratio: growths,
    landbridge_brand_period_value: brandValues,
  };
}

/** The figure of a flow; `all` has also what belongs to neither. */
function amountOf(result: TallyResult, flow: string): bigint {
  return flow === 'all' ? result.total : (result.groups!.get(flow) ?? 0n);
}

function inUnit(measure: MeasureName, amount: bigint): number {
  return Number(decimalText(amount, decimalsOf(measure)));
}

/** How much of each system's log the view holds, and how old its newest record is; no age where no record was applied yet. */
function viewSamples(
  progress: readonly ShardProgress[],
  nowMs: number,
): Pick<PublishedSamples, 'landbridge_view_age_seconds' | 'landbridge_view_records'> {
  const ages: Sample[] = [];
  const records: Sample[] = [];
  for (const system of systems) {
    const shards = progress.filter(({ topic }) => systemOfTopic(topic) === system);
    const newestMs = Math.max(...shards.map((shard) => shard.newestReceivedMs ?? -Infinity));
    // Two machines' clocks: a record received a moment ago may seem to come from the future.
    if (newestMs > -Infinity) ages.push({ labels: { system }, value: Math.max(0, nowMs - newestMs) / 1_000 });
    records.push({ labels: { system }, value: Number(shards.reduce((sum, { next }) => sum + next, 0n)) });
  }
  return { landbridge_view_age_seconds: ages, landbridge_view_records: records };
}
