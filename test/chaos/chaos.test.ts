/**
 * The short form of the chaos test: faults of different kinds on the real system under load, and the proof that the oracle can fail.
 * The long form is `npm run test:chaos`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { packCells, parseShardKey, unpackCells } from '@landbridge/contracts';
import type { StoredCell } from '@landbridge/domain';
import { Redis } from 'ioredis';
import { ChaosRun, runHeld, type RunReport } from './chaos-run.js';
import { loseLog } from './lost-log.js';
import { planShortRun } from './schedule.js';

const seed = 20_200_630;
/** What two cores hold that also run the other tests. */
const rate = 450;
const startMs = 120_000;
const runMs = 300_000;
const oracleMs = 60_000;
/** Twice what this load takes: collectors that wait for a processor let a heap grow. The target is checked by the long form. */
const memoryMaxMiB = 700;

let run: ChaosRun;
let report: RunReport;
let held = false;
const printed: string[] = [];

beforeAll(async () => {
  run = await ChaosRun.start({
    seed,
    rate,
    aggregators: 2,
    schedule: planShortRun(seed, [
      'kill aggregator',
      'kill ingest',
      'kill Redis and an aggregator',
      'kill broker',
      'stop aggregator beyond its session',
      'wipe Redis',
      'cut the append-only file',
      'silence ingest to Kafka',
    ]),
    long: false,
    sizedFolders: false,
    faultsEndMs: runMs,
    faultsPerCheck: 100,
    print: (line) => printed.push(line),
  });
}, startMs);

afterAll(async () => {
  await run?.stack.stop();
  // What went wrong is in the logs there.
  if (held) await run?.stack.remove();
}, startMs);

it(
  'loses and doubles nothing that was acknowledged, whatever dies',
  async () => {
    report = await run.run();
    held = runHeld(report, memoryMaxMiB);
    if (!held) throw new Error(`seed ${seed}, logs in ${run.stack.folder}:\n${printed.join('\n')}`);
    expect(report.faults).toHaveLength(8);
    expect(report.checks.at(-1)).toMatchObject({ ok: true, lines: report.carrier.acknowledged });
    // A slow machine takes fewer; so many are more than a hundred for each fault.
    expect(report.carrier.acknowledged).toBeGreaterThan(2_000);
  },
  runMs,
);

describe('the oracle', () => {
  it(
    'sees an event that the view lacks, and one that it has too many',
    async () => {
      const lines = (await readFile(run.logFile, 'utf8')).trimEnd().split('\n');
      const alone = lines.findLastIndex((line) => isAlone(line, lines));
      const train = JSON.parse(lines[alone]!) as object;
      // An acknowledged event that the system never got is one that it lost: it lacks in its hour and in its month.
      const lost = await run.ask(0, await otherLog([...lines, JSON.stringify({ ...train, id: 'never-sent' })]));
      expect(lost).toMatchObject({ ok: false, events: { short: 1, over: 0 } });
      expect(lost.differences.redis.count).toBe(2);
      // Without its line, an event that the system counts is one too many.
      const doubled = await run.ask(0, await otherLog(lines.toSpliced(alone, 1)));
      expect(doubled).toMatchObject({ ok: false, events: { short: 0, over: 1 } });
    },
    oracleMs,
  );

  it(
    'sees amounts in the wrong cell, also where all sums stay what they were',
    async () => {
      const redis = new Redis(`redis://${run.stack.redisAddress}`);
      const { key, cell, other } = await twoCells(redis);
      // The entry that is written last is the one that stands.
      const swapped = [
        { ...cell, amounts: other.amounts },
        { ...other, amounts: cell.amounts },
      ];
      await redis.append(key, packCells(swapped));
      const { ok, differences } = await run.ask(0);
      await redis.append(key, packCells([cell, other]));
      expect(ok).toBe(false);
      expect(differences.redis.count).toBeGreaterThan(0);
      expect((await run.ask(oracleMs)).ok).toBe(true);
      redis.disconnect();
    },
    2 * oracleMs,
  );

  it(
    'sees figures that differ from the cells, in the answers and in Prometheus',
    async () => {
      const redis = new Redis(`redis://${run.stack.redisAddress}`);
      const key = (await keysOf(redis, 'year')).find((one) => one.includes('air') && one.endsWith('2019'))!;
      const cell = (await cellsOf(redis, key))[0]!;
      await redis.append(key, packCells([{ ...cell, amounts: cell.amounts.map((amount) => amount + 1) }]));
      try {
        await expect(differencesSeen()).resolves.toEqual(['redis', 'statistics', 'prometheus']);
      } finally {
        await redis.append(key, packCells([cell]));
        redis.disconnect();
      }
    },
    2 * oracleMs,
  );
});

it(
  'stops and tells when the log lost records before they were folded',
  async () => {
    await expect(loseLog(run.stack)).resolves.toEqual([]);
  },
  runMs,
);

async function otherLog(lines: readonly string[]): Promise<string> {
  const file = join(run.stack.folder, 'other.ndjson');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** A train that counts, and whose id stands in no other line: only such a line can be left out and be missed by one. */
function isAlone(line: string, lines: readonly string[]): boolean {
  if (!/"milestone":"(arrived|departed)"/.test(line) || !line.includes('"unit":{"type":"train"')) return false;
  if (!line.includes('"actual"') || line.includes('"transit"') || line.includes('retracted')) return false;
  const { id } = JSON.parse(line) as { id: string };
  return lines.filter((one) => one.includes(`"id":"${id}",`)).length === 1;
}

async function keysOf(redis: Redis, part: 'day' | 'year'): Promise<string[]> {
  return (await redis.keys('lb:*')).filter((key) => parseShardKey(key)?.part === part);
}

async function cellsOf(redis: Redis, key: string): Promise<StoredCell[]> {
  return unpackCells((await redis.getBuffer(key))!);
}

/** Two cells of one day, unequal, of the same series in two hours: exchanged, every total of the day stays. */
async function twoCells(redis: Redis): Promise<{ key: string; cell: StoredCell; other: StoredCell }> {
  for (const key of await keysOf(redis, 'day')) {
    const cells = await cellsOf(redis, key);
    for (const cell of cells) {
      const other = cells.find(
        ({ slot, series, amounts }) =>
          slot !== cell.slot && series === cell.series && amounts.join() !== cell.amounts.join(),
      );
      if (other) return { key, cell, other };
    }
  }
  throw new Error('the run made no two such cells');
}

/** The sources that differ from the log: asked until the next scrape has brought the wrong figure to Prometheus as well. */
async function differencesSeen(): Promise<string[]> {
  const endMs = performance.now() + oracleMs;
  for (;;) {
    const { differences } = await run.ask(0);
    const seen = Object.entries(differences).flatMap(([source, { count }]) => (count > 0 ? [source] : []));
    if (seen.length === 3 || performance.now() > endMs) return seen;
  }
}
