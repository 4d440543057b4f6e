import { describe, expect, test } from '@jest/globals';
import { futureFault, liesAhead } from './actual-time.js';
import { checkEvent } from './event-check.js';

const receivedAtMs = Date.parse('2026-03-04T12:00:00Z');
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const event = {
  specversion: '1.0',
  id: 'e-1',
  source: 'urn:carrier:demo',
  type: 'landbridge.rail.event.v1',
  subject: 'X8015-20260304',
  time: '2026-03-04T20:00:00+08:00',
  data: {
    classifier: 'actual',
    milestone: 'departed',
    hub: 'CGO',
    corridor: 'land',
    direction: 'outbound',
    unit: { type: 'train', id: 'X8015-20260304' },
  },
};

function faultOf(change: object): string | undefined {
  const check = checkEvent({ ...event, ...change });
  if (!check.ok) throw new Error(check.problem.detail);
  return futureFault(check, receivedAtMs)?.code;
}

describe('the time of an actual event', () => {
  test.each([
    ['departed', 10 * minuteMs],
    ['whatever', 10 * minuteMs],
    ['manifested', 3 * dayMs],
    ['prepared', 3 * dayMs],
    ['discrepancy', 3 * dayMs],
  ])('of %s is at most %d ms after its receipt', (milestone, aheadMs) => {
    const facts = { classifier: 'actual', milestone } as const;
    const ahead = (ms: number): boolean => liesAhead(facts, receivedAtMs + ms, receivedAtMs);
    expect([-dayMs, 0, 1, aheadMs, aheadMs + 1].map(ahead)).toEqual([false, false, false, false, true]);
  });

  test.each(['planned', 'estimated'] as const)('is no matter where it is %s', (classifier) => {
    expect(liesAhead({ classifier, milestone: 'departed' }, receivedAtMs + 1_000 * dayMs, receivedAtMs)).toBe(false);
    expect(faultOf({ time: '2099-01-01T00:00:00Z', data: { ...event.data, classifier } })).toBeUndefined();
  });

  test('is told by what it was compared with, and what would have been right', () => {
    const check = checkEvent({ ...event, time: '2026-03-04T20:00:00Z' });
    expect(check.ok && futureFault(check, receivedAtMs)).toEqual({
      code: 'future_time',
      detail:
        '2026-03-04T20:00:00Z is later than the receipt at 2026-03-04T12:00:00.000Z, and an actual event has happened',
      path: '$.time',
      rule: 'Landbridge event v1, time of an actual event',
      expected: 'a time until 2026-03-04T12:10:00.000Z, in its right zone, or the classifier planned or estimated',
    });
  });

  test('holds for corrections, and a retraction takes back whatever was taken', () => {
    const time = '2099-01-01T00:00:00Z';
    expect(faultOf({ time, revision: 3 })).toBe('future_time');
    expect(faultOf({ time, retracted: true })).toBeUndefined();
    expect(faultOf({ time, retracted: true, data: undefined })).toBeUndefined();
  });
});
