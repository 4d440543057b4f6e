/**
 * How good a carrier's data is: what is counted of it, and the score that it adds up to.
 *
 * The score is for a conversation with the carrier, so each of its four parts can be recomputed by hand from the counts beside it, and the
 * weights stand here. Refused: a trained model, which nobody could argue with.
 */
import type { UnitType } from './event.js';
import { milestones } from './event.js';

/** Upper bounds, in seconds from when it happened to its receipt; what is later than the last is counted beyond it. */
export const latenessBoundsSeconds = [60, 600, 3_600, 21_600, 86_400, 604_800] as const;
/** An actual event is in time when it is received within an hour. */
const inTimeSeconds = 3_600;

/** The counts of one carrier over some time. All are numbers of events, but `expected` and `missing`, which are milestones of units. */
export interface QualityCounts {
  readonly accepted: number;
  /** Accepted events that replaced or took back an earlier version. */
  readonly corrected: number;
  readonly rejected: number;
  /** Actual events by lateness, one more than there are bounds. */
  readonly lateness: readonly number[];
  /** Milestones that another one had to come before, and how many of these have none. */
  readonly expected: number;
  readonly missing: number;
}

/** The parts of a score, each a share from 0 to 1, or null where nothing was counted that it could be a share of. */
export interface QualityScore {
  /** From 0 to 100, to one decimal; null where nothing was counted at all. */
  readonly score: number | null;
  readonly acceptance: number | null;
  readonly timeliness: number | null;
  readonly completeness: number | null;
  readonly stability: number | null;
}

/** What each part weighs; a part that is null leaves its weight to the others. */
export const qualityWeights = { acceptance: 0.4, timeliness: 0.3, completeness: 0.2, stability: 0.1 } as const;
type Part = keyof typeof qualityWeights;

/**
 * The score of some counts: 100 times the weighted mean of
 * acceptance = accepted / (accepted + rejected), timeliness = actual events within an hour / actual events,
 * completeness = 1 - missing / expected milestones, stability = 1 - corrected / accepted.
 */
export function qualityScore(counts: QualityCounts): QualityScore {
  const actual = counts.lateness.reduce((sum, events) => sum + events, 0);
  const inTime = counts.lateness
    .slice(0, latenessBoundsSeconds.indexOf(inTimeSeconds) + 1)
    .reduce((sum, events) => sum + events, 0);
  const parts: { readonly [part in Part]: number | null } = {
    acceptance: share(counts.accepted, counts.accepted + counts.rejected),
    timeliness: share(inTime, actual),
    // A day can end between a milestone and the one that it lacked, so that the second day seems to lack less than nothing.
    completeness: share(counts.expected - Math.max(0, counts.missing), counts.expected),
    stability: share(counts.accepted - counts.corrected, counts.accepted),
  };
  let weighted = 0;
  let weights = 0;
  for (const part of Object.keys(parts) as Part[]) {
    const value = parts[part];
    if (value === null) continue;
    weighted += qualityWeights[part] * value;
    weights += qualityWeights[part];
  }
  return { score: weights === 0 ? null : Math.round((1_000 * weighted) / weights) / 10, ...parts };
}

function share(part: number, whole: number): number | null {
  return whole <= 0 ? null : Math.min(1, Math.max(0, part / whole));
}

/** The place of a lateness among the bounds; an event that happens after its receipt (a clock that is ahead) is not late. */
export function latenessBucket(seconds: number): number {
  const found = latenessBoundsSeconds.findIndex((bound) => seconds <= bound);
  return found < 0 ? latenessBoundsSeconds.length : found;
}

/** One milestone of a unit, and those of which one must have been reported as well: whoever reports an arrival knows of it. */
export interface MilestoneExpectation {
  readonly milestone: (typeof milestones)[number];
  readonly oneOf: readonly (typeof milestones)[number][];
}

/** What a unit's milestones say about those that are missing. Units of other types are not looked at. */
export const milestoneExpectations: { readonly [type in UnitType]?: readonly MilestoneExpectation[] } = {
  awb: [
    { milestone: 'departed', oneOf: ['received', 'booked', 'manifested'] },
    { milestone: 'delivered', oneOf: ['arrived', 'released'] },
  ],
  container: [
    { milestone: 'departed', oneOf: ['loaded', 'gate-in'] },
    { milestone: 'gate-out', oneOf: ['gate-in', 'arrived', 'discharged', 'unloaded'] },
  ],
  parcel: [{ milestone: 'delivered', oneOf: ['released', 'arrived'] }],
  declaration: [{ milestone: 'released', oneOf: ['declared'] }],
};

/** The bit of a milestone in a set of them, or 0 for a word that no rule knows. */
export function milestoneBit(milestone: string): number {
  const index = (milestones as readonly string[]).indexOf(milestone);
  return index < 0 ? 0 : 2 ** index;
}

/** The expectations of a unit type as pairs of bits: of the milestone, and of those that may come before it. */
export function expectationBits(type: UnitType): readonly (readonly [milestone: number, oneOf: number])[] {
  return (milestoneExpectations[type] ?? []).map(({ milestone, oneOf }) => [
    milestoneBit(milestone),
    oneOf.reduce((bits, name) => bits + milestoneBit(name), 0),
  ]);
}
