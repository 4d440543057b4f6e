import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { claimRun, releaseRun, runningPid } from './run-file.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-run-'));
  file = join(folder, 'deep', 'landbridge.pid');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the run file', () => {
  test('is taken once, and can be taken again when it was given back', () => {
    expect(claimRun(file)).toEqual({ ok: true });
    expect(claimRun(file)).toEqual({ ok: false, pid: process.pid });
    expect(runningPid(file)).toBe(process.pid);
    releaseRun(file);
    expect(existsSync(file)).toBe(false);
    expect(claimRun(file)).toEqual({ ok: true });
  });

  test.each(['', 'nonsense\n', '4194304999\n', '-1\n'])(
    'is taken over where it names no living process: %j',
    (text) => {
      expect(claimRun(file)).toEqual({ ok: true });
      writeFileSync(file, text);
      expect(runningPid(file)).toBeUndefined();
      expect(claimRun(file)).toEqual({ ok: true });
    },
  );

  test('is taken over where its pid has become a stranger', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(stranger, 'spawn');
    try {
      expect(claimRun(file)).toEqual({ ok: true });
      writeFileSync(file, `${stranger.pid}\n`);
      expect(claimRun(file)).toEqual({ ok: true });
    } finally {
      stranger.kill('SIGKILL');
      await once(stranger, 'exit');
    }
  });

  test('is not given back by a process that does not hold it', () => {
    expect(claimRun(file)).toEqual({ ok: true });
    writeFileSync(file, '1\n');
    releaseRun(file);
    expect(existsSync(file)).toBe(true);
  });
});
