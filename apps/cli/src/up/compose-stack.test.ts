import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repositoryRoot } from '../data-folder.js';
import { stackPorts } from '../tool-settings.js';
import { ComposeStack } from './compose-stack.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-compose-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A stack whose `docker` is this shell script: it stands in for the engine, which test machines need not have. */
function stackOver(script: string): ComposeStack {
  const docker = join(folder, 'docker');
  writeFileSync(docker, `#!/bin/sh\necho "$LANDBRIDGE_KAFKA_PORT $*" >> "${calls()}"\n${script}\n`);
  writeFileSync(token(), 'of-the-administrators', { mode: 0o600 });
  chmodSync(docker, 0o755);
  const ports = { ...stackPorts, kafka: 19_092 };
  return new ComposeStack({
    ports,
    env: { PATH: `${folder}:/usr/bin:/bin` },
    folder,
    adminTokenFile: token(),
    logFile: join(folder, 'logs', 'compose.log'),
  });
}

const token = (): string => join(folder, 'admin.token');
const calls = (): string => join(folder, 'calls');
const called = (): string[] => readFileSync(calls(), 'utf8').trimEnd().split('\n');

test('is started with its ports, waited for, and taken down again', async () => {
  const stack = stackOver('exit 0');
  expect(await stack.start()).toEqual({ ok: true });
  expect(await stack.stop()).toEqual({ ok: true });
  expect(await stack.stop()).toEqual({ ok: true });
  expect(called()).toEqual([
    expect.stringMatching(/^19092 compose --file \S+\/infra\/compose\/compose\.yaml up --detach --build --wait /),
    expect.stringMatching(/^19092 compose --file \S+\/infra\/compose\/compose\.yaml down$/),
  ]);
});

test('gives the containers the administrators’ token and their port, and no other user of this machine', async () => {
  const stack =
    stackOver(`cat "$LANDBRIDGE_ADMIN_TOKEN_FILE" > "${folder}/given"; echo "$LANDBRIDGE_ADMIN_PORT" >> "${folder}/given"
    stat -c %a "$LANDBRIDGE_ADMIN_TOKEN_FILE" "$(dirname "$LANDBRIDGE_ADMIN_TOKEN_FILE")" >> "${folder}/given"`);
  // A second start finds the copy of the first one.
  for (const _ of [1, 2]) {
    expect(await stack.start()).toEqual({ ok: true });
    expect(readFileSync(join(folder, 'given'), 'utf8')).toBe('of-the-administrators3010\n444\n700\n');
  }
});

test('publishes on loopback only, the port of administrators as well', () => {
  const compose = readFileSync(join(repositoryRoot, 'infra', 'compose', 'compose.yaml'), 'utf8');
  const published = [...compose.matchAll(/'([^']*:)?\d{2,5}'/g)]
    .map(([text]) => text)
    .filter((text) => text.includes(':'));
  expect(published).toContain("'127.0.0.1:${LANDBRIDGE_ADMIN_PORT:-3010}:3010'");
  expect(published.filter((text) => !text.startsWith("'127.0.0.1:"))).toEqual([]);
});

test('tells in one line why there are no containers', async () => {
  const stack = stackOver('echo Building; echo "Cannot connect to the Docker daemon" >&2; exit 1');
  const log = join(folder, 'logs', 'compose.log');
  expect(await stack.start()).toEqual({
    ok: false,
    reason:
      `no containers: docker ended with exit code 1 (Cannot connect to the Docker daemon), see ${log}; ` +
      'without --compose no engine is needed',
  });
});

test('tells so where there is no docker', async () => {
  writeFileSync(token(), 'of-the-administrators');
  const env = { PATH: folder };
  const logFile = join(folder, 'compose.log');
  const stack = new ComposeStack({ ports: stackPorts, env, folder, adminTokenFile: token(), logFile });
  expect(await stack.start()).toMatchObject({ ok: false, reason: expect.stringContaining('docker cannot be run') });
  expect(await stack.stop()).toMatchObject({ ok: false });
});

test('that was never started is not taken down', async () => {
  expect(await stackOver('exit 0').stop()).toEqual({ ok: true });
  expect(called).toThrow('ENOENT');
});

test('is taken down when it is stopped in the middle of its start', async () => {
  const stack = stackOver('case "$*" in *" up "*) exec sleep 60;; esac');
  const starting = stack.start();
  expect(await stack.stop()).toEqual({ ok: true });
  expect(await starting).toMatchObject({ ok: false, reason: expect.stringContaining('SIGTERM') });
  expect(called().at(-1)).toMatch(/ down$/);
});
