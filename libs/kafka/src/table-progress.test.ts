import { describe, expect, test } from '@jest/globals';
import { TableProgress } from './table-progress.js';

/** A round of fetching that Kafka answered; with the last offset of its batch, where it brought one. */
function fetchRound(progress: TableProgress, lastOffset?: bigint): void {
  progress.fetchAnswered();
  progress.fetchEnded();
  if (lastOffset !== undefined) progress.applied(lastOffset);
}

describe('TableProgress', () => {
  test('has caught up with an empty topic at once', () => {
    const progress = new TableProgress();
    progress.target(4n, 4n);
    expect(progress.caughtUp).toBe(true);
  });

  test('has caught up at the end that was read at the start, and stays so', () => {
    const progress = new TableProgress();
    progress.target(0n, 10n);
    fetchRound(progress, 8n);
    expect(progress.caughtUp).toBe(false);
    fetchRound(progress, 9n);
    expect(progress).toMatchObject({ caughtUp: true, next: 10n });
    progress.startOver();
    expect(progress).toMatchObject({ caughtUp: true, next: undefined });
  });

  test('has caught up when compaction emptied the last offsets: two answered fetches in a row bring nothing', () => {
    const progress = new TableProgress();
    progress.target(0n, 10n);
    fetchRound(progress, 5n);
    fetchRound(progress);
    fetchRound(progress, 6n);
    fetchRound(progress);
    fetchRound(progress);
    expect(progress.caughtUp).toBe(false);
    fetchRound(progress);
    expect(progress.caughtUp).toBe(true);
  });

  test('does not take failed fetches, or those before a join, for the end', () => {
    const progress = new TableProgress();
    progress.target(0n, 10n);
    for (let round = 0; round < 20; round++) progress.fetchEnded();
    for (let round = 0; round < 20; round++) {
      fetchRound(progress);
      progress.joined();
    }
    expect(progress.caughtUp).toBe(false);
  });

  test('never goes back on a repeat', () => {
    const progress = new TableProgress();
    progress.target(0n, 10n);
    progress.applied(5n);
    progress.applied(3n);
    expect(progress.next).toBe(6n);
  });
});
