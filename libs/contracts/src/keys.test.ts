import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  dayKey,
  firstGeneration,
  formatBuilding,
  formatGeneration,
  idSegmentKey,
  parseBuilding,
  parseGeneration,
  parseShardKey,
  requestCountKey,
  requestKey,
  seriesKey,
  stateKey,
  yearKey,
} from './keys.js';

const arbitraryShard = fc.record({
  generation: fc.integer({ min: 1, max: 999_999_999 }),
  topic: fc.stringMatching(/^[A-Za-z0-9._-]{1,60}$/),
  partition: fc.nat(999_999_999),
});

describe('the pointers to generations', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999 }),
        fc.integer({ min: 1, max: 999_999 }),
        (generation, days) => {
          expect(parseGeneration(formatGeneration(generation))).toBe(generation);
          expect(parseBuilding(formatBuilding({ generation, windowDays: days }))).toEqual({
            generation,
            windowDays: days,
          });
        },
      ),
    );
  });

  it('mean the first generation and no rebuild where they are absent', () => {
    expect(parseGeneration(null)).toBe(firstGeneration);
    expect(parseBuilding(null)).toBeUndefined();
  });

  it.each(['', '0', '-1', '1.5', '01', 'one', '2:32'])('refuse %j as the live generation', (text) => {
    expect(() => parseGeneration(text)).toThrow('names no generation');
  });

  it.each(['', '2', '2:', '2:0', '0:32', '2:32:1', 'two:32'])('refuse %j as the one under construction', (text) => {
    expect(() => parseBuilding(text)).toThrow('names no generation');
  });

  it('are not written for what is no generation', () => {
    for (const generation of [0, -1, 1.5, Number.NaN]) {
      expect(() => formatGeneration(generation)).toThrow('not a generation');
      expect(() => formatBuilding({ generation, windowDays: 32 })).toThrow('not a generation');
    }
    expect(() => formatBuilding({ generation: 2, windowDays: 0 })).toThrow('not a number of days');
  });
});

describe('redis keys', () => {
  it('are read back as they were built', () => {
    fc.assert(
      fc.property(arbitraryShard, fc.nat(999_999_999), fc.integer({ min: 1000, max: 9999 }), (shard, segment, year) => {
        const date = `${year}-12-31`;
        expect(parseShardKey(stateKey(shard))).toEqual({ shard, part: 'state' });
        expect(parseShardKey(seriesKey(shard))).toEqual({ shard, part: 'series' });
        expect(parseShardKey(idSegmentKey(shard, segment))).toEqual({ shard, part: 'ids', segment });
        expect(parseShardKey(dayKey(shard, date))).toEqual({ shard, part: 'day', date });
        expect(parseShardKey(yearKey(shard, year))).toEqual({ shard, part: 'year', year });
      }),
    );
  });

  it('differ for different shards', () => {
    fc.assert(
      fc.property(arbitraryShard, arbitraryShard, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(stateKey(a) === stateKey(b)).toBe(same);
      }),
    );
  });

  it('keep all state of a partition under one hash tag, in every generation', () => {
    const tag = (key: string): string | undefined => /\{(.*?)\}/.exec(key)?.[1];
    const shard = { generation: 1, topic: 'landbridge.air.v1', partition: 3 };
    const keys = [stateKey(shard), dayKey(shard, '2020-01-01'), stateKey({ ...shard, generation: 2 })];
    expect(keys.map(tag)).toEqual(keys.map(() => 'landbridge.air.v1:3'));
  });

  it.each([
    ['a topic with the separator', { generation: 1, topic: 'a:b', partition: 0 }],
    ['a topic that closes the tag', { generation: 1, topic: 'a}', partition: 0 }],
    ['an empty topic', { generation: 1, topic: '', partition: 0 }],
    ['a generation of 0', { generation: 0, topic: 'a', partition: 0 }],
    ['a negative partition', { generation: 1, topic: 'a', partition: -1 }],
  ])('refuse %s', (_name, shard) => {
    expect(() => stateKey(shard)).toThrow(/not a/);
  });

  it.each(['lb:live', 'lb:building', 'lb:1:{a:0}:day:20200101', 'lb:1:{a:0}:state:x', 'lb:01:{a:0}:state', ''])(
    'are not %j',
    (key) => {
      expect(parseShardKey(key)).toBeUndefined();
    },
  );
});

describe('the keys of named requests', () => {
  const owner = fc.record({
    tenant: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
    carrier: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
  });
  const nameHash = fc.stringMatching(/^[0-9a-f]{64}$/);

  it('differ where the owner or the name differs, share a slot with their count, and are no shard’s', () => {
    fc.assert(
      fc.property(owner, owner, nameHash, (one, other, name) => {
        const same = one.tenant === other.tenant && one.carrier === other.carrier;
        expect(requestKey(one, name) === requestKey(other, name)).toBe(same);
        const tag = /\{[^}]*\}/;
        expect(tag.exec(requestKey(one, name))?.[0]).toBe(tag.exec(requestCountKey(one))?.[0]);
        expect(parseShardKey(requestKey(one, name))).toBeUndefined();
      }),
    );
  });

  it('are not made of what could run into another key', () => {
    expect(() => requestKey({ tenant: 'a}', carrier: 'b' }, 'a'.repeat(64))).toThrow();
    expect(() => requestKey({ tenant: 'a', carrier: '' }, 'a'.repeat(64))).toThrow();
    expect(() => requestKey({ tenant: 'a', carrier: 'b' }, 'a:b')).toThrow();
  });
});
