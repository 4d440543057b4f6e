/**
 * The carrier guide, `apps/ingest/README.md`, run as a carrier would paste it: every shell block in order, in one folder, against a real
 * ingest. A block that shows its answer has to get that answer. So the guide cannot say what is not so.
 *
 * A block with an ellipsis is a form to fill in and is not run.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatNames } from '@landbridge/formats';
import { keyOf, newSecret, openIngestDoor, publishKey, type IngestDoor } from '../harness/ingest-door.js';
import { eventually } from '../harness/poll.js';
import { repositoryRoot } from '../harness/repository-root.js';
import { passedEnvironment } from '../harness/service.js';
import { sharedKafka, sharedRedis } from '../harness/shared-servers.js';

interface GuideBlock {
  /** Of the guide, from 1: where to look when it fails. */
  readonly line: number;
  readonly script: string;
  /** The JSON block right behind it, where there is one. */
  readonly answer: string | undefined;
}

const guide = await readFile(join(repositoryRoot, 'apps/ingest/README.md'), 'utf8');
const blocks = blocksOf(guide);
/** Each is one process and some requests. */
const blockDeadlineMs = 30_000;

describe('the carrier guide', () => {
  const secret = newSecret();
  let door: IngestDoor;
  let folder: string;

  beforeAll(async () => {
    door = await openIngestDoor(sharedKafka(), { LANDBRIDGE_REDIS_URL: `redis://${sharedRedis()}` });
    // The guide's carrier: its events say `urn:carrier:demo`. The tenant is this test's own.
    await publishKey(sharedKafka(), keyOf(secret, { tenant: door.tenant }));
    folder = await mkdtemp(join(tmpdir(), 'landbridge-guide-'));
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
    const scripts = blocks.map(({ script }) => script).join('\n');
    for (const name of formatNames) expect(scripts).toContain(`"$HUB/v1/messages/${name}"`);
  });

  it.each(blocks)('works at line $line', async ({ script, answer }) => {
    const { code, stdout, stderr } = await runBlock(script, { HUB: door.url, KEY: secret }, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // What curl prints of a refusal is no failure to the shell.
    if (answer === undefined) expect(faultsIn(stdout)).toEqual([]);
    else expect(comparable(stdout)).toEqual(comparable(answer));
  });
});

function blocksOf(text: string): readonly GuideBlock[] {
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```\n(?:```json\n([\s\S]*?)^```\n)?/gm)]
    .map(({ 0: _all, 1: script = '', 2: answer, index }) => ({
      line: text.slice(0, index).split('\n').length,
      script,
      answer,
    }))
    .filter(({ script }) => !script.includes('…'));
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

/** Runs a block in bash, where `npx landbridge` is the tool of this build. */
function runBlock(
  script: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const tool = join(repositoryRoot, 'apps/cli/dist/main.js');
  const npx = `npx() { shift; "${process.execPath}" "${tool}" "$@" 2>&1; }`;
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', `set -euo pipefail\n${npx}\n${script}`], {
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
