/**
 * `npm run bench -- <name> [options]`: each benchmark starts its own servers, measures in one run, and prints a table and JSON.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchAggregate } from './aggregate.js';
import type { BenchShape } from './bench-events.js';
import { benchFormats } from './formats.js';
import { benchRebuild } from './rebuild.js';
import { benchIngest } from './ingest.js';
import { benchLarge } from './large.js';
import { benchOverload } from './overload.js';
import { benchVisibility, type Spread } from './visibility.js';

interface Bench {
  /** Options with their defaults; an empty one stands for none. */
  readonly options: Readonly<Record<string, string>>;
  run(options: Readonly<Record<string, string>>): Promise<BenchReport>;
}

interface BenchReport {
  readonly heading: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean)[])[];
  /** The same with all digits. */
  readonly json: unknown;
  /** False where what was measured did not do its work, so that its speed means nothing. */
  readonly ok: boolean;
}

function numberIn(options: Readonly<Record<string, string>>, name: string): number {
  const value = Number(options[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`--${name} must be a number from 1`);
  return value;
}

/** A word that is none of the known ones is refused: a whole run would measure something else. */
function oneOf<T extends string>(options: Readonly<Record<string, string>>, name: string, known: readonly T[]): T {
  const word = known.find((one) => one === options[name]);
  if (word === undefined) throw new RangeError(`--${name} must be one of ${known.join(', ')}`);
  return word;
}

function shapesIn(options: Readonly<Record<string, string>>): readonly BenchShape[] {
  const shapes: readonly BenchShape[] = ['dense', 'sparse'];
  return options['shape'] === '' ? shapes : [oneOf(options, 'shape', shapes)];
}

const benches: Readonly<Record<string, Bench>> = {
  aggregate: {
    options: { events: '1000000', 'stock-events': '100000', shape: '', aggregators: '1' },
    async run(options) {
      const rows = await benchAggregate({
        events: numberIn(options, 'events'),
        stockEvents: numberIn(options, 'stock-events'),
        aggregators: numberIn(options, 'aggregators'),
        shapes: shapesIn(options),
      });
      return {
        heading: ['shape', 'who', 'events/s', 'of ceiling', 'times stock', 'RSS MiB', 'Redis MiB', 'totals right'],
        rows: rows.map((row) => [
          row.shape,
          row.who,
          row.eventsPerSecond,
          row.ofCeiling.toFixed(2),
          row.timesStock.toFixed(1),
          row.rssMiB,
          row.redisMiB ?? '-',
          row.totalsRight ?? '-',
        ]),
        json: rows,
        ok: rows.every(({ totalsRight }) => totalsRight !== false),
      };
    },
  },
  formats: {
    options: { milliseconds: '500' },
    run(options) {
      const paces = benchFormats(numberIn(options, 'milliseconds') / 1_000);
      return Promise.resolve({
        heading: ['format', 'sample', 'bytes', 'events', 'messages/s'],
        rows: paces.map((pace) => [pace.format, pace.sample, pace.bytes, pace.events, pace.messagesPerSecond]),
        json: paces,
        ok: paces.every(({ accepted }) => accepted),
      });
    },
  },
  rebuild: {
    options: { events: '500000', shape: '' },
    async run(options) {
      const rows = await benchRebuild(shapesIn(options), numberIn(options, 'events'));
      return {
        heading: ['shape', 'how', 'events/s', 'seconds in all', 'totals right'],
        rows: rows.map((row) => [
          row.shape,
          row.how,
          Math.round(row.eventsPerSecond),
          row.seconds.toFixed(1),
          row.totalsRight,
        ]),
        json: rows,
        ok: rows.every(({ totalsRight }) => totalsRight),
      };
    },
  },
  ingest: {
    options: { seconds: '6', rounds: '2', connections: '64' },
    async run(options) {
      const result = await benchIngest({
        seconds: numberIn(options, 'seconds'),
        rounds: numberIn(options, 'rounds'),
        connections: numberIn(options, 'connections'),
      });
      return {
        heading: ['posts', 'who', 'events/s', 'of bare', 'of Telegraf', 'p50 ms', 'p99 ms', 'not 202'],
        rows: result.rows.map((row) => [
          row.mode,
          row.who,
          row.eventsPerSecond,
          row.ofBare.toFixed(2),
          row.ofTelegraf.toFixed(2),
          row.p50Ms.toFixed(1),
          row.p99Ms.toFixed(1),
          row.refused,
        ]),
        json: result,
        ok: result.allOnLog,
      };
    },
  },
  large: {
    options: { events: '4900', rounds: '5' },
    async run(options) {
      const rows = await benchLarge(numberIn(options, 'events'), numberIn(options, 'rounds'));
      return {
        heading: ['body', 'KiB', 'events', 'loop held ms', 'slowest probe ms', 'answer ms'],
        rows: rows.map((row) => [
          row.body,
          row.kibibytes,
          row.events,
          row.heldMs.toFixed(0),
          row.probeMs.toFixed(0),
          row.answerMs.toFixed(0),
        ]),
        json: rows,
        ok: rows.every(({ accepted }) => accepted),
      };
    },
  },
  overload: {
    options: { seconds: '21', rounds: '3', times: '5', connections: '512', bodies: 'at-once' },
    async run(options) {
      const result = await benchOverload({
        seconds: numberIn(options, 'seconds'),
        rounds: numberIn(options, 'rounds'),
        times: numberIn(options, 'times'),
        connections: numberIn(options, 'connections'),
        bodies: oneOf(options, 'bodies', ['at-once', 'when-asked-for']) === 'at-once' ? 'at once' : 'when asked for',
      });
      const rows = result.turns.map((turn) => [
        turn.kind,
        Math.round(turn.eventsPerSecond),
        turn.ofPeak?.toFixed(2) ?? '-',
        turn.p50Ms.toFixed(0),
        turn.p99Ms.toFixed(0),
        ...(['ingest', 'load', 'kafka'] as const).map((who) => turn.microsPerEvent[who].toFixed(2)),
        Math.round(turn.eventsPerBatch),
        turn.processors.idle.toFixed(2),
        turn.statuses['503'] ?? 0,
      ]);
      const { offeredEventsPerSecond, goodputEventsPerSecond, ofPeak, lostEvents, rssMiBMax } = result;
      process.stdout.write(
        `offered ${Math.round(offeredEventsPerSecond)}, took ${Math.round(goodputEventsPerSecond)} events/s: ` +
          `${ofPeak.toFixed(2)} of the peak; ${lostEvents} events lost, ${rssMiBMax} MiB\n`,
      );
      return {
        heading: [
          'turn',
          'events/s',
          'of peak',
          'p50 ms',
          'p99 ms',
          'ingest µs/event',
          'load µs',
          'kafka µs',
          'events/batch',
          'idle',
          '503',
        ],
        rows,
        json: result,
        ok: lostEvents === 0,
      };
    },
  },
  visible: {
    options: { rate: '500', seconds: '20' },
    async run(options) {
      const result = await benchVisibility({
        perSecond: numberIn(options, 'rate'),
        seconds: numberIn(options, 'seconds'),
      });
      const { perSecond, events, ackMs, visibleMs, refused, unseen, questions, loadAverage } = result;
      const spread = ({ p50, p99, max }: Spread) => [p50.toFixed(1), p99.toFixed(1), max.toFixed(1)];
      return {
        heading: ['from', 'to', 'p50 ms', 'p99 ms', 'max ms', 'events', 'events/s', 'questions', 'load average'],
        rows: [
          ['due', '202', ...spread(ackMs), events, perSecond, '-', loadAverage.toFixed(1)],
          ['202', 'in statistics', ...spread(visibleMs), events, perSecond, questions, loadAverage.toFixed(1)],
        ],
        json: result,
        ok: refused === 0 && unseen === 0,
      };
    },
  },
};

const [name = '', ...argv] = process.argv.slice(2);
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined) {
  const lines = Object.entries(benches).map(([known, { options }]) => {
    const words = Object.entries(options).map(([option, value]) => `[--${option} ${value || '...'}]`);
    return `  npm run bench -- ${[known, ...words, '[--json FILE]'].join(' ')}\n`;
  });
  process.stderr.write(`usage:\n${lines.join('')}`);
  process.exit(2);
}
const { values } = parseArgs({
  args: argv,
  options: {
    ...Object.fromEntries(
      Object.entries(bench.options).map(([option, value]) => [option, { type: 'string', default: value } as const]),
    ),
    json: { type: 'string', default: '' },
  },
});
const { json: jsonFile, ...options } = values as Readonly<Record<string, string>>;
const { heading, rows, json, ok } = await bench.run(options);
for (const line of [heading, ...rows]) process.stdout.write(`${line.join(' | ')}\n`);
process.stdout.write(`${JSON.stringify(json)}\n`);
if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify(json, null, 2)}\n`);
process.exit(ok ? 0 : 1);
