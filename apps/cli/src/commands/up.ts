import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaSlice, laneSlice, logSlice } from '@landbridge/config';
import { topicContracts } from '@landbridge/contracts';
import { provisionTopics } from '@landbridge/kafka';
import { isPortFree, ServerStartError } from '@landbridge/native';
import { scenarioEvents } from '@landbridge/scenario';
import { toolKafka, type KeyLogSettings } from '../carrier-key-log.js';
import { exitCodes, UsageFault, type Call, type Command, type CommandOption, type ExitCode } from '../command.js';
import { dataFolderOf, demoKeyFile, repositoryRoot, runFile } from '../data-folder.js';
import { failureLine, postWithProgress } from '../posting.js';
import { loopback } from '../service-addresses.js';
import { count, type Terminal } from '../terminal.js';
import { listeners, portVariable, readPorts, readToolSettings, stackPorts, type Ports } from '../tool-settings.js';
import { ensureDemoKey, isAccepted } from '../up/demo-key.js';
import { askFigures, figureLine, isPublished, type AnsweredFigure } from '../up/figure-check.js';
import { trickle } from '../up/live-trickle.js';
import { readyBlock } from '../up/ready-block.js';
import { claimRun, releaseRun } from '../up/run-file.js';
import { RunFault, RunInterrupted, StackRun } from '../up/stack-run.js';

const portOptions: Readonly<Record<string, CommandOption>> = Object.fromEntries(
  listeners.map((listener) => [
    `${listener}-port`,
    {
      type: 'string',
      value: 'PORT',
      help: `${listener} listens there (${stackPorts[listener]}; ${portVariable(listener)})`,
    },
  ]),
);

export const up: Command = {
  description: [
    'Starts Kafka, Redis, Prometheus and the services on this machine, posts the scenario once, and shows its figures.',
    'The data folder is .landbridge, or LANDBRIDGE_DATA. Ctrl-C, or `landbridge down`, stops all of it in order.',
  ].join('\n'),
  options: {
    ...portOptions,
    compose: {
      type: 'boolean',
      help: 'as containers, with Grafana: needs Docker with Compose; data is in its volumes',
    },
    live: { type: 'string', value: 'COUNT', help: 'live events per second afterwards, 0 for none (5)' },
  },
  async run(call) {
    const { terminal } = call;
    const ports = readPorts(call.env, (name) => call.arguments.text(name));
    const livePerSecond = call.arguments.integer('live', 0, 500) ?? 5;
    const folder = dataFolderOf(call.env);
    const settings = { ...readToolSettings(call.env, [kafkaSlice, laneSlice, logSlice]) };
    const kafka = { ...settings.kafka, brokers: [`${loopback}:${ports.kafka}`] };
    const compose = call.arguments.flag('compose');
    if (!compose) assertBuilt();
    const claim = claimRun(runFile(folder));
    if (!claim.ok) {
      terminal.note(`Landbridge already runs on ${folder} as process ${claim.pid}: stop it with \`npm run stop\``);
      return exitCodes.failed;
    }
    try {
      return await runStack(call, { folder, ports, compose, livePerSecond, keyLog: { kafka, lane: settings.lane } });
    } finally {
      releaseRun(runFile(folder));
    }
  },
};

interface Plan {
  readonly folder: string;
  readonly ports: Ports;
  readonly compose: boolean;
  readonly livePerSecond: number;
  readonly keyLog: KeyLogSettings;
}

async function runStack(call: Call, plan: Plan): Promise<ExitCode> {
  const { terminal } = call;
  const run = new StackRun({ ...plan, env: call.env, terminal, signal: call.signal });
  try {
    await startAll(run, call, plan);
    return await run.ended;
  } catch (error) {
    if (!(error instanceof RunInterrupted || error instanceof RunFault || error instanceof ServerStartError))
      throw error;
    const asked = error instanceof RunInterrupted;
    if (asked) terminal.print('stopping');
    else terminal.note(terminal.style('red', error.message));
    await run.stop();
    if (asked) terminal.print('everything has stopped');
    else terminal.note('everything has stopped');
    return asked ? exitCodes.ok : exitCodes.failed;
  } finally {
    // Also after a bug: no process may be left. A second stop finds nothing to do.
    await run.stop();
  }
}

