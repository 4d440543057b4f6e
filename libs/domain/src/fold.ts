/**
 * The fold: what an event adds to the cells, and what a later version of it takes out again.
 *
 * Goal: totals are a pure function of the log, so that re-delivery, rebuild and an independent recount give the same figures.
 * Choice: an event is turned into contributions (series, hour, amounts); per event id the newest version's contributions are
 * remembered, and a correction adds the new ones and subtracts the remembered ones. Versions are ordered by a rank, so corrections
 * that arrive before their original, re-posts and re-posts of a retracted event all end in the same state.
 * Refused: last-arrived-wins, because a carrier's delayed retry of the first version would undo its own correction.
 */
import type { EventFacts, System } from './event.js';
import { counts, meters, type Column, type Meter } from './measures.js';
import { hourIndexOf } from './period.js';
import { formatSeries } from './series.js';

/** What one event adds to one cell: `amounts` aligned with the meter's columns; `hour` counts local hours since 1970-01-01T00. */
export interface Contribution {
  readonly series: string;
  readonly hour: number;
  readonly amounts: readonly number[];
}

/** One version of an event: its rank among the versions of the same id, and what it contributes (nothing once retracted). */
export interface Version {
  readonly rank: number;
  readonly contributions: readonly Contribution[];
}

/** The largest revision an event may carry: the rank (twice the revision plus one) must stay an exact integer. */
export const revisionMax = 2 ** 51;

/** A retraction outranks the version that it retracts, and any higher revision outranks both. */
export function rankOf(revision: number, retracted: boolean): number {
  return 2 * revision + (retracted ? 1 : 0);
}

/** Whether a rank is that of a retraction. */
export function isRetraction(rank: number): boolean {
  return rank % 2 === 1;
}

const metersBySystem = new Map<System, readonly Meter[]>();
for (const meter of meters as readonly Meter[])
  metersBySystem.set(meter.system, [...(metersBySystem.get(meter.system) ?? []), meter]);

/**
 * What an event contributes, by the counting rules.
 * @param timeMs when it happened, epoch milliseconds; the cell is the hour of the hub's clock (Asia/Shanghai) that holds it.
 */
export function contributionsOf(system: System, timeMs: number, facts: EventFacts): readonly Contribution[] {
  const found: Contribution[] = [];
  for (const meter of metersBySystem.get(system) ?? []) {
    if (!counts(meter, system, facts)) continue;
    found.push({
      series: formatSeries(meter, facts),
      hour: hourIndexOf(timeMs),
      amounts: meter.columns.map((column) => amountOf(column, facts)),
    });
  }
  return found;
}

function amountOf(column: Column, facts: EventFacts): number {
  return column === 'units' ? 1 : (facts.quantities?.[column] ?? 0);
}

/** How an incoming version relates to the remembered one. `conflict`: same rank, other contributions; the first one stands. */
export type Outcome = 'applied' | 'replaced' | 'retracted' | 'duplicate' | 'stale' | 'conflict';

/** Every outcome, for counters that start at zero. */
export const outcomes: readonly Outcome[] = ['applied', 'replaced', 'retracted', 'duplicate', 'stale', 'conflict'];

/** Decides what an incoming version does, given the remembered one. Only the first three change totals. */
export function decide(known: Version | undefined, incoming: Version): Outcome {
  if (known && incoming.rank < known.rank) return 'stale';
  if (known && incoming.rank === known.rank)
    return sameContributions(known.contributions, incoming.contributions) ? 'duplicate' : 'conflict';
  if (isRetraction(incoming.rank)) return 'retracted';
  return known ? 'replaced' : 'applied';
}

/** Whether an outcome makes the incoming version the remembered one. */
export function supersedes(outcome: Outcome): boolean {
  return outcome === 'applied' || outcome === 'replaced' || outcome === 'retracted';
}

function sameContributions(a: readonly Contribution[], b: readonly Contribution[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => {
      const other = b[i]!;
      return (
        one.series === other.series &&
        one.hour === other.hour &&
        one.amounts.length === other.amounts.length &&
        one.amounts.every((amount, column) => amount === other.amounts[column])
      );
    })
  );
}
