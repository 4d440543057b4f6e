/**
 * `npm run test:chaos -- --minutes N --seed S --rate R [--aggregators A] [--only PART,PART] [--json FILE] [--keep]`: the long form of the
 * chaos test. `--only` leaves the faults whose names hold one of the parts. No fault begins after the minutes are over; what follows is the
 * recovery from the last one, at most as long as `recoveryDeadlineMs` says, and the last question to the oracle.
 *
 * The exit code is 0 when nothing acknowledged was lost or doubled and everything recovered, 1 otherwise; then the folder stays.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { ChaosRun, runHeld, type RunReport } from './chaos-run.js';
import { loseLog } from './lost-log.js';
import { needsSizedFolders, planRun } from './schedule.js';
import { faults, type FaultName } from './faults.js';
import { canMount } from './sized-folder.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '1500' },
    aggregators: { type: 'string', default: '2' },
    only: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const seed = wholeNumber('seed', values.seed);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const sizedFolders = canMount();
const skipped = (Object.keys(faults) as FaultName[]).filter((name) => needsSizedFolders(name) && !sizedFolders);
if (skipped.length > 0) print(`left out, because only root may mount: ${skipped.join(', ')}`);
const parts = values.only?.split(',') ?? [''];
const minutes = wholeNumber('minutes', values.minutes);
const schedule = planRun(seed, minutes, (name) => !skipped.includes(name) && parts.some((part) => name.includes(part)));
print(`seed ${seed}; ${schedule.length} faults planned, at the earliest:`);
for (const { name, atMs } of schedule) print(`  ${(atMs / 1_000).toFixed(1).padStart(7)} s  ${name}`);

const run = await ChaosRun.start({
  seed,
  rate: wholeNumber('rate', values.rate),
  aggregators: wholeNumber('aggregators', values.aggregators),
  schedule,
  faultsEndMs: minutes * 60_000,
  long: true,
  sizedFolders,
  faultsPerCheck: 16,
  print,
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void giveUp(signal));
let held = false;
try {
  const report = await run.run();
  printReport(report);
  held = runHeld(report);
  const lost = held ? await loseLog(run.stack) : [];
  for (const fault of lost) print(`a log that lost records: ${fault}`);
  if (held && lost.length === 0) print('a log that lost records: stopped and told, nothing skipped');
  held &&= lost.length === 0;
  if (values.json !== undefined)
    await writeFile(
      values.json,
      `${JSON.stringify({ held, cpus: cpus().length, ...report, lostLog: lost }, undefined, 2)}\n`,
    );
} finally {
  await run.stack.stop();
  if (held && !values.keep) await run.stack.remove();
  else print(`logs stay in ${run.stack.folder}`);
}
print(held ? 'held' : 'NOT HELD');
process.exitCode = held ? 0 : 1;

/** Ends everything in order, so that no process and no mount stays behind. */
async function giveUp(signal: string): Promise<void> {
  print(`ended by ${signal}`);
  await run.stack.stop();
  process.exit(1);
}

function printReport(report: RunReport): void {
  const last = report.checks.at(-1);
  print('');
  print(`${report.seconds} s, ${report.faults.length} faults, ${report.kills} kills, load ${loadavg()[0]!.toFixed(1)}`);
  print(
    `${report.carrier.acknowledged} events acknowledged, ${report.carrier.retried} requests retried; units lost ` +
      `${last?.events.short ?? '?'}, doubled ${last?.events.over ?? '?'}, dead letters ${report.deadLetters}`,
  );
  const byName = Map.groupBy(report.faults, ({ name }) => name);
  for (const [name, group] of byName) {
    const worst = (of: 'acceptingSeconds' | 'levelSeconds'): string =>
      String(group.some((one) => one[of] === null) ? 'never' : Math.max(...group.map((one) => one[of]!)));
    print(
      `  ${name.padEnd(36)} ${String(group.length).padStart(2)} times; at worst accepting after ${worst('acceptingSeconds')} s, ` +
        `no lag after ${worst('levelSeconds')} s (it lasted up to ${Math.max(...group.map((one) => one.lastedSeconds))} s)`,
    );
  }
  print(`peak memory, MiB: ${JSON.stringify(report.memory)}`);
  for (const [name, crashes] of Object.entries(report.crashes))
    if (crashes.length > 0) print(`${name} ended by itself: ${crashes.join('; ')}`);
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is a whole number, not ${text}`);
  return number;
}
