import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CanonicalEvent } from '@landbridge/contracts';
import { formatByName, formatNames, messageFormats, samplesByFormat, type FormatName } from '@landbridge/formats';
import { runCommandLine } from './command-line.js';
import { recordedTerminal } from './recorded-terminal.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-convert-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const received = '2026-03-04T12:00:00+08:00';

async function convert(text: string, ...options: readonly string[]) {
  const file = join(folder, 'message');
  writeFileSync(file, text);
  const { terminal, stdout, stderr } = recordedTerminal();
  const line = ['convert', '--received', received, ...options, file];
  const code = await runCommandLine(line, { env: {}, terminal, signal: new AbortController().signal });
  return { code, stdout: stdout(), stderr: stderr() };
}

function eventsOf(format: FormatName, text: string): readonly CanonicalEvent[] {
  const context = { source: 'urn:test', hub: 'CGO', receivedAtMs: Date.parse(received), eventsMax: 100 };
  const reading = formatByName(format)!.read(Buffer.from(text), context);
  if (!reading.ok) throw new Error(reading.fault.detail);
  return reading.items.flatMap((item) => (item.ok ? [item.event] : []));
}

const departure = 'FSU/14\n172-41002312CGOLUX/T20K1450\nDEP/CV9727/03MAR/CGOLUX/T20K1450/A1214\nULD/PMC72534CV\n';

describe('landbridge convert', () => {
  it.each(['cargo-xml', 'one-record'] as const)('writes an FSU as %s that is the same event', async (to) => {
    const { code, stdout, stderr } = await convert(departure, '--to', to);
    const [said] = eventsOf('cargo-imp', departure);
    const [read] = eventsOf(to, stdout);
    expect([read!.id, read!.time, read!.data!.direction]).toEqual([said!.id, said!.time, 'outbound']);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`cargo-imp to ${to}: 1 of 1 events told`)]);
  });

  it('writes back and forth without a loss where both formats have the words', async () => {
    const xfsu = await convert(departure, '--to', 'cargo-xml');
    const fsu = await convert(xfsu.stdout, '--to', 'cargo-imp');
    expect(fsu).toMatchObject({ code: 0, stdout: departure });
    expect(fsu.stderr).not.toContain('not said');
  });

  it('says which part of an event gets lost', async () => {
    const { code, stderr } = await convert(departure, '--to', 'one-record');
    expect([code, stderr]).toEqual([0, expect.stringContaining('not said   line 3, column 1')]);
    expect(stderr).toContain('$.data.links');
  });

  it('says which event cannot be told, and why', async () => {
    const two = `${departure}BKD/CV9728/04MAR/CGOLUX/T20K1450/S1200\n`;
    const { code, stderr, stdout } = await convert(two, '--to', 'epcis');
    expect(eventsOf('epcis', stdout)).toHaveLength(1);
    expect(stderr).toContain('left out   line 5, column 1: EPCIS tells of what has happened');
    expect(stderr).toContain('1 of 2 events told');
    expect(code).toBe(1);
  });

  it('asks for the way of a waybill that the message does not tell, and takes it', async () => {
    const text = samplesByFormat['one-record'].find(({ valid }) => valid)!.text;
    const told = await convert(text, '--to', 'cargo-imp', '--way', 'CGO-LUX');
    expect(told.stdout).toContain('CGOLUX');
  });

  it('passes on what the reader refuses', async () => {
    const broken = await convert(
      'FSU/14\n172-41002313CGOLUX/T20K1450\nDEP/CV9727/03MAR/CGOLUX/A1214\n',
      '--to',
      'dcsa',
    );
    expect(broken).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('not read   line 2') });
    expect(await convert('{', '--from', 'dcsa', '--to', 'edifact')).toMatchObject({ code: 1, stdout: '' });
    expect(await convert('Dear hub', '--to', 'edifact')).toMatchObject({ code: 1, stderr: /--from/ });
  });

  it('refuses formats that there are not, and says why one cannot be written', async () => {
    expect(await convert(departure, '--to', 'fax')).toMatchObject({ code: 2 });
    expect(await convert(departure)).toMatchObject({ code: 2 });
    expect(await convert(departure, '--to', 'edifact', '--way', 'Zhengzhou')).toMatchObject({ code: 2 });
    expect(await convert(departure, '--to', 'edifact', '--hub', 'QQQ')).toMatchObject({ code: 2 });
  });

  it('says once why a format is not written at all, however many events there are', async () => {
    const three = departure.replace(/(DEP.*\n)/, '$1$1$1');
    const told = await convert(three, '--to', 'ceb');
    expect(told).toMatchObject({ code: 1, stdout: '' });
    expect(told.stderr).toMatch(/^ceb is not written from events, because [^\n]+\n$/);
  });

  const pairs = messageFormats.flatMap(({ name }) =>
    samplesByFormat[name]
      .filter(({ valid }) => valid)
      .flatMap(({ name: sample, text }) => formatNames.map((to) => ({ from: name, sample, text, to }))),
  );
  it.each(pairs)('tells $sample of $from in $to, or why not', async ({ from, text, to }) => {
    const { code, stdout, stderr } = await convert(text, '--from', from, '--to', to);
    if (!formatByName(to)!.writing.fromEvents) {
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      return;
    }
    const read = eventsOf(from, text).length;
    const leftOut = stderr.split('left out').length - 1;
    expect(stderr).toContain(`${from} to ${to}: ${read - leftOut} of ${read} events told`);
    expect(code).toBe(leftOut === 0 ? 0 : 1);
    expect(stdout === '').toBe(leftOut === read);
  });
});
