/**
 * The main job as a newcomer does it: one command on an empty folder, and the published figures come out of the running system; the same
 * events posted once more, in another order, change no figure; one signal ends all of it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StatisticsAnswer } from '@landbridge/contracts';
import { groupingsOf, measures, type MeasureName } from '@landbridge/domain';
import { freePorts, LOOPBACK, parentDeathPrefix } from '@landbridge/native';
import { eventually } from '../harness/poll.js';
import { repositoryRoot } from '../harness/repository-root.js';
import { shortLivedJava } from '../harness/servers.js';
import { passedEnvironment } from '../harness/service.js';
import { runTool } from '../harness/tool.js';

/** A start takes 20 s on two idle cores, and asking for all figures 5 s; the rest is for a machine that is busy with other suites. */
const stageMs = 180_000;
const listeners = ['kafka', 'redis', 'prometheus', 'ingest', 'statistics', 'aggregator', 'admin'] as const;

/** As the hub published them. Air cargo's growth was published in per mille, the others to a hundredth of a percent. */
const published = [
  { query: 'measure=air.weight&period=2020-H1', value: 255_000, growth: 0.215, digits: 3 },
  { query: 'measure=air.weight&period=2020-H1&flow=international', growth: 0.4, digits: 3 },
  { query: 'measure=rail.containers&period=2020-H1&brand=cainiao', value: 165 },
  { query: 'measure=cbec.parcels&period=2020-01/2020-08', value: 83_673_700, growth: 1.3916, digits: 4 },
  { query: 'measure=cbec.value&period=2020-01/2020-08', value: 6_525_000_000, growth: 0.8977, digits: 4 },
  { query: 'measure=partners.count&period=2020', value: 226 },
] as const;

/** The same figures by the series in which Prometheus holds them. */
const scraped = [
  { series: 'landbridge_throughput_period_value{measure="air.weight",period="2020-H1",flow="all"}', value: 255_000 },
  ...[
    { labels: 'measure="air.weight",period="2020-H1",flow="all"', value: 0.215, digits: 3 },
    { labels: 'measure="air.weight",period="2020-H1",flow="international"', value: 0.4, digits: 3 },
    { labels: 'measure="cbec.parcels",period="2020-01/2020-08",flow="all"', value: 1.3916, digits: 4 },
    { labels: 'measure="cbec.value",period="2020-01/2020-08",flow="all"', value: 0.8977, digits: 4 },
  ].map(({ labels, value, digits }) => ({
    series: `landbridge_throughput_period_growth_ratio{${labels}}`,
    value,
    digits,
  })),
  {
    series: 'landbridge_brand_period_value{measure="rail.containers",period="2020-H1",brand="cainiao"}',
    value: 165,
  },
  {
    series: 'landbridge_throughput_period_value{measure="cbec.parcels",period="2020-01/2020-08",flow="all"}',
    value: 83_673_700,
  },
  {
    series: 'landbridge_throughput_period_value{measure="cbec.value",period="2020-01/2020-08",flow="all"}',
    value: 6_525_000_000,
  },
  { series: 'landbridge_throughput_period_value{measure="partners.count",period="2020",flow="all"}', value: 226 },
];

let folder: string;
let ports: Readonly<Record<(typeof listeners)[number], number>>;
let up: RunningStack;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landbridge-scenario-'));
  const free = await freePorts(listeners.length);
  ports = Object.fromEntries(listeners.map((name, i) => [name, free[i]])) as typeof ports;
  up = await startUp();
}, stageMs);

afterAll(async () => {
  up?.child.kill('SIGTERM');
  await up?.ended;
  await rm(folder, { recursive: true, force: true });
}, stageMs);

/** A running `landbridge up`. */
interface RunningStack {
  readonly child: ChildProcess;
  /** The exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** What it wrote so far. */
  readonly printed: () => string;
}

