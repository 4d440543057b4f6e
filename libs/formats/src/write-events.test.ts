/** The account of what a message does not say is complete, whatever event is written in whatever format. */
import { describe, expect, test } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { explainCount } from '@landbridge/domain';
import * as fc from 'fast-check';
import { formatByName, messageFormats, samplesByFormat } from './all-formats.js';
import { differencesOf } from './event-differences.js';
import type { MessageFormat } from './message-format.js';
import type { EventToWrite, Writing } from './message-writing.js';
import { eventFrom, having, readAgain, source, writeContext } from './test-writing.js';
import { writeEvents } from './write-events.js';

const itemsOf = (format: MessageFormat): readonly EventToWrite[] =>
  samplesByFormat[format.name].flatMap(({ text }) => {
    const context = { source, hub: 'CGO', receivedAtMs: writeContext.madeAtMs, eventsMax: 1_000 };
    const reading = format.read(Buffer.from(text), context);
    return reading.ok ? reading.items.filter((item) => item.ok && checkEvent(item.event).ok) : [];
  }) as EventToWrite[];

const all = messageFormats.flatMap(itemsOf);
const writable = messageFormats.filter(({ writing }) => writing.fromEvents);

/** Events of the samples, with members of others put in. */
const anyItem = fc
  .record({
    item: fc.constantFrom(...all),
    other: fc.constantFrom(...all),
    put: fc.subarray(['milestone', 'place', 'direction', 'unit', 'transport', 'links', 'quantities', 'classifier']),
    change: fc.constantFrom({}, { retracted: true, revision: 820_000_000 }, { revision: 5 }, { reason: 'OFLD' }),
  })
  .map(({ item, other, put, change }): EventToWrite => {
    const data = { ...item.event.data, ...Object.fromEntries(put.map((name) => [name, member(other, name)])) };
    const event = JSON.parse(JSON.stringify({ ...item.event, ...change, data })) as CanonicalEvent;
    return {
      ...item,
      event: { ...event, subject: (event.data?.unit as { id?: string } | undefined)?.id ?? event.subject },
    };
  })
  .filter(({ event }) => checkEvent(event).ok);

function member({ event }: EventToWrite, name: string): unknown {
  return (event.data as Record<string, unknown> | undefined)?.[name];
}

/** What an event adds to which measure; nothing for what takes back. */
function countOf(event: CanonicalEvent): unknown {
  const check = checkEvent(event);
  if (!check.ok || check.facts === undefined || event.retracted) return [];
  return explainCount(check.system, check.timeMs, check.facts).measures.map(({ measure }) => measure);
}

describe.each(writable.map((format) => [format.name, format] as const))('%s', (_name, format) => {
  test('tells of each event either itself or why not, and each difference', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { minLength: 1, maxLength: 4 }), (items) => {
        const { messages, unsaid } = writeEvents(format, items, writeContext);
        const leftOut = new Set(unsaid.filter(({ isLeftOut }) => isLeftOut).map(({ index }) => index));
        const said = items.filter((_, index) => !leftOut.has(index));
        const read = readAgain(format, messages);
        expect(read).toHaveLength(said.length);
        expect(unsaid.map(({ index }) => index)).toEqual(unsaid.map(({ index }) => index).toSorted((a, b) => a - b));
        // Each event is among those that were read, with no other differences than the account has.
        for (const [index, { event }] of items.entries()) {
          const rows = unsaid.filter((row) => row.index === index);
          if (leftOut.has(index)) expect(rows).toHaveLength(1);
          else {
            const told = JSON.stringify(rows.map(({ path, detail }) => [path, detail]));
            const matching = read.filter(
              (one) => JSON.stringify(differencesOf(event, one).map(({ path, detail }) => [path, detail])) === told,
            );
            expect(matching.length).toBeGreaterThan(0);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('never tells what would count where the event does not', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const read = readAgain(format, writeEvents(format, [item], writeContext).messages);
        const counted = countOf(item.event) as readonly unknown[];
        for (const one of read) for (const measure of countOf(one) as unknown[]) expect(counted).toContain(measure);
      }),
      { numRuns: 150 },
    );
  });

  test('says what happened in its own samples, but for what takes back without saying what', () => {
    const own = itemsOf(format).filter(({ event }) => event.data?.classifier === 'actual');
    expect(own.length).toBeGreaterThan(0);
    const { unsaid } = writeEvents(format, own, writeContext);
    expect(unsaid.filter(({ isLeftOut }) => isLeftOut)).toEqual([]);
  });
});

test('links are the same in any order', () => {
  const [item] = all.filter(({ event }) => (event.data?.links ?? []).length > 1);
  const links = item!.event.data!.links!;
  expect(differencesOf(item!.event, having(item!.event, { links: links.toReversed() }))).toEqual([]);
  expect(differencesOf(item!.event, having(item!.event, { links: links.slice(1) }))).toEqual([
    { path: '$.data.links[0]', detail: expect.stringContaining('is not said'), isFalse: false },
  ]);
});

test('a format that is not written says why of each event', () => {
  const { messages, unsaid } = writeEvents(formatByName('ceb')!, all.slice(0, 2), writeContext);
  expect(messages).toEqual([]);
  expect(unsaid).toMatchObject([
    { index: 0, path: '$', isLeftOut: true, detail: expect.stringContaining('because') },
    { index: 1, path: '$', isLeftOut: true },
  ]);
});

describe('a writer that is wrong', () => {
  const dcsa = formatByName('dcsa')!;
  const event = eventFrom('landbridge.port.event.v1', 'e', '2026-03-03T09:15:00+08:00', {
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    place: 'CNZGZ',
    timeZone: 'Asia/Shanghai',
    corridor: 'sea',
    direction: 'outbound',
    unit: { type: 'container', id: 'CSQU3054383' },
  });
  const writing = (change: (item: EventToWrite) => EventToWrite): MessageFormat => ({
    ...dcsa,
    writing: {
      fromEvents: true,
      write: (items, context) =>
        (dcsa.writing as Extract<Writing, { fromEvents: true }>).write(items.map(change), context),
    },
  });

  test.each<[string, (event: CanonicalEvent) => CanonicalEvent]>([
    ['$.time', (one) => ({ ...one, time: '2026-03-03T10:15:00+08:00' })],
    ['$.data.milestone', (one) => having(one, { milestone: 'loaded' })],
    ['$.data.place', (one) => having(one, { place: 'DEHAM' })],
    ['$.data.direction', (one) => having(one, { direction: 'inbound' })],
    ['$.data.classifier', (one) => having(one, { classifier: 'planned' })],
    ['$.retracted', (one) => ({ ...one, retracted: true })],
    ['$', (one) => having(one, { unit: { type: 'container', id: 'CSQU3054384' } })],
  ])('does not get %s past the reading', (path, change) => {
    const wrong = writing((item) => ({ ...item, event: change(item.event) }));
    const { messages, unsaid } = writeEvents(wrong, [{ event }], writeContext);
    expect([messages, unsaid.map((row) => [row.path, row.isLeftOut])]).toEqual([[], [[path, true]]]);
    // And costs no other event.
    const one = {
      ...having(event, { unit: { type: 'container', id: 'APZU4812090' } }),
      id: 'f',
      subject: 'APZU4812090',
    };
    const partly = writing((item) => (item.event.id === 'e' ? { ...item, event: change(item.event) } : item));
    expect(writeEvents(partly, [{ event }, { event: one }], writeContext)).toMatchObject({
      messages: { length: 1 },
      unsaid: [{ index: 0, path }],
    });
  });
});
