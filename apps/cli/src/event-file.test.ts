import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { eventsOfFile } from './event-file.js';

async function read(...chunks: readonly string[]): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const event of eventsOfFile('-', Readable.from(chunks.map((chunk) => Buffer.from(chunk)))))
    events.push(event);
  return events;
}

describe('eventsOfFile', () => {
  test.each([
    ['lines', ['{"id":"a"}\n{"id":"b"}\n']],
    ['lines cut anywhere, with CRLF, blank lines and no last line break', ['{"id"', ':"a"}\r', '\n\r\n{"id":"b', '"}']],
    ['a byte order mark', ['\ufeff{"id":"a"}\n{"id":"b"}']],
    ['an array on one line', ['[{"id":"a"},{"id":"b"}]']],
    ['an array over several lines', ['[\n  {"id":"a"},\n  {\n    "id":"b"\n  }\n]\n']],
    ['an array that begins after blank lines', ['\n\n  [\n{"id":"a"},{"id":"b"}\n]']],
  ])('reads %s', async (_what, chunks) => {
    expect(await read(...chunks)).toEqual([{ id: 'a' }, { id: 'b' }]);
  });

  test('reads one object over several lines', async () => {
    expect(await read('{\n  "id": "a",\n  "data": {\n  }\n}\n')).toEqual([{ id: 'a', data: {} }]);
  });

  test('reads nothing from nothing', async () => {
    expect(await read('')).toEqual([]);
    expect(await read('\n \n')).toEqual([]);
    expect(await read('[]')).toEqual([]);
  });

  test.each([
    ['{"id":"a"}\n{"id":', 'line 2 is not a JSON object'],
    ['{"id":"a"}\n"text"\n', 'line 2 is not a JSON object'],
    ['{"id":"a"}\n[1,\n', 'line 2 is not a JSON object'],
    ['[{"id":"a"},', 'the input is not JSON'],
    ['hello\nworld', 'the input is not JSON'],
  ])('refuses %j', async (text, reason) => {
    await expect(read(text)).rejects.toThrow(reason);
  });
});
