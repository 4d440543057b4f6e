/**
 * The oracle of the chaos test, a program of its own: `oracle.js <log> --redis host:port --statistics URL --prometheus URL --periods a,b
 * --deadline MS`.
 *
 * It counts the carrier's log by itself, then holds the count against Redis, `/v1/statistics` and Prometheus until all three agree or the
 * deadline has passed. It prints its verdict as one JSON object; the exit code is 0 when everything agrees, 1 when something does not, 2
 * when the log cannot be counted.
 */
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { countedMeasures, countLog, figuresOf, type Cells, type Count, type Figure } from './oracle-count.js';
import { askStatistics, readCells, readSamples } from './oracle-readings.js';
import type { OracleVerdict } from './oracle-verdict.js';

const pauseMs = 500;
/** Differences that the verdict quotes of each source. */
const quotedMax = 10;

/** Asked over HTTP besides all measures of all published periods: filters, single days, half years. */
const furtherFigures: readonly Figure[] = [
  { measure: 'air.weight', period: '2024-06-05', filters: {} },
  { measure: 'port.value', period: '2024-06-04', filters: { direction: 'inbound' } },
  { measure: 'cbec.parcels', period: '2024-06', filters: { tradeMode: '1210' } },
  { measure: 'air.pieces', period: '2024-H1', filters: { carrier: 'CV', flow: 'international' } },
  { measure: 'rail.trains', period: '2018-H2', filters: { brand: 'cainiao', hub: 'CGO' } },
  { measure: 'port.consignments', period: '2018-03/2021-10', filters: { partner: 'DE' } },
];

interface Surroundings {
  readonly redis: string;
  readonly statistics: string;
  readonly prometheus: string;
  readonly periods: readonly string[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    redis: { type: 'string', default: '' },
    statistics: { type: 'string', default: '' },
    prometheus: { type: 'string', default: '' },
    periods: { type: 'string', default: '' },
    deadline: { type: 'string', default: '0' },
  },
});
const begunMs = performance.now();
const surroundings = { ...values, periods: values.periods.split(',') };
const count = await countLog(positionals[0] ?? '').catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
});
const verdict = await judge(count, surroundings, Number(values.deadline));
process.stdout.write(`${JSON.stringify(verdict)}\n`);
process.exitCode = verdict.ok ? 0 : 1;

async function judge(counted: Count, from: Surroundings, deadlineMs: number): Promise<OracleVerdict> {
  const sources = {
    redis: () => differencesOf(counted.cells, readCells(from.redis)),
    statistics: () => statisticsDifferences(counted.cells, from),
    prometheus: () => prometheusDifferences(counted.cells, from),
  };
  const found: Record<string, readonly string[]> = {};
  for (const [source, compare] of Object.entries(sources)) {
    do {
      found[source] = await compare().catch((error: Error) => [`cannot be read: ${error.message}`]);
      if (found[source].length === 0 || performance.now() - begunMs > deadlineMs) break;
      await delay(pauseMs);
    } while (performance.now() - begunMs < deadlineMs);
  }
  const { redis = [], statistics = [], prometheus = [] } = found;
  return {
    ok: redis.length + statistics.length + prometheus.length === 0,
    seconds: (performance.now() - begunMs) / 1_000,
    lines: counted.lines,
    ids: counted.ids,
    cells: counted.cells.size,
    events: eventBalance(counted.cells, await readCells(from.redis).catch(() => new Map())),
    differences: {
      redis: { count: redis.length, first: redis.slice(0, quotedMax) },
      statistics: { count: statistics.length, first: statistics.slice(0, quotedMax) },
      prometheus: { count: prometheus.length, first: prometheus.slice(0, quotedMax) },
    },
  };
}

async function differencesOf(expected: Cells, reading: Promise<Cells>): Promise<string[]> {
  const actual = await reading;
  const differences: string[] = [];
  for (const [cell, amounts] of expected) {
    const found = actual.get(cell)?.join() ?? 'nothing';
    const isZero = found === 'nothing' && amounts.every((amount) => amount === 0);
    if (found !== amounts.join() && !isZero) differences.push(`${cell}: ${amounts.join()} expected, ${found} found`);
  }
  for (const [cell, amounts] of actual)
    if (!expected.has(cell)) differences.push(`${cell}: nothing expected, ${amounts.join()} found`);
  return differences;
}

/** Units that count in the view less those that should: below zero something was lost, above it something was doubled. */
function eventBalance(expected: Cells, actual: Cells): { readonly short: number; readonly over: number } {
  let short = 0;
  let over = 0;
  for (const cell of new Set([...expected.keys(), ...actual.keys()])) {
    const [, bucket = '', , meter] = cell.split('|');
    // Manifests are summed by their parcels and value, and so not counted.
    if (bucket.length === 4 || meter === 'cbec-retail') continue;
    const column = meter === 'air-cargo' ? 2 : 0;
    const difference = (actual.get(cell)?.[column] ?? 0) - (expected.get(cell)?.[column] ?? 0);
    if (difference < 0) short -= difference;
    else over += difference;
  }
  return { short, over };
}

async function statisticsDifferences(cells: Cells, from: Surroundings): Promise<string[]> {
  const figures = [
    ...from.periods.flatMap((period) => countedMeasures.map((measure) => ({ measure, period, filters: {} }))),
    ...furtherFigures,
  ];
  const differences: string[] = [];
  const figureOf = figuresOf(cells);
  for (const figure of figures) {
    const expected = figureOf(figure);
    const answered = await askStatistics(from.statistics, figure);
    if (answered !== expected)
      differences.push(`${JSON.stringify(figure)}: ${expected} expected, ${answered} answered`);
  }
  return differences;
}

async function prometheusDifferences(cells: Cells, from: Surroundings): Promise<string[]> {
  const samples = await readSamples(from.prometheus);
  const figureOf = figuresOf(cells);
  const differences: string[] = [];
  for (const period of from.periods)
    for (const measure of countedMeasures)
      for (const flow of measure === 'partners.count' ? ['all'] : ['all', 'domestic', 'international']) {
        const expected = figureOf({ measure, period, filters: flow === 'all' ? {} : { flow } });
        const sample = samples.get(`${measure} ${period} ${flow}`);
        if (sample !== expected)
          differences.push(`${measure} ${period} ${flow}: ${expected} expected, ${sample ?? 'no sample'} found`);
      }
  return differences;
}
