/**
 * The carrier guide, `apps/ingest/README.md`, and its page on keys, `KEYS.md`, run as a carrier would paste them: every block in order,
 * in one folder, against a real ingest. A block that shows its answer has to get that answer. So the guide cannot say what is not so.
 *
 * A block with an ellipsis is a form to fill in and is not run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CarrierKey } from '@landbridge/contracts';
import { formatNames } from '@landbridge/formats';
import { freePorts } from '@landbridge/native';
import { daysBehind, daysBehindFilter } from '../harness/days-behind.js';
import { keyOf, newSecret, openIngestDoor, publishKey, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { repositoryRoot } from '../harness/repository-root.js';
import { passedEnvironment } from '../harness/service.js';
import { sharedKafka, sharedRedis } from '../harness/shared-servers.js';
import { runTool } from '../harness/tool.js';

interface GuideBlock {
  /** Of the guide, from 1: where to look when it fails. */
  readonly line: number;
  readonly language: Language;
  readonly script: string;
  /** The JSON block right behind it, where there is one. */
  readonly answer: string | undefined;
}

/** The program that takes a block of a language as its last argument. Nothing else needs Python, so some machines have none. */
const interpreters = {
  sh: ['bash', '-c'],
  js: [process.execPath, '--input-type=module', '-e'],
  ...(spawnSync('python3', ['--version']).status === 0 ? { python: ['python3', '-c'] } : {}),
} as const satisfies Record<string, readonly [string, ...string[]]>;
type Language = keyof typeof interpreters;

const guideBlocks = blocksOf(await readFile(join(repositoryRoot, 'apps/ingest/README.md'), 'utf8'));
const keyBlocks = blocksOf(await readFile(join(repositoryRoot, 'apps/ingest/KEYS.md'), 'utf8'));
/** Each is one process and some requests. */
const blockDeadlineMs = 150_000;

describe('the carrier guide', () => {
  const secret = newSecret();
  const old = newSecret();
  const token = randomBytes(32).toString('base64url');
  let door: IngestDoor;
  let folder: string;
  /** What the pages ask the reader to export. */
  let exported: Readonly<Record<string, string>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landbridge-guide-'));
    await writeFile(join(folder, 'token'), token);
    await writeFile(join(folder, 'hub-secret'), randomBytes(32).toString('base64'));
    const [adminPort = 0] = await freePorts(1);
    const signing = { LANDBRIDGE_SIGNING_SECRET_FILE: join(folder, 'hub-secret') };
    door = await openIngestDoor(sharedKafka(), {
      ...signing,
      LANDBRIDGE_REDIS_URL: `redis://${sharedRedis()}`,
      LANDBRIDGE_ADMIN_PORT: String(adminPort),
      LANDBRIDGE_ADMIN_TOKEN_FILE: join(folder, 'token'),
    });
    const oldKey = keyOf(old, { tenant: door.tenant, carrier: 'changing' });
    await publishKey(sharedKafka(), oldKey);
    const toolEnv = { ...signing, LANDBRIDGE_KAFKA_BROKERS: sharedKafka(), LANDBRIDGE_DATA: folder };
    const owner = ['--tenant', door.tenant, '--carrier', 'demo', '--source', 'urn:carrier:demo'];
    const added = await runTool(['carriers', 'add', ...owner, '--signed', '--json'], toolEnv);
    const signed = JSON.parse(added.stdout) as CarrierKey & { readonly key: string };
    // The guide's carrier: its events say `urn:carrier:demo`. The tenant is this test's own. The last, so who knows it knows the others.
    await publishKey(sharedKafka(), keyOf(secret, { tenant: door.tenant }));
    exported = {
      ...toolEnv,
      HUB: door.url,
      KEY: secret,
      OLD: oldKey.keyHash.slice(0, 12),
      KEY_ID: signed.keyId!,
      SECRET: signed.key,
      ADMIN: `http://127.0.0.1:${adminPort}`,
      TOKEN: token,
      HASH: oldKey.keyHash,
    };
    await eventually(
      async () => {
        const answer = await door.post('[]', {
          authorization: `Bearer ${secret}`,
          'content-type': 'application/cloudevents-batch+json',
        });
        return answer.status !== 401;
      },
      { deadlineMs: 20_000, what: 'the key to be known' },
    );
  });

  afterAll(async () => {
    await door.service.stop();
    await rm(folder, { recursive: true });
  });

  it('has a command for each format', () => {
    const scripts = guideBlocks.map(({ script }) => script).join('\n');
    for (const name of formatNames) expect(scripts).toContain(`"$HUB/v1/messages/${name}"`);
  });

  it.each(guideBlocks)('works at line $line', async (block) => works(block));

  it.each(keyBlocks)('works at line $line of KEYS.md, in $language', async (block) => works(block));

  async function works({ language, script, answer }: GuideBlock): Promise<void> {
    const { code, stdout, stderr } = await runBlock(language, daysBehind(script), exported, folder);
    // What was printed tells why it failed.
    expect({ code, stderr, ...(code !== 0 && { stdout }) }).toEqual({ code: 0, stderr: '' });
    // What curl prints of a refusal is no failure to the shell.
    if (answer === undefined) expect(faultsIn(stdout)).toEqual([]);
    else expect(comparable(stdout)).toEqual(comparable(answer));
  }
});

function blocksOf(text: string): readonly GuideBlock[] {
  return [...text.matchAll(/^```(sh|js|python)\n([\s\S]*?)^```\n(?:```json\n([\s\S]*?)^```\n)?/gm)]
    .map(({ 0: _all, 1: language, 2: script = '', 3: answer, index }) => ({
      line: text.slice(0, index).split('\n').length,
      language: language as Language,
      script,
      answer,
    }))
    .filter(({ language, script }) => Object.hasOwn(interpreters, language) && !script.includes('…'));
}

/** Refusals and rejections in what a block printed. */
function faultsIn(printed: string): readonly string[] {
  return [...printed.matchAll(/"type":"\/docs\/problems[^}]*}|"rejected":\[\{[^}]*}/g)].map(([fault]) => fault);
}

/** An answer whose place in the log, which nobody can foretell, is left out. */
function comparable(answer: string): unknown {
  const { original, ...said } = JSON.parse(answer) as { readonly original?: string };
  return { ...said, kept: /^\d+-\d+$/.test(original ?? '') };
}

/** Runs a block; in bash `npx landbridge` is the tool of this build. */
function runBlock(
  language: Language,
  script: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const tool = join(repositoryRoot, 'apps/cli/dist/main.js');
  const npx = `npx() { shift; "${process.execPath}" "${tool}" "$@" 2>&1 | ${daysBehindFilter()}; }`;
  return new Promise((resolve, reject) => {
    const [program, ...words] = interpreters[language]!;
    const whole = language === 'sh' ? `set -euo pipefail\n${npx}\n${script}` : script;
    const child = spawn(program, [...words, whole], {
      cwd,
      env: { ...passedEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: blockDeadlineMs,
    });
    const printed = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...printed }));
  });
}
