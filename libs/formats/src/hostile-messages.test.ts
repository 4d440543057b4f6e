/**
 * What strangers may send, to each of the formats: whatever it is, the answer is events that the hub can take or a fault with its place and
 * its reason. One table for all formats, so that a new one has all cases on its first day.
 */
import { describe, expect, test } from '@jest/globals';
import { checkEvent, problems } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { messageFormats, samplesByFormat } from './all-formats.js';
import {
  headBytes,
  type FormatFault,
  type FormatName,
  type MessageFormat,
  type ReadContext,
} from './message-format.js';
import { fastestMs, hangMs } from './test-pace.js';

const context: ReadContext = { source: '/demo/x', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 6), eventsMax: 1_000 };

const lineAndColumn = /^line [1-9]\d*, column [1-9]\d*$/;
const jsonPath = /^(?:\$|line [1-9]\d*, column [1-9]\d*$)/;
const syntaxes: Readonly<Record<FormatName, 'json' | 'xml' | 'text'>> = {
  'cargo-imp': 'text',
  edifact: 'text',
  'one-record': 'json',
  epcis: 'json',
  dcsa: 'json',
  ceb: 'xml',
  'cargo-xml': 'xml',
  'taf-tsi': 'xml',
};

interface Sounding {
  readonly accepted: number;
  readonly faults: readonly FormatFault[];
}

/** Reads anything, and holds the answer to its promises. Throws by itself: an expectation a fault would take longer than the reading. */
function sound(format: MessageFormat, message: Uint8Array | string): Sounding {
  const bytes = typeof message === 'string' ? Buffer.from(message) : message;
  format.recognises(bytes.subarray(0, headBytes));
  const reading = format.read(bytes, context);
  const faults: FormatFault[] = [];
  let accepted = 0;
  for (const item of reading.ok ? reading.items : [{ ok: false as const, fault: reading.fault }]) {
    if (item.ok) {
      const check = checkEvent(item.event);
      if (check.ok) accepted += 1;
      else if (!['invalid_time', 'quantity_out_of_range', 'invalid_event'].includes(check.problem.code))
        throw new Error(`an event that nobody can take: ${JSON.stringify([check.problem, item.event]).slice(0, 600)}`);
    } else faults.push(item.fault);
  }
  const form = syntaxes[format.name] === 'json' ? jsonPath : lineAndColumn;
  for (const { code, detail, path } of faults)
    if (!form.test(path) || detail.length > 300 || !Object.hasOwn(problems, code))
      throw new Error(`a fault without its place or reason: ${JSON.stringify([code, path, detail]).slice(0, 600)}`);
  if (accepted + faults.length === 0) throw new Error('an answer without an event or a fault');
  return { accepted, faults };
}

/** The events of a message, or its fault. */
function saidBy(format: MessageFormat, message: Uint8Array | string): unknown {
  const reading = format.read(typeof message === 'string' ? Buffer.from(message) : message, context);
  return reading.ok ? reading.items.map((item) => (item.ok ? item.event : item.fault.code)) : reading.fault.code;
}

/** A message with something put before the first match of a pattern. */
const before = (text: string, pattern: RegExp, put: string): string => text.replace(pattern, (found) => put + found);

const tenMegabytes = 10_000_000;

/** Not of any format, or of the beginning of one, in such a depth or number that a careless reader hangs or overflows. */
const junk: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a blank', ' '],
  ['a zero byte', '\u0000'],
  ['brackets', '['.repeat(100_000)],
  ['brackets that close', '['.repeat(50_000) + ']'.repeat(50_000)],
  ['objects in objects', '{"a":'.repeat(30_000)],
  ['elements in elements', '<a>'.repeat(60_000)],
  ['elements that close', `${'<a>'.repeat(30_000)}${'</a>'.repeat(30_000)}`],
  ['attributes', `<a ${Array.from({ length: 20_000 }, (_, i) => `b${i}="c"`).join(' ')}/>`],
  ['comments', `<a>${'<!-- -->'.repeat(20_000)}</a>`],
  ['segments', "UNB+UNOC:3+A+B'".repeat(20_000)],
  ['messages that do not end', "UNH+1+CODECO:D:95B:UN'".repeat(10_000)],
  ['release characters', `UNB+${'?'.repeat(200_000)}`],
  ['statuses without a waybill', `FSU/14\n${'RCS/03MAR0915/CGO\n'.repeat(10_000)}`],
  ['slashes', `FSU/14\n172-41002312CGOLUX\nRCS${'/'.repeat(200_000)}`],
  ['line ends', '\n'.repeat(200_000)],
];

