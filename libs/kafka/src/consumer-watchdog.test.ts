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

  test('cuts the connections once after a session and a half of silence, and ends after three', () => {
    const { seen, at } = watch(6_000);
    at(8_999);
    expect(seen).toEqual([]);
    at(9_000);
    at(12_000);
    expect(seen).toEqual(['cut']);
    at(18_000);
    expect(seen).toEqual(['cut', 'the consumer got no answer from its group for 18000 ms']);
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
