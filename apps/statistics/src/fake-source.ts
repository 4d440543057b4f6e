/**
 * A `ThroughputSource` in memory for unit tests: what was counted into it is what it answers, one cell per movement, as if each came
 * from a partition of its own. It can be told to lose or to stall its reads, and it remembers which reads were made.
 */
import {
  contributionsOf,
  dayHourOf,
  dayName,
  parseTimestamp,
  type Cell,
  type EventFacts,
  type ShardProgress,
  type System,
  type ThroughputSource,
} from '@landbridge/domain';

/** A movement that counts: `time` is RFC 3339. */
export interface Movement {
  readonly system: System;
  readonly time: string;
  readonly facts: EventFacts;
}

export class FakeSource implements ThroughputSource {
  /** Reads in the order made, like `air 2020` or `rail 2020-06-30`. */
  readonly reads: string[] = [];
  /** What every read waits for first: a promise that rejects is a lost store, one that never ends a silent store. */
  gate: Promise<void> = Promise.resolve();
  inFlight = 0;
  inFlightMost = 0;
  private readonly cells = new Map<string, Cell[]>();

  constructor(
    movements: readonly Movement[],
    private readonly shards?: readonly ShardProgress[],
  ) {
    for (const { system, time, facts } of movements) this.count(system, time, facts);
  }

  yearCells(system: System, year: number): Promise<readonly Cell[]> {
    return this.read(`${system} ${year}`);
  }

  dayCells(system: System, date: string): Promise<readonly Cell[]> {
    return this.read(`${system} ${date}`);
  }

  async progress(): Promise<readonly ShardProgress[]> {
    await this.gate;
    if (!this.shards) throw new Error('this source was given no progress');
    return this.shards;
  }

  private count(system: System, time: string, facts: EventFacts): void {
    const contributions = contributionsOf(system, parseTimestamp(time)!, facts);
    if (contributions.length === 0) throw new Error(`a movement of ${system} at ${time} does not count`);
    for (const { series, hour, amounts } of contributions) {
      const at = dayHourOf(hour);
      this.cellsOf(`${system} ${at.year}`).push({ series, slot: at.month, amounts });
      this.cellsOf(`${system} ${dayName(at)}`).push({ series, slot: at.hour, amounts });
    }
  }

  private cellsOf(key: string): Cell[] {
    const cells = this.cells.get(key) ?? [];
    this.cells.set(key, cells);
    return cells;
  }

  private async read(key: string): Promise<readonly Cell[]> {
    this.reads.push(key);
    this.inFlightMost = Math.max(this.inFlightMost, ++this.inFlight);
    try {
      await this.gate;
      return this.cells.get(key) ?? [];
    } finally {
      this.inFlight--;
    }
  }
}

/** A flight's load that counts: outbound from Zhengzhou unless the facts say otherwise. */
export function airLoad(time: string, weightGrams: number, facts: Partial<EventFacts> = {}): Movement {
  return {
    system: 'air',
    time,
    facts: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      direction: 'outbound',
      corridor: 'air',
      unit: { type: 'flight' },
      quantities: { weightGrams },
      ...facts,
    },
  };
}

/** A container on a train that counts, outbound from Zhengzhou to Germany unless the facts say otherwise. */
export function railContainer(time: string, facts: Partial<EventFacts> = {}): Movement {
  return {
    system: 'rail',
    time,
    facts: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      direction: 'outbound',
      corridor: 'land',
      partner: 'DE',
      unit: { type: 'container' },
      quantities: { teuHundredths: 200, weightGrams: 20_000_000 },
      ...facts,
    },
  };
}
