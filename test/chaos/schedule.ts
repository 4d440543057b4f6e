/** Which faults a run has, in which order and when: a function of the seed. */
import { faults, type Fault, type FaultName } from './faults.js';
import { SeededRandom } from './seeded-random.js';

export interface PlannedFault {
  readonly name: FaultName;
  /** Milliseconds after the begin of the load; it begins later when the system has not recovered from the one before. */
  readonly atMs: number;
}

/** The load runs alone for so long, so that there is something to lose. */
const quietMs = 4_000;
/** From one fault to the next: most have healed by then, and the run waits for those that have not. */
const spacing = { minMs: 4_000, maxMs: 9_000 };

/** Kills come often, because they are what happens; every other kind once a round. */
const round: readonly FaultName[] = [
  ...Array.from({ length: 3 }, () => 'kill aggregator' as const),
  'kill ingest',
  ...(Object.keys(faults) as FaultName[]).slice(1),
];

/** Whether a kind of fault belongs to a run. */
export type Wanted = (name: FaultName) => boolean;

/** The faults of a long run: rounds of all wanted kinds, each round in an order of its own, until the time is filled. */
export function planRun(seed: number, minutes: number, isWanted: Wanted): PlannedFault[] {
  const wanted = round.filter(isWanted);
  if (wanted.length === 0) return [];
  const random = new SeededRandom(seed);
  const endMs = minutes * 60_000;
  const planned: PlannedFault[] = [];
  let atMs = quietMs;
  while (atMs < endMs) {
    for (const name of random.shuffled(wanted)) {
      if (atMs < endMs) planned.push({ name, atMs });
      atMs += random.integer(spacing.minMs, spacing.maxMs);
    }
  }
  return planned;
}

/** The faults of the short run, one after the other as soon as the system has recovered. */
export function planShortRun(seed: number, names: readonly FaultName[]): PlannedFault[] {
  return new SeededRandom(seed).shuffled(names).map((name) => ({ name, atMs: quietMs }));
}

/** The kinds that are left out where nothing can be mounted. */
export function needsSizedFolders(name: FaultName): boolean {
  const fault: Fault = faults[name];
  return fault.needsSizedFolders ?? false;
}
