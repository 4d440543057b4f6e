import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureInstalled, type Machine, type Program } from './install.js';

let folder: string;
let policyFile: string;
let ran: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-'));
  policyFile = join(folder, 'policy-rc.d');
  ran = [];
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A machine whose apt-get installs what it is told, like Debian's. */
function machine(options: Partial<Machine> & { lacks: Program[]; onInstall?: () => number }): Machine {
  const lacks = new Set<string>(options.lacks);
  return {
    root: true,
    debian: true,
    policyFile,
    has: (program) => Promise.resolve(!lacks.has(program)),
    run: (command, args) => {
      ran.push([command, ...args].join(' '));
      let code = 0;
      if (command === 'apt-get' && args.includes('install')) {
        code = options.onInstall?.() ?? 0;
        if (code === 0) lacks.clear();
      }
      return Promise.resolve({
        code,
        output: code === 0 ? '' : 'Reading lists...\nE: Unable to fetch some archives\n',
      });
    },
    ...options,
  };
}

const quiet = () => undefined;

describe('installing', () => {
  test('runs nothing when all is there', async () => {
    await ensureInstalled(['java', 'redis-server'], quiet, machine({ lacks: ['prometheus'] }));
    expect(ran).toEqual([]);
  });

  test('reads the lists, installs only what is missing, and leaves no daemon enabled', async () => {
    const reported: string[] = [];
    await ensureInstalled(
      ['java', 'maven', 'redis-server'],
      (line) => reported.push(line),
      machine({ lacks: ['maven', 'redis-server'] }),
    );
    expect(ran).toEqual([
      'apt-get -o DPkg::Lock::Timeout=120 -q update',
      'apt-cache show --no-all-versions maven',
      'apt-cache show --no-all-versions redis-server',
      'apt-get -o DPkg::Lock::Timeout=120 -q install -y --no-install-recommends maven redis-server',
      'systemctl disable --now redis-server',
    ]);
    expect(reported).toEqual(['installing maven, redis-server with apt-get']);
  });

  test('takes a later Java where the release has no 17', async () => {
    const debian13 = machine({ lacks: ['java'] });
    const { run } = debian13;
    const without17: Machine = {
      ...debian13,
      run: async (command, args) => {
        const result = await run(command, args);
        return command === 'apt-cache' && args.includes('openjdk-17-jre-headless') ? { code: 100, output: '' } : result;
      },
    };
    await ensureInstalled(['java'], quiet, without17);
    expect(ran.at(-1)).toContain('install -y --no-install-recommends openjdk-21-jre-headless');
  });

  test('says the error of apt-get in one line', async () => {
    const offline = machine({ lacks: ['redis-server'], onInstall: () => 100 });
    await expect(ensureInstalled(['redis-server'], quiet, offline)).rejects.toThrow(
      /^apt-get install .* redis-server failed: E: Unable to fetch some archives$/,
    );
  });

  test.each([
    [
      { root: false },
      'java, redis-server are not installed: run "sudo apt-get install openjdk-17-jre-headless redis-server"',
    ],
    [
      { debian: false },
      'java, redis-server are not installed: install them so that java, redis-server can be found on the PATH',
    ],
  ])('gives the one instruction where it may not install: %j', async (who, message) => {
    const other = machine({ lacks: ['java', 'redis-server'], ...who });
    await expect(ensureInstalled(['java', 'redis-server'], quiet, other)).rejects.toThrow(message);
    expect(ran).toEqual([]);
  });
});

const policyDuringInstall = async (onInstall: () => number = () => 0) => {
  let seen = '';
  let mode = 0;
  const watching = machine({
    lacks: ['redis-server'],
    onInstall: () => {
      seen = readFileSync(policyFile, 'utf8');
      mode = statSync(policyFile).mode & 0o777;
      return onInstall();
    },
  });
  const failed = await ensureInstalled(['redis-server'], quiet, watching).then(
    () => false,
    () => true,
  );
  return { seen, mode, failed };
};

describe('while a package is being installed', () => {
  test('services may not start, and the guard is gone afterwards', async () => {
    const { seen, mode } = await policyDuringInstall();
    expect(seen).toMatch(/^#!\/bin\/sh\n[^]*exit 101\n$/);
    expect(mode & 0o111).toBe(0o111);
    expect(existsSync(policyFile)).toBe(false);
  });

  test("the administrator's own policy is put aside and comes back, also when the installation fails", async () => {
    writeFileSync(policyFile, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    const { seen, failed } = await policyDuringInstall(() => 100);
    expect(failed).toBe(true);
    expect(seen).toContain('exit 101');
    expect(readFileSync(policyFile, 'utf8')).toBe('#!/bin/sh\nexit 0\n');
  });

  test('a guard that a crash left is not taken for a policy to keep', async () => {
    await expect(
      ensureInstalled(
        ['redis-server'],
        quiet,
        machine({ lacks: ['redis-server'], policyFile: join(folder, 'none', 'x') }),
      ),
    ).rejects.toThrow('ENOENT');
    const left = await policyDuringInstall();
    writeFileSync(policyFile, left.seen);
    await policyDuringInstall();
    expect(existsSync(policyFile)).toBe(false);
  });
});
