import { describe, expect, test } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { parseTimestamp } from '@landbridge/domain';
import { demoSourcePrefix, scenarioSourcePrefix } from './event-frame.js';
import { liveEvents } from './live-events.js';

/** What makes two events of one tenant the same event. */
const identityText = ({ source, id }: CanonicalEvent): string => `${source}\n${id}`;

const nowMs = Date.UTC(2024, 1, 29, 16, 30);
const many = Array.from({ length: 400 }, (_, sequence) => liveEvents(nowMs + sequence * 1_000, sequence, 5)).flat();

describe('live events', () => {
  test('pass the check of the front door, and are of all four systems', () => {
    const checks = many.map((event) => checkEvent(event));
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(new Set(many.map((event) => event.type)).size).toBe(4);
  });

  test('never share an identity, also when the sequence begins again a moment later', () => {
    const restarted = liveEvents(nowMs + 1, 0, 5);
    const all = [...many, ...restarted];
    expect(new Set(all.map(identityText)).size).toBe(all.length);
  });

  test('are under the source of the demo key, apart from the scenario', () => {
    for (const { source } of many) {
      expect(source.startsWith(demoSourcePrefix)).toBe(true);
      expect(source.startsWith(scenarioSourcePrefix)).toBe(false);
    }
  });

  test('happened at most six hours ago, most of them just now, none in the future', () => {
    const ages = many.map((event, i) => nowMs + Math.floor(i / 5) * 1_000 - parseTimestamp(event.time)!);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...ages)).toBeLessThanOrEqual(6 * 3_600_000);
    const late = ages.filter((age) => age > 20_000).length;
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(many.length / 10);
  });

  test('are a pure function of the clock and the sequence', () => {
    expect(liveEvents(nowMs, 3, 5)).toEqual(liveEvents(nowMs, 3, 5));
    expect(liveEvents(nowMs, 4, 5)).not.toEqual(liveEvents(nowMs, 3, 5));
  });
});
