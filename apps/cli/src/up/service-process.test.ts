import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceProcess } from './service-process.js';

let folder: string;
let service: ServiceProcess | undefined;
let restarts: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-service-'));
  restarts = [];
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  rmSync(folder, { recursive: true });
});

/** Starts a real process that runs this script. */
function start(script: string): ServiceProcess {
  service = new ServiceProcess({
    name: 'worker',
    command: [process.execPath, '-e', script],
    env: {},
    logFile: join(folder, 'logs', 'worker.log'),
    onRestart: (line) => restarts.push(line),
    restart: { firstMs: 10, maxMs: 40, crashesMax: 3, windowMs: 60_000 },
  });
  service.start();
  return service;
}

const log = (): string =>
  existsSync(join(folder, 'logs', 'worker.log')) ? readFileSync(join(folder, 'logs', 'worker.log'), 'utf8') : '';
async function until(isTrue: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (!isTrue()) {
    if (Date.now() > deadlineMs) throw new Error(`not so within a minute; the log: ${log()}`);
    await delay(10);
  }
}

describe('ServiceProcess', () => {
  test('writes what the service prints into its log, and stops it with SIGTERM', async () => {
    const worker = start(`
      process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });
      setInterval(() => {}, 1000); console.log('up');`);
    await until(() => log().includes('up'));
    await worker.stop();
    expect(log()).toBe('up\ndrained\n');
    expect(worker.pid).toBeUndefined();
    expect(restarts).toEqual([]);
  });

  test('starts a crashed service again', async () => {
    const marker = join(folder, 'crashed-once');
    const worker = start(`
      const fs = require('node:fs');
      if (!fs.existsSync(${JSON.stringify(marker)})) { fs.writeFileSync(${JSON.stringify(marker)}, ''); process.exit(1); }
      console.log('up again'); setInterval(() => {}, 1000);`);
    await until(() => log().includes('up again'));
    expect(restarts).toEqual([
      expect.stringMatching(/^worker ended with exit code 1, starting it again in 10 ms: see .*worker\.log$/),
    ]);
    await worker.stop();
  });

  test('starts a killed service again', async () => {
    const worker = start(`console.log('up'); setInterval(() => {}, 1000);`);
    await until(() => log() === 'up\n');
    process.kill(worker.pid!, 'SIGKILL');
    await until(() => log() === 'up\nup\n');
    expect(restarts[0]).toContain('SIGKILL');
  });

  test('gives up a service that crashes again and again', async () => {
    const reason = await start(`console.log('boom'); process.exit(7);`).gaveUp;
    expect(reason).toMatch(/^worker ended with exit code 7, 3 times in a row: see /);
    expect(log()).toBe('boom\nboom\nboom\n');
    expect(restarts).toHaveLength(2);
  });

  test('does not start again what has a faulty configuration', async () => {
    expect(await start(`process.exit(2);`).gaveUp).toContain('because its configuration is at fault');
    expect(restarts).toEqual([]);
  });

  test('gives up a program that is not there', async () => {
    service = new ServiceProcess({
      name: 'ghost',
      command: [join(folder, 'none')],
      env: {},
      logFile: join(folder, 'logs', 'ghost.log'),
      onRestart: () => undefined,
      restart: { firstMs: 1, maxMs: 1, crashesMax: 2, windowMs: 60_000 },
    });
    service.start();
    expect(await service.gaveUp).toMatch(/^ghost /);
  });

  test('can be stopped while it waits for the next start', async () => {
    service = new ServiceProcess({
      name: 'worker',
      command: [process.execPath, '-e', 'process.exit(1)'],
      env: {},
      logFile: join(folder, 'logs', 'worker.log'),
      onRestart: (line) => restarts.push(line),
      restart: { firstMs: 600_000, maxMs: 600_000, crashesMax: 3, windowMs: 60_000 },
    });
    service.start();
    await until(() => restarts.length === 1);
    await service.stop();
    expect(restarts).toHaveLength(1);
  });
});
