import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { CanonicalEvent } from '@landbridge/contracts';
import { commandTable, runCommandLine } from './command-line.js';
import { recordedTerminal } from './recorded-terminal.js';

/** Some cases make the whole scenario. */
jest.setTimeout(120_000);

let folder: string;
let server: Server | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-cli-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** Runs a command line as the tool would, its data folder being an empty one. */
async function run(line: readonly string[], env: Record<string, string> = {}) {
  const { terminal, stdout, stderr } = recordedTerminal();
  const signal = new AbortController().signal;
  const code = await runCommandLine(line, { env: { LANDBRIDGE_DATA: folder, ...env }, terminal, signal });
  return { code, stdout: stdout(), stderr: stderr() };
}

/** A stand-in for the front door that takes all events but those of subject `bad`, and writes down what came. */
async function door(): Promise<{ url: string; events: CanonicalEvent[]; keys: Set<string> }> {
  const events: CanonicalEvent[] = [];
  const keys = new Set<string>();
  const started = createServer((request, response) => {
    keys.add(request.headers.authorization ?? '');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const batch = JSON.parse(Buffer.concat(chunks).toString()) as CanonicalEvent[];
      events.push(...batch);
      const rejected = batch.flatMap(({ id, subject }, index) =>
        subject === 'bad' ? [{ index, id, code: 'unknown_hub', detail: 'no such hub', path: '$.data.hub' }] : [],
      );
      response.writeHead(rejected.length > 0 ? 207 : 202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ accepted: batch.length - rejected.length, duplicates: 0, rejected }));
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(started.address() as AddressInfo).port}`, events, keys };
}

const addKey = ['carriers', 'add', '--tenant', 'demo', '--carrier', 'cv', '--source', '/cv/'];

describe('landbridge', () => {
  test('lists all commands when asked for help', async () => {
    for (const line of [['--help'], ['-h'], ['help']]) {
      const { code, stdout } = await run(line);
      expect(code).toBe(0);
      for (const name of Object.keys(commandTable)) expect(stdout).toContain(`  ${name} `);
    }
  });

  test('shows the help and fails when it is called with nothing', async () => {
    expect(await run([])).toMatchObject({ code: 2, stdout: expect.stringContaining('Usage:') });
  });

  test.each(['carriers', 'topics', 'dead-letters'])('lists what there is of %s', async (word) => {
    const names = Object.keys(commandTable).filter((name) => name.startsWith(`${word} `));
    for (const flag of ['--help', '-h']) {
      const { code, stdout, stderr } = await run([word, flag]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`Usage: landbridge ${word} COMMAND`);
      expect(stdout.match(/^ {2}\S+ \S+ /gm)?.map((name) => name.trim())).toEqual(names);
    }
  });

  test.each(Object.keys(commandTable))('explains %s and each of its options', async (name) => {
    const { code, stdout, stderr } = await run([...name.split(' '), '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const command = await commandTable[name]!.load();
    expect(stdout).toContain(`Usage: landbridge ${name}`);
    for (const [option, { help }] of Object.entries(command.options)) {
      expect(stdout).toContain(`--${option}`);
      expect(stdout).toContain(help);
    }
  });

  test.each([
    [['explode'], 'no command "explode"'],
    [['carriers'], 'no command "carriers"; there are carriers add, carriers list'],
    [['sample', 'fax'], 'no format "fax"; there are cargo-imp'],
    [['sample'], 'a format is needed'],
    [['carriers', 'explode', '--help'], 'no command "carriers explode"'],
    [['scenario', '--explode'], "Unknown option '--explode'"],
    [['scenario', 'now'], 'nothing is expected after the options'],
    [['scenario', '--from', '2020-02-30', '--dry-run'], '--from and --to are days'],
    [['scenario', '--limit', '0', '--dry-run'], '--limit must be an integer from 1'],
    [['scenario', '--shuffle', 'x', '--dry-run'], '--shuffle must be an integer'],
    [['scenario', '--url', 'ftp://host', '--key', 'k'], '--url must be an http or https URL'],
    [['scenario'], 'there is no key file'],
    [['send'], 'exactly one file is needed'],
    [['send', 'a', 'b'], 'exactly one file is needed'],
    [['carriers', 'add', '--tenant', 'demo', '--carrier', 'cv'], '--source is needed'],
    [
      ['carriers', 'add', '--tenant', 'De mo', '--carrier', 'cv', '--source', '/x'],
      '--tenant must be 1 to 32 small letters',
    ],
    [['carriers', 'revoke', 'lbk_'], 'at least 8 characters'],
    [['carriers', 'rotate', 'lbk_'], 'at least 8 characters'],
    [['carriers', 'rotate', 'lbk_abcdef', '--grace', '91d'], '--grace must be minutes, hours or days'],
    [[...addKey, '--signed'], 'needs LANDBRIDGE_SIGNING_SECRET_FILE'],
    [[...addKey, '--signed', '--oauth-subject', 'cv'], 'only one of --signed, --oauth-subject'],
    [[...addKey, '--public-key', 'whpk_AAAA'], '--public-key must be whpk_'],
    [[...addKey, '--scopes', 'post,admin'], '--scopes must be'],
    [[...addKey, '--expires', '2020-01-01'], '--expires must be'],
    [[...addKey, '--rate', '100', '--burst', '99'], '--burst must be at least --rate'],
    [['rebuild', '--window-days', '0'], '--window-days must be an integer from 1'],
    [['dead-letters', 'list', '--code', 'bad'], 'there is no problem "bad"'],
    [['dead-letters', 'list', '--topic', 'bad'], '--topic must be one of landbridge.air.v1'],
    [['dead-letters', 'show'], 'exactly one offset of a dead letter is needed'],
    [['dead-letters', 'show', 'x'], 'an offset is a number'],
    [['dead-letters', 'redrive'], 'give one OFFSET, or --all'],
    [['dead-letters', 'redrive', '3', '--all'], 'give one OFFSET, or --all'],
    [['dead-letters', 'redrive', '3', '--code', 'unknown_hub'], 'give one OFFSET, or --all'],
    [['up', '--kafka-port', '70000'], '--kafka-port or LANDBRIDGE_KAFKA_PORT must be a port'],
    [['up', '--kafka-port', '6379'], 'port 6379 is given to two listeners'],
  ])('%j is refused with exit code 2 and a reason', async (line, reason) => {
    const { code, stdout, stderr } = await run(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
  });

  test('refuses a variable of ours that nobody knows, without its value', async () => {
    const { code, stderr } = await run(['down'], { LANDBRIDGE_KAFKA_BROKER: 'secret:9092' });
    expect(code).toBe(2);
    expect(stderr).toContain('LANDBRIDGE_KAFKA_BROKER: no such variable');
    expect(stderr).not.toContain('secret');
  });

  test('has nothing to stop on an empty data folder', async () => {
    expect(await run(['down'])).toEqual({ code: 0, stdout: 'Landbridge is not running\n', stderr: '' });
  });
});

describe('landbridge scenario', () => {
  test('counts a dry run up to the published figures, as JSON for a program', async () => {
    const { code, stdout, stderr } = await run(['scenario', '--dry-run', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = JSON.parse(stdout) as {
      events: number;
      figures: { measure: string; period: string; value: string }[];
    };
    expect(told.events).toBeGreaterThan(60_000);
    expect(told.figures).toContainEqual(
      expect.objectContaining({ measure: 'air.weight', period: '2020-H1', value: '255000' }),
    );
  });

  test('posts the chosen days with the key of the key file, and tells the result', async () => {
    const { url, events, keys } = await door();
    writeFileSync(join(folder, 'demo.key'), 'lbk_fromfile\n');
    const line = ['scenario', '--url', `${url}/`, '--from', '2020-06-01', '--to', '2020-06-02', '--json'];
    const { code, stdout } = await run(line);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, accepted: events.length, rejectedTotal: 0 });
    expect(new Set(events.map(({ time }) => time.slice(0, 10)))).toContain('2020-06-01');
    expect(events.length).toBeGreaterThan(100);
    expect(keys).toEqual(new Set(['Bearer lbk_fromfile']));
  });

  test('posts a part in another order', async () => {
    const { url, events } = await door();
    const line = ['scenario', '--url', url, '--key', 'k', '--limit', '50', '--shuffle', '3', '--to', '2019-03-31'];
    expect(await run(line)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^50 accepted, 0 repeated, 0 rejected/),
    });
    const times = events.map(({ time }) => time);
    expect(times).toHaveLength(50);
    expect(times).not.toEqual(times.toSorted((a, b) => (a < b ? -1 : 1)));
  });
});

describe('landbridge send', () => {
  const event = (subject: string): object => ({ specversion: '1.0', id: subject, source: '/x', subject });

  test('posts a file of lines and fails when an event is rejected, saying which', async () => {
    const { url, events } = await door();
    const file = join(folder, 'events.ndjson');
    writeFileSync(file, ['good', 'bad', 'fine'].map((subject) => JSON.stringify(event(subject))).join('\n'));
    const { code, stdout } = await run(['send', '--url', url, '--key', 'k', file]);
    expect(code).toBe(1);
    expect(stdout).toContain('2 accepted, 0 repeated, 1 rejected');
    expect(stdout).toContain('unknown_hub event 1 (bad) $.data.hub: no such hub');
    expect(events).toHaveLength(3);
  });

  test('names the line that is not JSON, and a file that is not there', async () => {
    const { url } = await door();
    const file = join(folder, 'events.ndjson');
    writeFileSync(file, `${JSON.stringify(event('good'))}\nnonsense\n`);
    expect(await run(['send', '--url', url, '--key', 'k', file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 2 is not a JSON object'),
    });
    expect(await run(['send', '--url', url, '--key', 'k', join(folder, 'none')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ENOENT'),
    });
  });

  test('sends nothing for an empty file', async () => {
    const { url, keys } = await door();
    const file = join(folder, 'none.ndjson');
    writeFileSync(file, '');
    expect(await run(['send', '--url', url, '--key', 'k', file])).toMatchObject({ code: 0 });
    expect(keys.size).toBe(0);
  });
});

describe('landbridge doctor', () => {
  test('tells of everything that is away, what to do, and fails', async () => {
    // Ports on which nothing listens: a server had them a moment ago.
    const { url } = await door();
    const port = new URL(url).port;
    await new Promise((resolve) => server!.close(resolve));
    const env = {
      LANDBRIDGE_KAFKA_BROKERS: `127.0.0.1:${port}`,
      LANDBRIDGE_REDIS_URL: `redis://:geheim@127.0.0.1:${port}`,
    };
    const services = ['ingest', 'admin', 'aggregator', 'statistics', 'prometheus'].flatMap((name) => [
      `--${name}`,
      url,
    ]);
    const { code, stdout } = await run(['doctor', ...services, '--json'], env);
    expect(code).toBe(1);
    const findings = JSON.parse(stdout) as { what: string; ok: boolean; says: string; advice: string }[];
    expect(findings.map(({ what }) => what)).toEqual([
      'kafka',
      'redis',
      'ingest',
      'admin',
      'aggregator',
      'statistics',
      'prometheus',
    ]);
    for (const { what, ok, says, advice } of findings) {
      expect(says).toContain('ECONNREFUSED');
      // Not opened is no fault.
      if (what === 'admin') continue;
      expect(ok).toBe(false);
      expect(advice).toContain('npm start');
    }
    expect(stdout).not.toContain('geheim');
  });

  test.each([
    ['takes', 'right', true],
    ['refuses', 'wrong', false],
  ])('says that the port of administrators %s the token of the data folder', async (verb, token, ok) => {
    const asked = createServer((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer right' ? 200 : 401).end('{}');
    });
    server = asked;
    await new Promise<void>((resolve) => asked.listen(0, '127.0.0.1', resolve));
    const { port } = asked.address() as AddressInfo;
    const data = mkdtempSync(join(tmpdir(), 'landbridge-doctor-'));
    try {
      writeFileSync(join(data, 'admin.token'), `${token}\n`);
      const adminOf = async (...options: readonly string[]) => {
        const env = { LANDBRIDGE_DATA: data, LANDBRIDGE_ADMIN_PORT: String(port) };
        const { stdout } = await run(['doctor', '--json', ...options], env);
        return (JSON.parse(stdout) as { what: string; ok: boolean; says: string }[]).find(
          ({ what }) => what === 'admin',
        );
      };
      expect(await adminOf()).toMatchObject({ ok, says: expect.stringContaining(`it ${verb} the token in ${data}`) });
      // Whom somebody names gets no token.
      expect(await adminOf('--admin', `http://127.0.0.1:${port}`)).toMatchObject({
        ok: true,
        says: expect.stringContaining('asks for'),
      });
    } finally {
      rmSync(data, { recursive: true });
    }
  });
});
