/**
 * `npm run test:sim -- --seed N` plays one seed and prints its schedule; `--seeds N [--from M]` plays many and tells the rate. A Redis is
 * started unless the environment names one. The exit code is 1 when a seed failed.
 */
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { startOwnRedis } from '../harness/servers.js';
import type { Report } from './hub-simulation.js';
import { failureText, playSeeds, seedsFrom } from './seed-runner.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
  },
});
const [first, count] =
  values.seed === undefined ? [Number(values.from), Number(values.seeds)] : [Number(values.seed), 1];
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count) || count < 1) {
  process.stderr.write('usage: npm run test:sim -- --seed N | --seeds N [--from M]\n');
  process.exit(2);
}

const progressEvery = 1_000;
const server = await startOwnRedis();
const redis = new Redis(server.port);
const begin = performance.now();
let played = 0;
let failed = 0;
await playSeeds(redis, seedsFrom(first, count), (report) => {
  played += 1;
  if (report.faults.length > 0) failed += 1;
  tell(report);
  return true;
});
redis.disconnect();
await server.dispose();
process.stdout.write(`${played} seeds, ${failed} failed, ${rate()}\n`);
process.exitCode = failed > 0 ? 1 : 0;

function tell(report: Report): void {
  if (values.seed !== undefined) process.stdout.write(`${report.trace.join('\n')}\n`);
  if (report.faults.length > 0) process.stdout.write(`${failureText(report)}\n`);
  if (played % progressEvery === 0) process.stdout.write(`${played} of ${count}, ${failed} failed, ${rate()}\n`);
}

function rate(): string {
  return `${Math.round((played * 1_000) / (performance.now() - begin))} seeds/s`;
}
