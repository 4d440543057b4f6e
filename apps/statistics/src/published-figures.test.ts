import { describe, expect, test } from '@jest/globals';
import { eventTopics } from '@landbridge/contracts';
import { parsePeriod, type Period, type ShardProgress } from '@landbridge/domain';
import { airLoad, FakeSource, railContainer } from './fake-source.js';
import {
  publicationFault,
  PublishedFigures,
  publishedGauges,
  publishedSeriesMax,
  type Publication,
  type PublishedSamples,
  type Sample,
} from './published-figures.js';

/** 2020-07-01T03:00 on the clock of the hub, while it is still June in UTC. */
const nowMs = Date.parse('2020-06-30T19:00:00Z');

function periodOf(text: string): Period {
  const parsed = parsePeriod(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.period;
}

const publication: Publication = { periods: ['2020-H1', '2020-01/2020-08'].map(periodOf), brands: ['cainiao'] };

const shard = (topic: string, partition: number, next: bigint, newestReceivedMs: number | null): ShardProgress => ({
  topic,
  partition,
  next,
  newestReceivedMs,
});

const progress = [
  shard(eventTopics.air, 0, 10n, nowMs - 60_000),
  shard(eventTopics.air, 1, 5n, nowMs - 1_500),
  shard(eventTopics.rail, 0, 2n, nowMs + 200),
  shard(eventTopics.port, 0, 0n, null),
];

const movements = [
  airLoad('2019-03-01T00:00:00Z', 200_000_000_000, { partner: 'LU' }),
  airLoad('2020-03-01T00:00:00Z', 243_000_000_000, { partner: 'LU' }),
  airLoad('2020-03-01T00:00:00Z', 1_000_000, { partner: 'CN' }),
  airLoad('2020-06-30T18:30:00Z', 500_000),
  railContainer('2020-04-01T00:00:00Z', { brand: 'cainiao' }),
  railContainer('2020-04-01T00:00:00Z', { brand: 'zih' }),
];

function figuresOf(source: FakeSource, published = publication): { figures: PublishedFigures; causes: unknown[] } {
  const causes: unknown[] = [];
  return {
    figures: new PublishedFigures(
      source,
      published,
      () => nowMs,
      (cause) => causes.push(cause),
    ),
    causes,
  };
}

function valueOf(samples: readonly Sample[], labels: Record<string, string>): number | undefined {
  const found = samples.filter((sample) =>
    Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
  if (found.length > 1) throw new Error(`${JSON.stringify(labels)} names ${found.length} samples`);
  return found[0]?.value;
}

const all = (samples: PublishedSamples): Sample[] => publishedGauges.flatMap((name) => [...samples[name]]);

describe('published figures', () => {
  test('are the period totals by flow in public units', async () => {
    const { landbridge_throughput_period_value: values } = await figuresOf(
      new FakeSource(movements, progress),
    ).figures.samples();
    const air = { measure: 'air.weight', period: '2020-H1' };
    expect(valueOf(values, { ...air, flow: 'all' })).toBe(243_001);
    expect(valueOf(values, { ...air, flow: 'international' })).toBe(243_000);
    expect(valueOf(values, { ...air, flow: 'domestic' })).toBe(1);
    expect(valueOf(values, { measure: 'rail.teu', period: '2020-H1', flow: 'all' })).toBe(4);
    expect(valueOf(values, { measure: 'cbec.parcels', period: '2020-H1', flow: 'all' })).toBe(0);
    expect(valueOf(values, { measure: 'partners.count', period: '2020-01/2020-08', flow: 'all' })).toBe(2);
    expect(valueOf(values, { measure: 'partners.count', period: '2020-H1', flow: 'domestic' })).toBeUndefined();
  });

  test('cover the running year, month and day of the hub', async () => {
    const { landbridge_throughput_period_value: values } = await figuresOf(
      new FakeSource(movements, progress),
    ).figures.samples();
    const air = { measure: 'air.weight', flow: 'all' };
    expect(valueOf(values, { ...air, period: 'this-year' })).toBe(243_001.5);
    expect(valueOf(values, { ...air, period: 'this-month' })).toBe(0.5);
    expect(valueOf(values, { ...air, period: 'today' })).toBe(0.5);
  });

  test('have growth where there is a base, and never for a running period', async () => {
    const samples = await figuresOf(new FakeSource(movements, progress)).figures.samples();
    const growths = samples.landbridge_throughput_period_growth_ratio;
    expect(valueOf(growths, { measure: 'air.weight', period: '2020-H1', flow: 'international' })).toBe(0.215);
    expect(valueOf(growths, { measure: 'air.weight', period: '2020-H1', flow: 'domestic' })).toBeUndefined();
    expect(valueOf(growths, { measure: 'partners.count', period: '2020-H1', flow: 'all' })).toBe(1);
    expect(growths.filter(({ labels }) => labels['period']!.startsWith('t'))).toEqual([]);
  });

  test('show the configured brands apart', async () => {
    const { landbridge_brand_period_value: values } = await figuresOf(
      new FakeSource(movements, progress),
    ).figures.samples();
    expect(valueOf(values, { measure: 'rail.containers', period: '2020-H1', brand: 'cainiao' })).toBe(1);
    expect(new Set(values.map(({ labels }) => labels['brand']))).toEqual(new Set(['cainiao']));
    expect(new Set(values.map(({ labels }) => labels['measure']))).toEqual(
      new Set(['rail.trains', 'rail.containers', 'rail.teu', 'rail.weight']),
    );
  });

  test('tell how old the view is and how much it holds; a system without records has no age', async () => {
    const samples = await figuresOf(new FakeSource(movements, progress)).figures.samples();
    expect(samples.landbridge_view_age_seconds).toEqual([
      { labels: { system: 'air' }, value: 1.5 },
      { labels: { system: 'rail' }, value: 0 },
    ]);
    expect(samples.landbridge_view_records).toEqual([
      { labels: { system: 'air' }, value: 15 },
      { labels: { system: 'rail' }, value: 2 },
      { labels: { system: 'port' }, value: 0 },
      { labels: { system: 'cbec' }, value: 0 },
    ]);
  });

  test('of calls that overlap come from one pass, those of a later call from a new one', async () => {
    const source = new FakeSource(movements, progress);
    const { figures } = figuresOf(source);
    const [first, second] = await Promise.all([figures.samples(), figures.samples()]);
    expect(second).toBe(first);
    // Four systems, the years 2020 and 2019 and today's hours: each once.
    expect(source.reads.toSorted()).toEqual(
      ['air', 'rail', 'port', 'cbec']
        .flatMap((system) => ['2019', '2020', '2020-07-01'].map((at) => `${system} ${at}`))
        .toSorted(),
    );
    expect(await figures.samples()).not.toBe(first);
    expect(source.reads).toHaveLength(24);
  });
});

describe('figures of a view that cannot be read', () => {
  test('vanish and are told once per pass, and come back', async () => {
    const source = new FakeSource(movements, progress);
    const { figures, causes } = figuresOf(source);
    const lost = new Error('lost');
    source.gate = Promise.reject(lost);
    const passes = await Promise.all([figures.samples(), figures.samples()]);
    expect(passes.flatMap(all)).toEqual([]);
    expect(causes).toEqual([lost]);
    source.gate = Promise.resolve();
    expect(all(await figures.samples()).length).toBeGreaterThan(100);
  });

  test('vanish too when only the progress is lost', async () => {
    const { figures, causes } = figuresOf(new FakeSource(movements));
    expect(all(await figures.samples())).toEqual([]);
    expect(String(causes)).toContain('given no progress');
  });

  test('vanish at the deadline when the view is silent', async () => {
    const source = new FakeSource(movements, progress);
    source.gate = new Promise<never>(() => {});
    const causes: unknown[] = [];
    const figures = new PublishedFigures(
      source,
      publication,
      () => nowMs,
      (cause) => causes.push(cause),
      20,
    );
    expect(all(await figures.samples())).toEqual([]);
    expect(String(causes)).toContain('did not answer within 20 ms');
  });
});

describe('the number of series', () => {
  const years = (count: number): Period[] =>
    Array.from({ length: count }, (_, i) => ({ kind: 'year', year: 2000 + i }));
  const brandsOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `brand-${i}`);

  test.each<[number, number]>([
    [3, 1],
    [10, 5],
    [21, 1],
    [5, 20],
    [0, 0],
  ])('of %d periods and %d brands is at most what the fault check allows', async (periodCount, brandCount) => {
    const published = { periods: years(periodCount), brands: brandsOf(brandCount) };
    expect(publicationFault(published)).toBeUndefined();
    const everywhere = published.periods.flatMap(({ kind }, i) =>
      kind === 'year'
        ? [airLoad(`${2000 + i}-03-01T00:00:00Z`, 1, { partner: 'LU' }), railContainer(`${2000 + i}-03-01T00:00:00Z`)]
        : [],
    );
    const samples = all(await figuresOf(new FakeSource(everywhere, progress), published).figures.samples());
    expect(samples.length).toBeLessThanOrEqual(publishedSeriesMax);
    expect(samples.length).toBeGreaterThan(3 * 37);
  });

  test('of too many is refused before anything is published', () => {
    expect(publicationFault({ periods: years(40), brands: [] })).toContain('publish fewer');
    expect(publicationFault({ periods: years(1), brands: brandsOf(500) })).toContain('publish fewer');
  });
});
