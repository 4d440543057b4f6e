/**
 * `npm run test:api -- [--examples N] [--seed S]`: Schemathesis makes requests out of the OpenAPI documents of the running services, valid
 * ones and others, and holds every answer to the document: no 5xx, no status, type, header or body that is not documented.
 *
 * It is not part of `npm test`, because it comes from PyPI: `python3 -m venv` and a way to it are needed. The version, the seed and the
 * number of requests are fixed, so that two runs ask the same. The exit code is 0 when nothing was found.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '@landbridge/native';
import { keyOf, newSecret, openIngestDoor, publishKey, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { repositoryRoot } from '../harness/repository-root.js';
import { startOwnKafka, startOwnRedis, type OwnServer } from '../harness/servers.js';
import { passedEnvironment, startService, type Service } from '../harness/service.js';

const schemathesis = 'schemathesis==4.32.5';
/** Of one service; a run of 300 examples an operation takes three minutes for ingest on two cores. */
const runDeadlineMs = 900_000;

const { values } = parseArgs({
  options: { examples: { type: 'string', default: '300' }, seed: { type: 'string', default: '20260303' } },
});

const open: { stop(): Promise<unknown> }[] = [];
const folder = await mkdtemp(join(tmpdir(), 'landbridge-api-'));
let found = false;
try {
  await run('python3', ['-m', 'venv', join(folder, 'venv')]);
  await run(join(folder, 'venv', 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', schemathesis]);
  const { door, key, statistics } = await startServices();
  for (const [name, url, secret] of [
    ['statistics', statistics, undefined],
    ['ingest', door.url, key],
  ] as const) {
    process.stdout.write(`\n${name}\n`);
    const code = await ask(url, secret);
    found ||= code !== 0;
  }
} finally {
  for (const one of open.toReversed()) await one.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = found ? 1 : 0;

interface Services {
  readonly door: IngestDoor;
  /** Of the carrier whose events are the examples of the document, so that they are accepted. */
  readonly key: string;
  /** The base URL. */
  readonly statistics: string;
}

async function startServices(): Promise<Services> {
  const own = async (starting: Promise<OwnServer>): Promise<string> => {
    const server = await starting;
    open.push({ stop: () => server.dispose() });
    return server.address;
  };
  const kafka = await own(startOwnKafka());
  const redis = await own(startOwnRedis());
  const kept = (service: Service): void => void open.push({ stop: () => service.stop() });
  const door = await openIngestDoor(kafka, { LANDBRIDGE_REDIS_URL: `redis://${redis}` });
  kept(door.service);
  const key = newSecret();
  await publishKey(kafka, keyOf(key, {}));
  const known = async (): Promise<boolean> =>
    (await door.post('[]', { authorization: `Bearer ${key}` })).status !== 401;
  await eventually(known, { deadlineMs: 20_000, what: 'the key to be known' });
  const [statisticsPort = 0, aggregatorPort = 0] = await freePorts(2);
  const shared = { LANDBRIDGE_KAFKA_BROKERS: kafka, LANDBRIDGE_REDIS_URL: `redis://${redis}` };
  // What was posted is folded meanwhile, so that there are figures to ask for.
  for (const [name, port] of [
    ['aggregator', aggregatorPort],
    ['statistics', statisticsPort],
  ] as const)
    kept(
      await startService({
        name,
        entry: `apps/${name}/dist/main.js`,
        env: { ...shared, LANDBRIDGE_HTTP_PORT: String(port) },
        readyUrl: `http://127.0.0.1:${port}/readyz`,
      }),
    );
  return { door, key, statistics: `http://127.0.0.1:${statisticsPort}` };
}

/** The exit code of Schemathesis: 0 when nothing was found. */
function ask(url: string, key: string | undefined): Promise<number | null> {
  const configuration = ['--config-file', join(repositoryRoot, 'test/api/schemathesis.toml')];
  const credentials = key === undefined ? [] : ['-H', `Authorization: Bearer ${key}`];
  const bounds = ['--phases', 'examples,coverage,fuzzing', '--max-examples', values.examples, '--seed', values.seed];
  const report = ['--continue-on-failure', '--no-color'];
  const words = [...configuration, 'run', `${url}/openapi.json`, ...credentials, ...bounds, ...report];
  return spawned(join(folder, 'venv', 'bin', 'schemathesis'), words);
}

async function run(program: string, words: readonly string[]): Promise<void> {
  const code = await spawned(program, words);
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

function spawned(program: string, words: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    // In the temporary folder: it keeps a cache of its examples where it is run.
    const child = spawn(program, words, {
      cwd: folder,
      env: { ...passedEnvironment(), SCHEMATHESIS_HOOKS: join(repositoryRoot, 'test/api/media_types.py') },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: runDeadlineMs,
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code));
  });
}
