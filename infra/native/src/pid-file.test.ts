import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  namesConfigFile,
  processStartTicks,
  readPidFile,
  removePidFile,
  stopLeftover,
  writePidFile,
} from './pid-file.js';

/** Above any pid that Linux gives out (2^22), so no process ever has it. */
const NO_PROCESS = 5_000_000;

let folder: string;
let pidFile: string;
let configFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pid-file-'));
  pidFile = join(folder, 'server.pid');
  configFile = join(folder, 'server.conf');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('a command line names a config file', () => {
  test('as a word or as the value of an option', () => {
    expect(namesConfigFile('redis-server\0/data/redis.conf\0', '/data/redis.conf')).toBe(true);
    expect(namesConfigFile('prometheus\0--config.file=/data/p.yml\0', '/data/p.yml')).toBe(true);
  });

  test('not when it only begins or ends alike', () => {
    expect(namesConfigFile('redis-server\0/data/redis.conf.old\0', '/data/redis.conf')).toBe(false);
    expect(namesConfigFile('redis-server\0/other/data/redis.conf\0', '/data/redis.conf')).toBe(false);
  });
});

describe('a pid file', () => {
  test('names this process as the owner', () => {
    writePidFile(pidFile, 42);
    expect(readPidFile(pidFile)).toEqual({
      pid: 42,
      owner: process.pid,
      ownerStartTicks: processStartTicks(process.pid),
    });
  });

  test.each(['', '{"pid":', 'null', '"42"', '{"pid":"42","owner":1}'])('that holds %j counts as none', (text) => {
    writeFileSync(pidFile, text);
    expect(readPidFile(pidFile)).toBeUndefined();
  });

  test('of a later start is not removed by an earlier server', () => {
    writePidFile(pidFile, 42);
    removePidFile(pidFile, 41);
    expect(readPidFile(pidFile)?.pid).toBe(42);
  });
});

const startServer = async () => {
  const program = 'process.stdout.write("up"); setInterval(() => undefined, 1000);';
  const child = spawn(process.execPath, ['-e', program, configFile], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return { pid: child.pid ?? 0, exited: once(child, 'exit'), kill: () => child.kill('SIGKILL') };
};
const writeOwner = (pid: number, owner: number, ownerStartTicks: string) =>
  writeFileSync(pidFile, JSON.stringify({ pid, owner, ownerStartTicks }));

describe('a server left over', () => {
  test('by a dead owner is stopped', async () => {
    const server = await startServer();
    writeOwner(server.pid, NO_PROCESS, '17');
    await expect(stopLeftover(pidFile, configFile)).resolves.toEqual({ ownedBy: undefined });
    await expect(server.exited).resolves.toEqual([null, 'SIGTERM']);
  });

  test('by an owner whose pid another process has now is stopped', async () => {
    const server = await startServer();
    writeOwner(server.pid, process.pid, '17');
    await stopLeftover(pidFile, configFile);
    await expect(server.exited).resolves.toEqual([null, 'SIGTERM']);
  });

  test('of a living owner is left alone and the owner is named', async () => {
    const server = await startServer();
    writeOwner(server.pid, process.pid, processStartTicks(process.pid) ?? '');
    await expect(stopLeftover(pidFile, configFile)).resolves.toEqual({ ownedBy: process.pid });
    expect(processStartTicks(server.pid)).toBeDefined();
    server.kill();
    await expect(server.exited).resolves.toEqual([null, 'SIGKILL']);
  });

  test('is not a stranger that has its pid: the stranger lives on', async () => {
    const stranger = await startServer();
    writeOwner(stranger.pid, NO_PROCESS, '17');
    await stopLeftover(pidFile, join(folder, 'another.conf'));
    expect(readFileSync(`/proc/${stranger.pid}/stat`, 'utf8')).not.toBe('');
    stranger.kill();
    await expect(stranger.exited).resolves.toEqual([null, 'SIGKILL']);
  });
});
