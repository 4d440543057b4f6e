import { describe, expect, it } from '@jest/globals';
import { eventTopics } from '@landbridge/contracts';
import type { ShardSnapshot } from '@landbridge/domain';
import { ContinuousReconciliation, type ContinuousOptions } from './continuous-reconciliation.js';
import { FakeRecountLog } from './fake-recount-log.js';
import type { ShardReconciliation } from './reconciliation.js';
import { flightRecord } from './test-events.js';

const records = Array.from({ length: 30 }, (_, i) => flightRecord(`f${i}`));
const lu = 'air-cargo|CGO|outbound|air|LU|CV';

/** A reconciliation over one partition whose view has so many grams, and the results as they come. */
function setUp(change: Partial<ContinuousOptions> = {}) {
  const view = { grams: 30_000 };
  const held = [{ topic: eventTopics.air, partition: 0 }];
  const waiting: ((result: ShardReconciliation) => void)[] = [];
  const failures: unknown[] = [];
  const logs: FakeRecountLog[] = [];
  const months = async (): Promise<ShardSnapshot> => ({
    next: 30,
    cells: [{ bucket: { kind: 'year', year: 2020 }, slot: 6, series: lu, amounts: [view.grams, 30, 30] }],
  });
  const reconciliation = new ContinuousReconciliation({
    openLog: async () => {
      logs.push(new FakeRecountLog(records));
      return logs.at(-1)!;
    },
    generations: { live: async () => 1 },
    snapshots: { months, cells: months },
    partitions: () => held,
    limits: { idsMax: 1_000, windowMs: 1 },
    recordsPerSecond: 1_000_000,
    passPauseMs: 1,
    retryPauseMs: 1,
    onShard: (result) => waiting.shift()?.(result),
    onFailure: (error) => failures.push(error),
    nowMs: () => Date.now(),
    ...change,
  });
  const nextResult = () => new Promise<ShardReconciliation>((resolve) => waiting.push(resolve));
  return { reconciliation, view, held, failures, logs, nextResult };
}

describe('the reconciliation in the background', () => {
  it('goes round and round: an error appears, and is gone when it is repaired', async () => {
    const { reconciliation, view, nextResult } = setUp();
    reconciliation.start();
    expect((await nextResult()).comparison.differingCells).toBe(0);
    view.grams = 30_001;
    await nextResult(); // may have been read before
    expect((await nextResult()).comparison.measures[0]).toMatchObject({ measure: 'air.weight', difference: 1n });
    expect(reconciliation.results).toHaveLength(1);
    view.grams = 30_000;
    await nextResult();
    expect((await nextResult()).comparison.differingCells).toBe(0);
    expect(reconciliation.lastPassEndedMs).toBeGreaterThan(0);
    await reconciliation.stop();
  });

  it('tells only of partitions that are held', async () => {
    const { reconciliation, held, nextResult } = setUp();
    reconciliation.start();
    await nextResult();
    held.pop();
    expect(reconciliation.results).toEqual([]);
    await reconciliation.stop();
  });

  it('begins again with a new reader after a failure', async () => {
    let broken = true;
    const live = async () => {
      if (broken) throw new Error('redis is away');
      return 1;
    };
    const failed = Promise.withResolvers<void>();
    const { reconciliation, logs, nextResult } = setUp({ generations: { live }, onFailure: () => failed.resolve() });
    reconciliation.start();
    await failed.promise;
    broken = false;
    expect((await nextResult()).outcome).toBe('compared');
    expect(logs.length).toBeGreaterThan(1);
    expect(logs[0]!.stopped).toBe(true);
    await reconciliation.stop();
  });

  it('ends at once, also while it waits', async () => {
    const { reconciliation, logs, failures, nextResult } = setUp({ passPauseMs: 3_600_000 });
    reconciliation.start();
    await nextResult();
    await reconciliation.stop();
    expect(logs.map(({ stopped }) => stopped)).toEqual([true]);
    expect(failures).toEqual([]);
  });
});
