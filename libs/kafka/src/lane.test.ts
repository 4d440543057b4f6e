import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { halve, Lane, recordBytes, type LaneBatch, type LaneLimits, type LogRecord, type WriteResult } from './lane.js';

const limits: LaneLimits = { eventsMax: 20, bytesMax: 10_000, lingerMs: 3, batchEvents: 5, batchBytes: 1_000 };

const records = (count: number, name = 'r', valueLength = 10): LogRecord[] =>
  Array.from({ length: count }, (_, at) => ({ topic: 't', key: `${name}${at}`, value: 'x'.repeat(valueLength) }));

const keysOf = ({ slices }: LaneBatch): string[] =>
  slices.flatMap(({ write, from, to }) => write.records.slice(from, to).map(({ key }) => key));

/** A lane and the answers its writers got, by name. */
function laneOf(own: Partial<LaneLimits> = {}) {
  const lane = new Lane({ ...limits, ...own });
  const answers = new Map<string, WriteResult>();
  const offer = (name: string, write: readonly LogRecord[], now = 0, deadlineAt = 1_000) =>
    lane.offer(write, now, deadlineAt, (result) => {
      expect(answers.has(name)).toBe(false);
      answers.set(name, result);
    });
  return { lane, answers, offer };
}

describe('Lane', () => {
  test('shares one batch between small writes and answers each when the batch is confirmed', () => {
    const { lane, answers, offer } = laneOf();
    offer('a', records(2, 'a'));
    offer('b', records(1, 'b'));
    const batch = lane.take()!;
    expect(keysOf(batch)).toEqual(['a0', 'a1', 'b0']);
    expect(answers.size).toBe(0);
    lane.confirm(batch);
    expect(Object.fromEntries(answers)).toEqual({ a: { ok: true }, b: { ok: true } });
    expect(lane).toMatchObject({ events: 0, bytes: 0 });
  });

  test('cuts a large write into batches, in order, and answers it after the last', () => {
    const { lane, answers, offer } = laneOf();
    offer('a', records(12, 'a'));
    const batches = [lane.take()!, lane.take()!, lane.take()!];
    expect(batches.map(({ events }) => events)).toEqual([5, 5, 2]);
    expect(batches.flatMap(keysOf)).toEqual(records(12, 'a').map(({ key }) => key));
    expect(lane.take()).toBeUndefined();
    lane.confirm(batches[0]!);
    lane.confirm(batches[1]!);
    expect(answers.size).toBe(0);
    lane.confirm(batches[2]!);
    expect(answers.get('a')).toEqual({ ok: true });
  });

  test('cuts by bytes, and lets a single record of any size go alone', () => {
    const { lane, offer } = laneOf();
    offer('a', [...records(1, 'a', 10), ...records(1, 'b', 2_000), ...records(2, 'c', 400)]);
    expect([lane.take()!, lane.take()!, lane.take()!].map(keysOf)).toEqual([['a0'], ['b0'], ['c0', 'c1']]);
  });

  test('refuses a write that does not fit as a whole and takes nothing of it', () => {
    const { lane, offer } = laneOf();
    expect(offer('a', records(15))).toBe(true);
    expect(offer('b', records(6))).toBe(false);
    expect(lane.events).toBe(15);
    expect(offer('c', records(5))).toBe(true);
    expect(lane.hasRoom(1)).toBe(false);
  });

  test('still counts records that are being sent', () => {
    const { lane, offer } = laneOf({ eventsMax: 5 });
    offer('a', records(5));
    const batch = lane.take()!;
    expect(offer('b', records(1))).toBe(false);
    lane.confirm(batch);
    expect(offer('b', records(1))).toBe(true);
  });

  test('sets reserved bytes aside from everybody until they are released, once', () => {
    const { lane, offer } = laneOf({ bytesMax: 1_000 });
    const release = lane.reserve(900)!;
    expect(lane.hasRoom(101)).toBe(false);
    expect(lane.reserve(101)).toBeUndefined();
    expect(offer('a', records(1, 'a', 200))).toBe(false);
    release();
    release();
    expect(lane.hasRoom(1_000)).toBe(true);
    expect(lane.hasRoom(1_001)).toBe(false);
  });

  test('is due at once when a batch is full, else when its first record has lingered', () => {
    const { lane, offer } = laneOf();
    expect(lane.dueInMs(0)).toBeUndefined();
    offer('a', records(1), 10);
    expect(lane.dueInMs(11)).toBe(2);
    expect(lane.dueInMs(99)).toBe(0);
    offer('b', records(4), 11);
    expect(lane.dueInMs(11)).toBe(0);
    lane.take();
    expect(lane.dueInMs(11)).toBeUndefined();
    offer('c', records(1, 'c', 2_000), 20);
    expect(lane.dueInMs(20)).toBe(0);
  });

  test('tells a writer whose deadline has passed, and keeps its records to be sent', () => {
    const { lane, answers, offer } = laneOf();
    offer('a', records(1, 'a'), 0, 100);
    offer('b', records(1, 'b'), 0, 200);
    lane.expire(99);
    expect(answers.size).toBe(0);
    lane.expire(100);
    expect(Object.fromEntries(answers)).toEqual({ a: { ok: false, problem: 'log_unavailable' } });
    const batch = lane.take()!;
    expect(keysOf(batch)).toEqual(['a0', 'b0']);
    lane.confirm(batch);
    expect(answers.get('a')).toEqual({ ok: false, problem: 'log_unavailable' });
    expect(answers.get('b')).toEqual({ ok: true });
  });

  test('fails only the writer of a refused record', () => {
    const { lane, answers, offer } = laneOf();
    offer('a', records(1, 'a'));
    offer('b', records(2, 'b'));
    const [first, second] = halve(lane.take()!);
    const [bad, rest] = halve(second);
    lane.confirm(first);
    lane.refuse(bad, 'MESSAGE_TOO_LARGE');
    expect(answers.get('b')).toEqual({ ok: false, problem: 'refused', reason: 'MESSAGE_TOO_LARGE' });
    lane.confirm(rest);
    expect(answers.get('a')).toEqual({ ok: true });
    expect(lane).toMatchObject({ events: 0, bytes: 0 });
  });

  test('abandons what is left with an answer for every writer', () => {
    const { lane, answers, offer } = laneOf();
    offer('a', records(3, 'a'));
    lane.take();
    offer('b', records(1, 'b'));
    expect(lane.abandon()).toBe(4);
    expect([...answers.keys()]).toEqual(['a', 'b']);
  });

  test('counts bytes of text, bytes, tombstones and headers', () => {
    const base = recordBytes({ topic: 't', key: '', value: null });
    expect(recordBytes({ topic: 't', key: '郑州', value: null })).toBe(base + 6);
    expect(recordBytes({ topic: 't', key: 'k', value: Buffer.alloc(7) })).toBe(base + 8);
    expect(recordBytes({ topic: 't', key: '', value: 'é', headers: { a: 'bc' } })).toBeGreaterThanOrEqual(base + 5);
  });

  test('gives every record exactly once and in order, however writes, limits and halves fall', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 12 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 1_500 }),
        (writes, batchEvents, batchBytes) => {
          const { lane, answers, offer } = laneOf({ eventsMax: 1_000, bytesMax: 1_000_000, batchEvents, batchBytes });
          const all: string[] = [];
          for (const [at, lengths] of writes.entries()) {
            const write = lengths.map((length, i) => ({ topic: 't', key: `${at}/${i}`, value: 'x'.repeat(length) }));
            all.push(...write.map(({ key }) => key));
            offer(String(at), write);
          }
          const seen: string[] = [];
          for (let batch = lane.take(); batch !== undefined; batch = lane.take()) {
            expect(batch.events).toBeLessThanOrEqual(batchEvents);
            const parts = batch.events > 1 ? halve(batch) : [batch];
            for (const part of parts) {
              expect(keysOf(part)).toHaveLength(part.events);
              seen.push(...keysOf(part));
              lane.confirm(part);
            }
          }
          expect(seen).toEqual(all);
          expect(answers.size).toBe(writes.length);
          expect(lane).toMatchObject({ events: 0, bytes: 0 });
        },
      ),
      { numRuns: 200 },
    );
  });
});