async function startAll(run: StackRun, call: Call, plan: Plan): Promise<void> {
  const { terminal, signal } = call;
  const { folder, ports, compose, livePerSecond, keyLog } = plan;
  const startMs = performance.now();
  // Containers of an earlier run may hold theirs, and are taken over.
  if (!compose) await assertPortsFree(ports);
  await run.step(compose ? 'containers' : 'kafka, redis, prometheus', () => run.startServers());
  await run.step('topics', () => provisionTopics(toolKafka(keyLog.kafka), topicContracts));
  await run.step('ingest, aggregator, statistics', () => run.startServices());
  const key = await run.step('demo key', () => usableDemoKey(run, demoKeyFile(folder), keyLog));
  if (!(await answeredFigures(run)).every(isPublished)) {
    await run.step('scenario', () => postScenario(run.url('ingest'), key, terminal, signal));
    await run.step('figures', () => untilPublished(run));
  }
  const figures = await answeredFigures(run);
  const seconds = (performance.now() - startMs) / 1_000;
  for (const line of readyBlock({ folder, ports, figures, seconds, terminal })) terminal.print(line);
  if (livePerSecond > 0)
    void trickle({
      url: run.url('ingest'),
      key,
      eventsPerSecond: livePerSecond,
      // A run also ends when a server does, and nobody has asked for that.
      signal: run.stopping,
      onFailure: (line) => terminal.note(line),
    });
}

function assertBuilt(): void {
  const missing = ['ingest', 'aggregator', 'statistics'].filter(
    (app) => !existsSync(join(repositoryRoot, 'apps', app, 'dist', 'main.js')),
  );
  if (missing.length > 0)
    throw new UsageFault(`${missing.join(', ')} not built yet: run \`npm run build\`, or \`npm start\``);
}

/** The services' ports; the servers' own are looked at when what an earlier run left behind has been stopped. */
async function assertPortsFree(ports: Ports): Promise<void> {
  for (const listener of ['ingest', 'aggregator', 'statistics', 'admin'] as const)
    if (!(await isPortFree(ports[listener])))
      throw new RunFault(
        `port ${ports[listener]} for ${listener} is taken by another process: ` +
          `stop it, or set --${listener}-port or ${portVariable(listener)}`,
      );
}

const keyDeadlineMs = 20_000;

async function usableDemoKey(run: StackRun, file: string, keyLog: KeyLogSettings): Promise<string> {
  const key = await ensureDemoKey(file, run.url('ingest'), keyLog);
  await run.until('ingest does not know the demo key', keyDeadlineMs, () => isAccepted(key, run.url('ingest')));
  return key;
}

async function postScenario(url: string, key: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  let total = 0;
  for (const _event of scenarioEvents()) total += 1;
  const posting = { url, key, what: 'scenario', events: scenarioEvents(), total, signal };
  const { result } = await postWithProgress(posting, terminal);
  if (signal.aborted) return;
  if (result.failures[0]) throw new RunFault(`the scenario was not taken: ${failureLine(result.failures[0])}`);
  if (result.rejected[0])
    throw new RunFault(
      `${count(result.rejectedTotal)} events of the scenario were rejected: ${result.rejected[0].detail}`,
    );
}

const figuresDeadlineMs = 120_000;

/** All figures, as soon as each has an answer: one that a busy machine owes us does not say that the scenario was never posted. */
async function answeredFigures(run: StackRun): Promise<AnsweredFigure[]> {
  let figures: AnsweredFigure[] = [];
  await run.until('the figures are not answered', figuresDeadlineMs, async () => {
    figures = await askFigures(run.url('statistics'));
    return figures.every(({ answer }) => answer !== undefined);
  });
  return figures;
}

async function untilPublished(run: StackRun): Promise<void> {
  let missing = '';
  try {
    await run.until('the figures are not answered', figuresDeadlineMs, async () => {
      const other = (await askFigures(run.url('statistics'))).filter((answered) => !isPublished(answered));
      missing = other.map(figureLine).join('; ');
      return other.length === 0;
    });
  } catch (error) {
    throw error instanceof RunFault ? new RunFault(`${error.message}: ${missing}`) : error;
  }
}