/** `landbridge up` as a process of its own, once it says that all is ready. */
async function startUp(liveEventsPerSecond = 0): Promise<RunningStack> {
  // Mostly without live events: figures of today would move between two looks.
  const live = ['--live', String(liveEventsPerSecond)];
  const words = [...parentDeathPrefix(), process.execPath, 'apps/cli/dist/main.js', 'up', ...live];
  const child = spawn(words[0]!, words.slice(1), {
    cwd: repositoryRoot,
    env: { ...passedEnvironment(), ...toolEnvironment() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  const early = ended.then((how) => {
    throw new Error(`it ended with ${how}: ${printed}`);
  });
  early.catch(() => undefined);
  const ready = eventually(() => printed.includes('Landbridge is ready'), {
    deadlineMs: stageMs,
    what: 'the ready block',
  });
  await Promise.race([ready, early]);
  return { child, ended, printed: () => printed };
}

function toolEnvironment(): Record<string, string> {
  const portVariables = listeners.map((name) => [`LANDBRIDGE_${name.toUpperCase()}_PORT`, String(ports[name])]);
  return { ...Object.fromEntries(portVariables), LANDBRIDGE_DATA: folder, JAVA_TOOL_OPTIONS: shortLivedJava.join(' ') };
}

/** The answer's text: parsed numbers would hide a difference beyond the sixteenth digit. Asked again where it is told to come back. */
function ask(query: string): Promise<string> {
  return eventually(
    async () => {
      const response = await fetch(`http://${LOOPBACK}:${ports.statistics}/v1/statistics?${query}`);
      const body = await response.text();
      if (response.status !== 200) throw new Error(`it is answered ${response.status}: ${body}`);
      return body;
    },
    { deadlineMs: 30_000, what: query },
  );
}

/** The value that Prometheus holds for one series, by its query API; undefined where it has none yet. */
async function inPrometheus(series: string): Promise<number | undefined> {
  const query = new URLSearchParams({ query: series });
  const response = await fetch(`http://${LOOPBACK}:${ports.prometheus}/api/v1/query?${query.toString()}`);
  const { data } = (await response.json()) as { data: { result: readonly { value: [number, string] }[] } };
  return data.result.length === 1 ? Number(data.result[0]!.value[1]) : undefined;
}

/** How many records of the log the view holds, over all systems. A scrape that took too long to read the view tells it next time. */
function recordsInView(): Promise<number> {
  return eventually(
    async () => {
      const text = await (await fetch(`http://${LOOPBACK}:${ports.statistics}/metrics`)).text();
      const counts = [...text.matchAll(/^landbridge_view_records\{system="\w+"\} (\d+)$/gm)];
      if (counts.length !== 4) throw new Error('not every system tells its records');
      return counts.reduce((sum, [, records]) => sum + Number(records), 0);
    },
    { deadlineMs: 20_000, what: 'the records of all systems' },
  );
}

/** Years, halves, quarters, months, ranges, and a day and an hour, which are read from other cells. */
const periods = [
  ...[2019, 2020].flatMap((year) => ['', '-H1', '-H2', '-Q1', '-Q2', '-Q3', '-Q4'].map((part) => `${year}${part}`)),
  ...Array.from({ length: 12 }, (_, month) => `2020-${String(month + 1).padStart(2, '0')}`),
  '2019-01/2019-08',
  '2020-01/2020-08',
  '2019-12-31',
  '2020-06-30',
  '2020-06-30T14',
];

/** Every measure over every period, and over both years in every way that it can be split; answers without their time. */
async function allFigures(): Promise<Map<string, string>> {
  const questions = (Object.keys(measures) as MeasureName[]).flatMap((measure) => [
    ...periods.map((period) => `measure=${measure}&period=${period}`),
    ...groupingsOf(measure).map((by) => `measure=${measure}&period=2020&compare=previous-year&by=${by}`),
  ]);
  const left = questions.values();
  const found = new Map<string, string>();
  const work = async (): Promise<void> => {
    for (const question of left) found.set(question, (await ask(question)).replace(/"asOf":"[^"]*"/, ''));
  };
  await Promise.all(Array.from({ length: 2 }, work));
  return found;
}

/** Processes that were started on this test's data folder: it stands in their arguments or in their environment. */
function processesOfFolder(): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return false;
    try {
      const known = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${name}/${file}`, 'utf8'));
      return known.some((text) => text.includes(folder));
    } catch {
      // It ended meanwhile, or belongs to somebody else.
      return false;
    }
  });
}

describe('after one command on an empty folder', () => {
  test.each(published)('statistics answers $query', async ({ query, ...figure }) => {
    const answer = JSON.parse(await ask(`${query}&compare=previous-year`)) as StatisticsAnswer;
    if ('value' in figure) expect(answer.value).toBe(figure.value);
    if ('growth' in figure) expect(answer.growth?.toFixed(figure.digits)).toBe(figure.growth.toFixed(figure.digits));
  });

  test.each(scraped)(
    'Prometheus holds $series',
    async ({ series, value, ...rounding }) => {
      // The first scrape after the last event was folded; scrapes come every five seconds.
      await eventually(
        async () => {
          const held = await inPrometheus(series);
          if ('digits' in rounding) expect(held?.toFixed(rounding.digits)).toBe(value.toFixed(rounding.digits));
          else expect(held).toBe(value);
        },
        { deadlineMs: 30_000, intervalMs: 200, what: `${series} in Prometheus` },
      );
    },
    40_000,
  );
});

test('administrators find their port and token, and the documents, in what was printed', async () => {
  const [, address = '', tokenFile = ''] = /^  admin +(\S+) +token in (\S+)$/m.exec(up.printed()) ?? [];
  const token = readFileSync(tokenFile, 'utf8').trim();
  const state = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
  expect([state.status, (await fetch(address)).status]).toEqual([200, 401]);
  for (const [page] of up.printed().matchAll(/http:\S+\/docs\b/g)) expect((await fetch(page)).status).toBe(200);
  const healthy = async () => {
    const { code, stdout } = await runTool(['doctor'], toolEnvironment());
    expect({ code, faults: stdout.match(/FAIL.*/g) }).toEqual({ code: 0, faults: null });
    expect(stdout).toMatch(/^ok +admin .* open; it takes the token in /m);
  };
  // It waits two seconds for each answer, which a busy machine may miss.
  await eventually(healthy, { deadlineMs: 30_000, what: 'the doctor to find no fault' });
});

test(
  'the whole scenario posted again, shuffled, changes no figure of 2019 and 2020',
  async () => {
    const before = await allFigures();
    const recordsBefore = await recordsInView();
    expect(before.size).toBeGreaterThan(400);

    const posting = await runTool(['scenario', '--shuffle', '7', '--json'], toolEnvironment(), stageMs);
    expect(posting.code).toBe(0);
    // As many as before: it is the same scenario, and the log holds it twice now.
    expect(JSON.parse(posting.stdout)).toMatchObject({ ok: true, accepted: recordsBefore });

    await eventually(async () => (await recordsInView()) === 2 * recordsBefore, {
      deadlineMs: 60_000,
      what: 'the second posting to be folded',
    });
    expect(await allFigures()).toEqual(before);
  },
  stageMs,
);

test(
  'SIGTERM ends all of it; a second start posts nothing again, and `landbridge down` ends that',
  async () => {
    const records = await recordsInView();
    // The tool, Kafka, Redis, Prometheus and three services.
    expect(processesOfFolder().length).toBeGreaterThanOrEqual(7);
    up.child.kill('SIGTERM');
    expect(await up.ended).toBe(0);
    expect(up.printed()).toContain('everything has stopped');
    expect(processesOfFolder()).toEqual([]);

    up = await startUp();
    expect(up.printed()).not.toMatch(/^scenario /m);
    for (const { query, ...figure } of published)
      if ('value' in figure) expect(JSON.parse(await ask(query))).toMatchObject({ value: figure.value });
    expect(await recordsInView()).toBe(records);

    expect(await runTool(['down'], toolEnvironment())).toMatchObject({ code: 0, stdout: 'Landbridge has stopped\n' });
    expect(await up.ended).toBe(0);
    expect(processesOfFolder()).toEqual([]);
  },
  stageMs,
);

test(
  'it ends by itself, with the reason, when a server is killed while live events are posted',
  async () => {
    up = await startUp(5);
    const redis = processesOfFolder().find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('redis-server'),
    );
    process.kill(Number(redis), 'SIGKILL');
    expect(await up.ended).toBe(1);
    expect(up.printed()).toContain('Redis ended with SIGKILL');
    expect(up.printed()).toContain('everything has stopped');
    expect(processesOfFolder()).toEqual([]);
  },
  stageMs,
);
