import { describe, expect, test } from '@jest/globals';
import type { CanonicalEvent } from '@landbridge/contracts';
import * as fc from 'fast-check';
import { bodyOf, eventBatches, halvesOf, type BatchLimits, type EventBatch } from './event-batches.js';
import { eventOf } from './test-event.js';

async function batchesOf(events: readonly CanonicalEvent[], limits: BatchLimits): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  for await (const batch of eventBatches(events, limits)) batches.push(batch);
  return batches;
}

describe('eventBatches', () => {
  test('keeps every event, in order, within both limits; only a single event may be larger', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 300, max: 3_000 }),
        async (subjects, events, bytes) => {
          const input = subjects.map((subject, i) => ({ ...eventOf(i), subject }));
          const batches = await batchesOf(input, { events, bytes });
          expect(batches.flatMap((batch) => JSON.parse(bodyOf(batch)) as unknown[])).toEqual(input);
          let from = 0;
          for (const batch of batches) {
            expect(batch.from).toBe(from);
            from += batch.texts.length;
            expect(batch.texts.length).toBeLessThanOrEqual(events);
            if (batch.texts.length > 1) expect(Buffer.byteLength(bodyOf(batch))).toBeLessThanOrEqual(bytes);
          }
        },
      ),
    );
  });

  test('fills a batch up to the last byte', async () => {
    const two = [eventOf(0), eventOf(1)];
    const bytes = Buffer.byteLength(JSON.stringify(two));
    expect(await batchesOf(two, { events: 10, bytes: bytes + 1 })).toHaveLength(1);
    expect(await batchesOf(two, { events: 10, bytes: bytes - 1 })).toHaveLength(2);
  });

  test('makes no batch of nothing', async () => {
    expect(await batchesOf([], { events: 10, bytes: 1_000 })).toEqual([]);
  });

  test('takes events only as batches are asked for', async () => {
    let taken = 0;
    const endless = (function* () {
      for (;;) yield eventOf(taken++);
    })();
    const batches = eventBatches(endless, { events: 10, bytes: 1_000_000 });
    await batches.next();
    await batches.next();
    await batches.return();
    expect(taken).toBeLessThanOrEqual(21);
  });

  test('halves a batch without losing the places of its events', async () => {
    const [batch] = await batchesOf([eventOf(0), eventOf(1), eventOf(2)], { events: 10, bytes: 100_000 });
    const [first, second] = halvesOf(batch!);
    expect([first.from, first.ids, second.from, second.ids]).toEqual([0, ['e-0', 'e-1'], 2, ['e-2']]);
  });
});
