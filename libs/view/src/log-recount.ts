/**
 * Counts the records of one partition again, from scratch and in the plainest way: one map of ids, one map of months.
 *
 * Goal: to find an error of the view, wherever it was made. So it shares nothing with the fold but the statement of what is to be counted
 * (the event check, the table of meters, the names of series): it parses each record as JSON, knows no canonical bytes, packs nothing,
 * keeps no buckets, and decides by comparing ranks. It has no window either: an id is known for as long as the count goes on.
 *
 * Memory is bounded by counting in slices: the log is read once for each, and a slice takes only the ids whose hash falls into it. The
 * ids of one slice are held at a time; the months add up over all of them.
 */
import { hash } from 'node:crypto';
import { checkEvent, systemOfTopic, type CheckedEvent } from '@landbridge/contracts';
import { counts, formatSeries, meters, type Meter, type SnapshotCell } from '@landbridge/domain';
import type { KafkaMessage } from 'kafkajs';

/** One of `of` disjoint sets of ids; `index` counts from 0. */
export interface Slice {
  readonly index: number;
  readonly of: number;
}

interface Month {
  readonly year: number;
  readonly month: number;
  readonly series: string;
  readonly amounts: number[];
}

interface KnownVersion {
  readonly rank: number;
  readonly receivedMs: number;
  readonly adds: readonly { readonly month: Month; readonly amounts: readonly number[] }[];
}

/** The hub's clock is eight hours ahead of UTC, with no daylight saving since the first year that an event may have. */
const hubAheadMs = 8 * 3_600_000;
const identityBytes = 16;
/** What two bytes of a hash can tell apart: the most slices. */
export const slicesMax = 65_536;

export class LogRecount {
  private readonly months = new Map<string, Month>();
  private readonly versions = new Map<string, KnownVersion>();
  private slice: Slice = { index: 0, of: 1 };
  private newestReceivedMs = 0;
  private late = 0;

  /** @param windowMs how long the view remembers an id: versions that come later are counted in `lateVersions` */
  constructor(
    private readonly topic: string,
    private readonly windowMs: number,
  ) {}

  /** Begins a slice: the whole log is to be taken once more. */
  begin(slice: Slice): void {
    this.slice = slice;
    this.versions.clear();
    this.newestReceivedMs = 0;
  }

  /** Versions of an id that came after the view may have forgotten it: the view then counted them as new. */
  get lateVersions(): number {
    return this.late;
  }

  /** The cells of months counted so far. */
  get cells(): SnapshotCell[] {
    return [...this.months.values()].map(({ year, month, series, amounts }) => ({
      bucket: { kind: 'year', year },
      slot: month,
      series,
      amounts,
    }));
  }

  /** Counts the next record. What no check lets pass counts nothing: it is a dead letter. */
  take({ value, timestamp }: Pick<KafkaMessage, 'value' | 'timestamp'>): void {
    this.newestReceivedMs = Math.max(this.newestReceivedMs, Number(timestamp));
    const checked = eventOf(this.topic, value);
    if (!checked) return;
    const { event, rank } = checked;
    const digest = hash('sha256', JSON.stringify([event.tenant ?? '', event.source, event.id]), 'buffer');
    if (digest.readUInt16LE() % this.slice.of !== this.slice.index) return;
    // Out of the bytes, because a slice of a longer text would keep all of it in memory.
    const id = digest.toString('latin1', 0, identityBytes);
    const known = this.versions.get(id);
    if (known && this.newestReceivedMs - known.receivedMs > this.windowMs) this.late += 1;
    if (known && rank <= known.rank) return;

    const adds = event.retracted ? [] : this.addsOf(checked);
    // Sums stay exact integers: the fold puts such an event aside, too.
    if (
      !adds.every(({ month, amounts }) =>
        amounts.every((amount, i) => Number.isSafeInteger(month.amounts[i]! + amount)),
      )
    )
      return;
    for (const { month, amounts } of known?.adds ?? []) amounts.forEach((amount, i) => (month.amounts[i]! -= amount));
    for (const { month, amounts } of adds) amounts.forEach((amount, i) => (month.amounts[i]! += amount));
    this.versions.set(id, { rank, receivedMs: this.newestReceivedMs, adds });
  }

  private addsOf({ system, timeMs, facts }: CheckedEvent): { month: Month; amounts: number[] }[] {
    if (!facts) return [];
    const onHubClock = new Date(timeMs + hubAheadMs);
    return (meters as readonly Meter[])
      .filter((meter) => counts(meter, system, facts))
      .map((meter) => ({
        month: this.month(onHubClock.getUTCFullYear(), onHubClock.getUTCMonth() + 1, formatSeries(meter, facts), meter),
        amounts: meter.columns.map((column) => (column === 'units' ? 1 : (facts.quantities?.[column] ?? 0))),
      }));
  }

  private month(year: number, month: number, series: string, meter: Meter): Month {
    const key = `${year}-${month}|${series}`;
    let held = this.months.get(key);
    if (!held) this.months.set(key, (held = { year, month, series, amounts: meter.columns.map(() => 0) }));
    return held;
  }
}

/** A record's event where it is one that counts on this topic. */
function eventOf(topic: string, value: Buffer | null): CheckedEvent | undefined {
  if (value === null) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
  const checked = checkEvent(parsed);
  return checked.ok && checked.system === systemOfTopic(topic) ? checked : undefined;
}
