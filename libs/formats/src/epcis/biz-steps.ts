/**
 * Business steps of the Core Business Vocabulary and the milestones that they stand for. A step without one is kept as `epcis-<step>`.
 *
 * Counted once: `departed` and `arrived` count. CBV lets a sender tell a whole outbound process as `shipping` or its parts up to
 * `departing`, and never both of one movement. `receiving` comes after `arriving`, so it is another milestone. `void_shipping` is no
 * correction: it names no event that it takes back. An error declaration does.
 * @see GS1 CBV 2.0 section 7.1
 */
import type { Milestone } from '@landbridge/domain';
import { unknownMilestone } from '../unknown-milestone.js';

/** All steps of CBV 2.0; undefined where no counting rule knows of it. */
export const bizSteps = {
  accepting: 'received',
  arriving: 'arrived',
  assembling: undefined,
  collecting: undefined,
  commissioning: undefined,
  consigning: undefined,
  creating_class_instance: undefined,
  cycle_counting: undefined,
  decommissioning: undefined,
  departing: 'departed',
  destroying: undefined,
  disassembling: undefined,
  dispensing: undefined,
  encoding: undefined,
  entering_exiting: undefined,
  holding: 'held',
  inspecting: undefined,
  installing: undefined,
  killing: undefined,
  loading: 'loaded',
  other: undefined,
  packing: undefined,
  picking: undefined,
  receiving: 'received',
  removing: undefined,
  repackaging: undefined,
  repairing: undefined,
  replacing: undefined,
  reserving: undefined,
  retail_selling: undefined,
  sampling: undefined,
  sensor_reporting: undefined,
  shipping: 'departed',
  staging_outbound: undefined,
  stock_taking: undefined,
  stocking: undefined,
  storing: undefined,
  transporting: undefined,
  unloading: 'unloaded',
  unpacking: undefined,
  void_shipping: undefined,
} as const satisfies Readonly<Record<string, Milestone | undefined>>;

const milestoneByStep: ReadonlyMap<string, Milestone | undefined> = new Map(Object.entries(bizSteps));

/** The short word of a step in any of its spellings, or undefined for one of a sender's own. */
export function cbvWordOf(bizStep: string): string | undefined {
  const word =
    /^(?:urn:epcglobal:cbv:bizstep:|(?:https?:\/\/(?:ref|ns)\.gs1\.org\/cbv\/|cbv:)BizStep-)?([a-z_]+)$/.exec(
      bizStep,
    )?.[1];
  return word !== undefined && milestoneByStep.has(word) ? word : undefined;
}

/** The milestone of a step; of a sender's own step, a URI, the milestone after its last part. */
export function milestoneOfStep(bizStep: string): string {
  const word = cbvWordOf(bizStep);
  const known = word === undefined ? undefined : milestoneByStep.get(word);
  if (known !== undefined) return known;
  return unknownMilestone('epcis', word ?? /[^/#:]+$/.exec(bizStep.slice(-200))?.[0] ?? 'step');
}

/** The step that says a milestone: the narrower one where two do. */
export function stepOfMilestone(milestone: string): string | undefined {
  const narrow: Readonly<Partial<Record<string, string>>> = { departed: 'departing', received: 'receiving' };
  if (Object.hasOwn(narrow, milestone)) return narrow[milestone];
  for (const [word, known] of milestoneByStep)
    if ((known ?? unknownMilestone('epcis', word)) === milestone) return word;
  return undefined;
}
