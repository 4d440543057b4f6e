/**
 * `npm run bench -- <name> [options]`: each benchmark starts its own servers, measures in one run, and prints a table and JSON.
 */
import { parseArgs } from 'node:util';
import { writeFileSync } from 'node:fs';
import { benchAggregate } from './aggregate.js';
import type { BenchShape } from './bench-events.js';

const usage = `usage: npm run bench -- aggregate [--events 1000000] [--stock-events 100000]
         [--shape dense|sparse] [--aggregators 1] [--json FILE]
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '1000000' },
    'stock-events': { type: 'string', default: '100000' },
    aggregators: { type: 'string', default: '1' },
    shape: { type: 'string' },
    json: { type: 'string' },
  },
});

if (positionals[0] !== 'aggregate') {
  process.stderr.write(usage);
  process.exit(2);
}
const rows = await benchAggregate({
  events: Number(values.events),
  stockEvents: Number(values['stock-events']),
  aggregators: Number(values.aggregators),
  shapes: values.shape === undefined ? ['dense', 'sparse'] : [values.shape as BenchShape],
});
const table = rows.map((row) => [
  row.shape,
  row.who,
  row.eventsPerSecond,
  row.ofCeiling.toFixed(2),
  row.timesStock.toFixed(1),
  row.rssMiB,
  row.redisMiB ?? '-',
  row.totalsRight ?? '-',
]);
const heading = ['shape', 'who', 'events/s', 'of ceiling', 'times stock', 'RSS MiB', 'Redis MiB', 'totals right'];
for (const line of [heading, ...table]) process.stdout.write(`${line.join(' | ')}\n`);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
process.exit(rows.some(({ totalsRight }) => totalsRight === false) ? 1 : 0);