/** A DOCTYPE before the root. `&a;` stands in the first value of the message. */
const doctypes: readonly (readonly [string, string])[] = [
  [
    'entities that grow a billion times',
    `<!DOCTYPE x [<!ENTITY z "zzzzzzzzzz">${'yxwvutsra'
      .split('')
      .map((name, i, all) => `<!ENTITY ${name} "${`&${all[i - 1] ?? 'z'};`.repeat(10)}">`)
      .join('')}]>`,
  ],
  ['an external entity', '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'],
  ['an entity of the network', '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]>'],
  ['a parameter entity', '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/hostname"> %a;]>'],
  ['a public document type', '<!DOCTYPE x PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://127.0.0.1:9/x.dtd">'],
];

/** Where a format carries counts of its own: a sample, and the count in it that is made wrong. */
const wrongCounts: readonly (readonly [FormatName, string, RegExp, string])[] = [
  ['edifact', 'segments of a message', /UNT\+\d+/, 'UNT+3'],
  ['edifact', 'messages of an interchange', /UNZ\+\d+/, 'UNZ+9'],
  ['edifact', 'pieces of equipment', /CNT\+16:\d+/, 'CNT+16:7'],
];

describe.each(messageFormats.map((format) => [format.name, format] as const))('%s', (name, format) => {
  const samples = samplesByFormat[name];
  const texts = samples.map(({ text }) => text);
  const valid = samples.filter((sample) => sample.valid).map(({ text }) => text);
  const longest = valid.reduce((a, b) => (a.length > b.length ? a : b));
  const syntax = syntaxes[name];

  test.each(samples.map((sample) => [sample.name, sample] as const))('sample %s is as it says', (_name, sample) => {
    const { accepted, faults } = sound(format, sample.text);
    const events = format.read(Buffer.from(sample.text), context);
    const refused = events.ok ? events.items.length - accepted : faults.length;
    if (sample.valid) expect([accepted > 0, refused]).toEqual([true, 0]);
    else expect([accepted, refused > 0]).toEqual([sample.eventsAccepted ?? 0, true]);
    // A carrier mends by these two, whatever is wrong.
    for (const fault of faults) expect(fault).toMatchObject({ rule: expect.any(String), expected: expect.any(String) });
  });

  test.each(valid.map((text, index) => [index, text] as const))(
    'valid sample %i is recognised by it alone',
    (_i, text) => {
      for (const mark of ['', '\ufeff']) {
        const head = Buffer.from(mark + text).subarray(0, headBytes);
        expect(messageFormats.filter((one) => one.recognises(head)).map((one) => one.name)).toEqual([name]);
      }
    },
  );

  test('is cut anywhere', () => {
    for (const text of texts) {
      const bytes = Buffer.from(text);
      const step = Math.max(1, Math.floor(bytes.length / 40));
      for (let end = 0; end < bytes.length; end += step) sound(format, bytes.subarray(0, end));
    }
  });

  test('has a byte order mark, and CRLF: it says the same', () => {
    for (const text of valid) {
      const said = saidBy(format, text);
      expect(saidBy(format, `\ufeff${text}`)).toEqual(said);
      const lines = syntax === 'json' ? JSON.stringify(JSON.parse(text), null, 2) : text;
      expect(saidBy(format, lines.replaceAll('\n', '\r\n'))).toEqual(said);
    }
  });

  test('is in another encoding, or in none', () => {
    for (const text of valid.slice(0, 3)) {
      const bytes = Buffer.from(text);
      // In UTF-16 it may only be read as what it says.
      const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
      if (sound(format, wide).accepted > 0) expect(saidBy(format, wide)).toEqual(saidBy(format, text));
      for (const wrong of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe9], [0x00], [0x1b]])
        for (const at of [0, bytes.length >> 1, bytes.length]) {
          const spoilt = Buffer.concat([bytes.subarray(0, at), Buffer.from(wrong), bytes.subarray(at)]);
          const { faults } = sound(format, spoilt);
          if (syntax === 'json' && wrong[0]! >= 0x80) expect(faults).toHaveLength(1);
        }
    }
  });

  test.each(junk)('is junk: %s', (_name, text) => {
    expect(sound(format, text).accepted).toBe(0);
    expect(fastestMs(() => void sound(format, text), 1)).toBeLessThan(hangMs);
  });

  test('has a line of 10 MB, wherever it stands', () => {
    const places = [0.1, 0.5, 0.9].map((part) => Math.floor(longest.length * part));
    for (const at of places) {
      const bytes = Buffer.from(longest.slice(0, at) + 'A'.repeat(tenMegabytes) + longest.slice(at));
      expect(fastestMs(() => void sound(format, bytes), 1)).toBeLessThan(2 * hangMs);
    }
  });

  test('has entities, of itself and of elsewhere', () => {
    for (const [, doctype] of doctypes) {
      const root = /<(?![?!])/;
      const text = before(longest, root, doctype).replace(/>([^<>\s][^<>]*)<\//, '>&a;</');
      const message = syntax === 'xml' ? text : `<?xml version="1.0"?>${doctype}<x>&a;</x>`;
      const { accepted, faults } = sound(format, message);
      expect([accepted, faults.length]).toEqual([0, 1]);
      expect(fastestMs(() => void sound(format, message), 1)).toBeLessThan(hangMs);
    }
  });

  test('takes names of prototypes as names, wherever they stand', () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
    for (const text of valid) {
      const words = [...text.matchAll(/[A-Za-z_]{2,40}/g)];
      const step = Math.max(1, Math.floor(words.length / 40));
      for (let at = 0; at < words.length; at += step) {
        const { index, 0: word } = words[at]!;
        const put = names[at % names.length]!;
        sound(format, text.slice(0, index) + put + text.slice(index + word.length));
        if (syntax === 'xml') sound(format, text.replaceAll(new RegExp(`(</?)${word}\\b`, 'g'), `$1${put}`));
      }
      if (syntax === 'json')
        for (const put of names)
          sound(
            format,
            text.replaceAll('{', `{"${put}":{"polluted":true,"type":"ObjectEvent"},`).replaceAll(',}', '}'),
          );
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('is changed anywhere, or is any bytes', () => {
    const change = fc.record({
      at: fc.nat(),
      drop: fc.nat(3),
      put: fc.oneof(
        fc.constantFrom(...Buffer.from('\'+:?\n /<>&{}[]",0-').values()).map((byte) => [byte]),
        fc
          .constantFrom('<a>', '</', '&', '\ud800', '-1', '9'.repeat(60), '<x/>'.repeat(9))
          .map((text) => [...Buffer.from(text)]),
        fc.array(fc.nat(255), { maxLength: 3 }),
      ),
    });
    const edited = fc
      .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 5 }))
      .map(([text, changes]) => {
        const bytes = [...Buffer.from(text)];
        for (const { at, drop, put } of changes) bytes.splice(at % bytes.length, drop, ...put);
        return Uint8Array.from(bytes);
      });
    fc.assert(
      fc.property(edited, (bytes) => void sound(format, bytes)),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void sound(format, bytes)));
  });
});

test.each(wrongCounts)('%s: a wrong number of %s refuses the message', (name, _what, pattern, wrong) => {
  const format = messageFormats.find((one) => one.name === name)!;
  const counted = samplesByFormat[name].filter(
    ({ valid, text }) => valid && pattern.test(text) && !text.includes(wrong),
  );
  expect(counted.length).toBeGreaterThan(0);
  for (const { text } of counted) {
    const { accepted, faults } = sound(format, text.replace(pattern, wrong));
    expect([accepted, faults.length]).toEqual([0, 1]);
    expect(faults[0]!.detail).toMatch(/\d/);
  }
});

test('no two formats recognise the same bytes', () => {
  const heads = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(heads, (head) => {
      expect(messageFormats.filter((format) => format.recognises(head)).length).toBeLessThanOrEqual(1);
    }),
  );
});
