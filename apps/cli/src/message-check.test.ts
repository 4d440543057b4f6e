import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { samplesByFormat } from '@landbridge/formats';
import { runCommandLine } from './command-line.js';
import { excerptAt } from './message-check.js';
import { recordedTerminal } from './recorded-terminal.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-check-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...line: readonly string[]) {
  const { terminal, stdout, stderr } = recordedTerminal();
  const code = await runCommandLine(line, { env: {}, terminal, signal: new AbortController().signal });
  return { code, stdout: stdout(), stderr: stderr() };
}

const samples = Object.entries(samplesByFormat).flatMap(([format, list]) =>
  list.map((sample) => ({ format, ...sample })),
);

describe('the conformance kit', () => {
  it.each(samples)(
    'prints $format $name, and says of it what it says itself',
    async ({ format, name, valid, text }) => {
      const printed = await run('sample', format, name);
      expect(printed).toMatchObject({ code: 0, stdout: `${text}\n` });
      const file = join(folder, `${format}-${name}`);
      writeFileSync(file, text);
      const { code, stdout, stderr } = await run(
        'check',
        '--format',
        format,
        '--received',
        '2026-03-06T08:00:00+08:00',
        file,
      );
      expect({ name, code, output: stdout + stderr }).toMatchObject({ name, code: valid ? 0 : 1 });
      expect(stdout.includes('fault ')).toBe(!valid);
    },
  );

  it.each(samples.filter(({ valid }) => valid))('recognises $format $name by its content', async (sample) => {
    const file = join(folder, `auto-${sample.format}-${sample.name}`);
    writeFileSync(file, sample.text);
    expect((await run('check', '--json', file)).stdout).toContain(`"format":"${sample.format}"`);
  });

  it('says of what has not happened yet when it may be told', async () => {
    const file = join(folder, 'ahead');
    writeFileSync(file, 'FSU/14\n172-41002312CGOLUX/T20K1450\nDEP/CV9727/03MAR1240/CGOLUX/T20K1450\n');
    const checked = (received: string) => run('check', '--received', received, file);
    expect(await checked('2026-03-03T12:30:00+08:00')).toMatchObject({ code: 0 });
    expect(await checked('2026-03-03T12:29:59+08:00')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /line 3, column 1: .* \(future_time\)[\s\S]*expected: a time until 2026-03-03T04:39:59/,
      ),
    });
  });

  it('says what it does not know', async () => {
    const file = join(folder, 'nothing');
    writeFileSync(file, 'Dear hub, the train has left.');
    expect(await run('check', file)).toMatchObject({ code: 1, stderr: expect.stringContaining('--format') });
    expect(await run('check', '--format', 'fax', file)).toMatchObject({ code: 2 });
    expect(await run('check', join(folder, 'gone'))).toMatchObject({ code: 1 });
    expect(await run('sample', 'fax')).toMatchObject({ code: 2 });
    expect(await run('sample', 'edifact', 'gone')).toMatchObject({ code: 1 });
  });
});

describe('an excerpt', () => {
  it('has a mark under the column at fault', () => {
    expect(excerptAt('one\r\ntwo three\nfour', 'line 2, column 5')).toEqual(['two three', '    ^']);
    const [line, mark] = excerptAt(`${'x'.repeat(500)}!${'y'.repeat(500)}`, 'line 1, column 501')!;
    expect(line[mark.length - 1]).toBe('!');
    expect(line.length).toBeLessThan(120);
  });

  it('is none for a place that is no line, or a line that is not there', () => {
    expect(excerptAt('one', '$.a[0]')).toBeUndefined();
    expect(excerptAt('one', 'line 9, column 1')).toBeUndefined();
  });

  it('passes on nothing that a terminal would obey', () => {
    expect(excerptAt('a\u001b[2Jb', 'line 1, column 2')![0]).toBe('a [2Jb');
  });
});
