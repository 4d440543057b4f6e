import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mendAppendLog } from './append-log.js';

const begin = '*1\r\n$5\r\nMULTI\r\n';
const end = '*1\r\n$4\r\nEXEC\r\n';
const set = (value: string): string => `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${value.length}\r\n${value}\r\n`;

let dataDir: string;
const pathOf = (number: number): string => join(dataDir, 'appendonlydir', `appendonly.aof.${number}.incr.aof`);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'landbridge-append-log-'));
  await mkdir(join(dataDir, 'appendonlydir'));
});
afterAll(() => rm(dataDir, { recursive: true }));

async function mended(text: string): Promise<string> {
  await writeFile(pathOf(10), text, 'latin1');
  await mendAppendLog(dataDir);
  return readFile(pathOf(10), 'latin1');
}

test('no cut leaves a block open, and a whole block stays', async () => {
  const first = begin + set('first') + end;
  const whole = first + begin + set('a') + set('b') + end;
  for (let length = 0; length < whole.length; length++) {
    const cut = whole.slice(0, length);
    const opened = cut.lastIndexOf(begin);
    expect(await mended(cut)).toBe(opened > cut.lastIndexOf(end) ? cut.slice(0, opened) : cut);
  }
  expect(await mended(whole)).toBe(whole);
});

test('finds the beginning of a block megabytes before the cut, also across the pieces that are read', async () => {
  for (const bytes of [2_000_000, 1_048_550, 1_048_560, 1_048_570, 2_097_150]) {
    const kept = set('before');
    expect(await mended(kept + begin + set('x'.repeat(bytes)))).toBe(kept);
    const closed = kept + begin + end + set('x'.repeat(bytes));
    expect(await mended(closed)).toBe(closed);
  }
});

test('mends the newest file only, by number', async () => {
  await writeFile(pathOf(9), begin);
  expect(await mended(begin)).toBe('');
  expect(await readFile(pathOf(9), 'latin1')).toBe(begin);
});

test('does nothing in a folder without a file', async () => {
  await expect(mendAppendLog(join(dataDir, 'nowhere'))).resolves.toBeUndefined();
});
