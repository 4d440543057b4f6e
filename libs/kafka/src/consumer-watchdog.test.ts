import { afterEach, describe, expect, test } from '@jest/globals';
import { ConsumerWatchdog } from './consumer-watchdog.js';

describe('ConsumerWatchdog', () => {
  let watchdog: ConsumerWatchdog;
  afterEach(() => watchdog.stop());

  function watch(sessionTimeoutMs: number) {
    const seen: string[] = [];
    const clock = { ms: 0 };
    watchdog = new ConsumerWatchdog(
      sessionTimeoutMs,
      { cutConnections: () => seen.push('cut'), onFatal: (error) => seen.push(error.message) },
      () => clock.ms,
    );
    return { seen, at: (ms: number) => ((clock.ms = ms), watchdog.check()) };
  }

  test('does nothing while heartbeats are answered', () => {
    const { seen, at } = watch(6_000);
    for (let ms = 0; ms < 60_000; ms += 1_500) {
      at(ms);
      watchdog.alive();
    }
    expect(seen).toEqual([]);
  });

  test('cuts the connections after a session and a half of silence, and ends after three', () => {
    const { seen, at } = watch(6_000);
    at(8_999);
    expect(seen).toEqual([]);
    at(9_000);
    at(12_000);
    expect(seen).toEqual(['cut']);
    at(18_000);
    expect(seen).toEqual(['cut', 'the consumer got no answer from its group for 18000 ms']);
  });

  test('does not end a consumer that goes on trying to reach a broker that is away', () => {
    const { seen, at } = watch(6_000);
    for (let ms = 0; ms < 45_000; ms += 1_500) {
      at(ms);
      watchdog.tries();
    }
    expect(seen).toEqual(Array.from({ length: 4 }, () => 'cut'));
    // It has given up trying: that a new process can mend.
    at(43_500 + 12_001);
    expect(seen.at(-1)).toMatch('no answer');
  });

  test('ends a consumer that gets answers on a new connection and still no place in its group', () => {
    const { seen, at } = watch(6_000);
    for (let ms = 0; ms <= 18_000; ms += 1_500) {
      watchdog.tries();
      watchdog.answered();
      at(ms);
    }
    expect(seen).toEqual(['the consumer got no answer from its group for 18000 ms']);
  });

  test('begins anew when the cut has helped', () => {
    const { seen, at } = watch(6_000);
    at(9_000);
    watchdog.alive();
    at(17_999);
    expect(seen).toEqual(['cut']);
    at(18_000);
    expect(seen).toEqual(['cut', 'cut']);
  });

  test('leaves a join alone that is under way, and ends a consumer that never joins', () => {
    const { seen, at } = watch(6_000);
    at(8_000);
    watchdog.answered();
    at(16_999);
    expect(seen).toEqual([]);
    watchdog.answered();
    at(18_000);
    expect(seen).toEqual(['the consumer got no answer from its group for 18000 ms']);
  });
});
