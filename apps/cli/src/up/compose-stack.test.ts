import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
  chmodSync(docker, 0o755);
  const ports = { ...stackPorts, kafka: 19_092 };
  return new ComposeStack({
    ports,
    env: { PATH: `${folder}:/usr/bin:/bin` },
    logFile: join(folder, 'logs', 'compose.log'),
  });
}

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
  const stack = new ComposeStack({ ports: stackPorts, env: { PATH: folder }, logFile: join(folder, 'compose.log') });
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
