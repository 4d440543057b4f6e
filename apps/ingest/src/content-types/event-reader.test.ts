import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readEvents, UnreadableEvent, type Reading } from './event-reader.js';
import type { ContentMode } from './media-type.js';

const eventsMax = 5;

function read(mode: ContentMode, body: string | Buffer, headers: Record<string, string> = {}): Reading {
  return readEvents(mode, typeof body === 'string' ? Buffer.from(body) : body, headers, eventsMax);
}

function eventsOf(reading: Reading): readonly unknown[] {
  if (!reading.ok) throw new Error(`refused: ${reading.problem.detail}`);
  return reading.events;
}

function refusalOf(reading: Reading): string {
  if (reading.ok) throw new Error('was read');
  return `${reading.problem.code} ${reading.problem.path ?? ''}`.trim();
}

describe('structured', () => {
  test('reads one value, with or without a byte order mark', () => {
    expect(eventsOf(read('structured', '{"id":"é"}'))).toEqual([{ id: 'é' }]);
    expect(eventsOf(read('structured', '\ufeff{"id":"1"}'))).toEqual([{ id: '1' }]);
  });

  test.each([
    ['', 'unreadable line 1, column 1'],
    ['{"id":"1"', 'unreadable line 1, column 10'],
    ['{\n  "id": "1",\n  "source": oops\n}', 'unreadable line 3, column 13'],
    ['{"id":"1"}\n{"id":"2"}', 'unreadable line 2, column 1'],
    ['\ufeff\ufeff{}', 'unreadable line 1, column 1'],
  ])('names the place of the fault in %j', (body, refusal) => {
    expect(refusalOf(read('structured', body))).toBe(refusal);
  });

  test.each([
    [Buffer.from([0x22, 0xff, 0x22]), 1],
    [Buffer.from([0x22, 0xe4, 0xb8]), 1],
    [Buffer.from('\u4e2d'.repeat(20_000) + 'x').fill(0xc0, 30_003, 30_004), 30_003],
    [Buffer.concat([Buffer.from('{"id":"中文'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]), 13],
    [Buffer.from([0xff, 0xfe, 0x7b, 0x00]), 0],
  ])('names the first byte that is not UTF-8 (case %#)', (body, byte) => {
    expect(refusalOf(read('structured', body))).toBe(`unreadable byte ${byte}`);
  });

  test('reads a hundred thousand brackets and refuses them open', () => {
    expect(eventsOf(read('structured', '['.repeat(100_000) + ']'.repeat(100_000)))).toHaveLength(1);
    expect(refusalOf(read('structured', '{"data":' + '['.repeat(100_000)))).toBe('unreadable line 1, column 100009');
  });
});

describe('batch', () => {
  test('reads the elements of an array, whatever they are', () => {
    expect(eventsOf(read('batch', '[{"id":"1"},7,null]'))).toEqual([{ id: '1' }, 7, null]);
  });

  test('refuses an empty batch, too many events, and what is no array', () => {
    expect(refusalOf(read('batch', '[]'))).toBe('empty_batch');
    expect(eventsOf(read('batch', '[1,2,3,4,5]'))).toHaveLength(5);
    expect(refusalOf(read('batch', '[1,2,3,4,5,6]'))).toBe('too_many_events');
    expect(refusalOf(read('batch', '{"id":"1"}'))).toBe('unreadable line 1, column 1');
  });
});

describe('lines', () => {
  test('reads LF and CR LF alike and skips blank lines', () => {
    expect(eventsOf(read('lines', '{"id":"1"}\r\n\r\n \t\n{"id":"2"}\r\n'))).toEqual([{ id: '1' }, { id: '2' }]);
    expect(eventsOf(read('lines', '\ufeff1\n2'))).toEqual([1, 2]);
  });

  test('leaves out an unreadable line alone, with its line and column', () => {
    const events = eventsOf(read('lines', '{"id":"1"}\n\n{"id":2,}\n{"id":"3"}'));
    expect(events[0]).toEqual({ id: '1' });
    expect(events[2]).toEqual({ id: '3' });
    expect(events[1]).toBeInstanceOf(UnreadableEvent);
    expect((events[1] as UnreadableEvent).problem).toMatchObject({ code: 'unreadable', path: 'line 3, column 9' });
  });

  test('leaves out a line that is not UTF-8 alone, with its byte', () => {
    const body = Buffer.concat([Buffer.from('1\n"'), Buffer.from([0xff]), Buffer.from('"\n"中"')]);
    const events = eventsOf(read('lines', body));
    expect(events).toEqual([1, expect.any(UnreadableEvent), '中']);
    expect((events[1] as UnreadableEvent).problem.path).toBe('line 2, byte 1');
  });

  test('refuses a body without a line and one with too many', () => {
    expect(refusalOf(read('lines', '\r\n \n'))).toBe('empty_batch');
    expect(refusalOf(read('lines', '1\n2\n3\n4\n5\n6'))).toBe('too_many_events');
    expect(eventsOf(read('lines', '1\n2\n3\n4\n5\n\n'))).toHaveLength(5);
  });
});

describe('binary', () => {
  const headers = { 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-id': 'e-1', 'user-agent': 'x' };

  test('takes the attributes from headers and the data from the body', () => {
    expect(eventsOf(read('binary', '{"hub":"CGO"}', headers))).toEqual([
      { specversion: '1.0', id: 'e-1', datacontenttype: 'application/json', data: { hub: 'CGO' } },
    ]);
  });

  test('decodes percent signs once and quotes as older senders write them', () => {
    const events = eventsOf(
      read('binary', '1', {
        ...headers,
        'ce-subject': 'K%C3%B6ln%20%2525',
        'ce-previoussubject': '"a \\"b\\""',
      }),
    );
    expect(events[0]).toMatchObject({ subject: 'Köln %25', previoussubject: 'a "b"' });
  });

  test('converts the revision and the retraction, and keeps what does not convert for the check to refuse', () => {
    const [good] = eventsOf(read('binary', '', { ...headers, 'ce-revision': '12', 'ce-retracted': 'true' }));
    expect(good).toMatchObject({ revision: 12, retracted: true });
    expect(good).not.toHaveProperty('data');
    const [bad] = eventsOf(
      read('binary', '', { ...headers, 'ce-revision': '1.5', 'ce-retracted': 'yes', 'ce-flag': 'true' }),
    );
    expect(bad).toMatchObject({ revision: '1.5', retracted: 'yes', flag: 'true' });
  });

  test.each([
    [{ 'ce-subject': 'K%F6ln' }, '$.subject'],
    [{ 'ce-subject': '100%' }, '$.subject'],
    [{ 'ce-subject': 'K\u00f6ln' }, '$.subject'],
    [{ 'ce-__proto__': 'x' }, '$'],
    [{ 'ce-data': 'x' }, '$.data'],
    [{ 'ce-datacontenttype': 'text/plain' }, '$.datacontenttype'],
  ])('refuses the header %j', (header, path) => {
    const [event] = eventsOf(read('binary', '{}', { ...headers, ...(header as Record<string, string>) }));
    expect(event).toBeInstanceOf(UnreadableEvent);
    expect((event as UnreadableEvent).problem).toMatchObject({ code: 'invalid_event', path });
  });

  test('refuses a body that is not JSON as a whole', () => {
    expect(refusalOf(read('binary', '{', headers))).toBe('unreadable line 1, column 2');
  });
});

const position = /^(line \d+, (column|byte) \d+|byte \d+)$/;
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .array(fc.oneof(fc.json(), fc.string({ unit: 'binary' }), fc.constantFrom('\n', '\r\n', '\ufeff', '[', '{"')))
    .map((parts) => Buffer.from(parts.join(''))),
  // One byte of a good document overwritten.
  fc.tuple(fc.json(), fc.nat(), fc.nat(255)).map(([text, place, byte]) => {
    const bytes = Buffer.from(text);
    bytes[place % bytes.length] = byte;
    return bytes;
  }),
);

test.each<ContentMode>(['structured', 'batch', 'lines', 'binary'])(
  'never throws in %s mode, and what it refuses has a position',
  (mode) => {
    fc.assert(
      fc.property(noise, (body) => {
        const reading = readEvents(mode, body, { 'ce-specversion': '1.0' }, eventsMax);
        const problems = reading.ok
          ? reading.events.filter((event) => event instanceof UnreadableEvent).map((event) => event.problem)
          : [reading.problem];
        for (const problem of problems) if (problem.code === 'unreadable') expect(problem.path).toMatch(position);
        if (reading.ok) expect(reading.events.length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  },
);

test('names a byte that is really the first fault: what stands before it is UTF-8, and no longer start of the body is', () => {
  const isUtf8 = (bytes: Uint8Array): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
          fc.uint8Array({ maxLength: 3 }),
        ),
      ),
      (parts) => {
        const body = Buffer.concat(parts);
        fc.pre(!isUtf8(body));
        const byte = Number(/^unreadable byte (\d+)$/.exec(refusalOf(read('structured', body)))?.[1]);
        expect(isUtf8(body.subarray(0, byte))).toBe(true);
        for (let end = byte + 1; end <= body.length; end++) expect(isUtf8(body.subarray(0, end))).toBe(false);
      },
    ),
    { numRuns: 1_000 },
  );
});
