/**
 * The status codes of air cargo, as Cargo-IMP, Cargo-XML and ONE Record share them, and what each says here.
 *
 * A consignment passes through most of these on one flight, and it is counted at one of them: DEP out and RCF in. ARR tells of the
 * aircraft and RCF of the cargo, so ARR has a milestone of its own that counts nowhere. A booking is not a movement.
 * @see IATA Cargo-IMP FSU; infra/decisions/0012-counted-at-dep-and-rcf.md
 */
import type { Classifier } from '@landbridge/domain';

export interface AirStatus {
  /** Kebab case; only `departed` and `arrived` are milestones at which air cargo counts. */
  readonly milestone: string;
  readonly classifier: Classifier;
  /** In which direction it counts, for the two that do. */
  readonly counts?: 'outbound' | 'inbound';
  /** Which end of a movement its airport is, where nothing else is known of the movement. */
  readonly end?: 'origin' | 'destination';
}

const actual = 'actual';
const planned = 'planned';
const origin = 'origin';
const destination = 'destination';

/** By code. `OCI` and `OSI` are not here: they say something about the status before them, and are no statuses. */
export const airStatuses = {
  // At the shipper's end.
  BKD: { milestone: 'booked', classifier: planned, end: origin },
  DPU: { milestone: 'picked-up', classifier: actual, end: origin },
  FOH: { milestone: 'on-hand', classifier: actual, end: origin },
  DOC: { milestone: 'documents-received', classifier: actual },
  RCS: { milestone: 'received', classifier: actual, end: origin },
  FIW: { milestone: 'warehouse-in', classifier: actual },
  FOW: { milestone: 'warehouse-out', classifier: actual },
  PRE: { milestone: 'prepared', classifier: actual, end: origin },
  MAN: { milestone: 'manifested', classifier: actual, end: origin },
  DEP: { milestone: 'departed', classifier: actual, counts: 'outbound', end: origin },
  // From carrier to carrier.
  TRM: { milestone: 'transfer-planned', classifier: planned },
  TFD: { milestone: 'transferred', classifier: actual },
  RCT: { milestone: 'received-by-transfer', classifier: actual },
  // At the consignee's end.
  ARR: { milestone: 'flight-arrived', classifier: actual, end: destination },
  RCF: { milestone: 'arrived', classifier: actual, counts: 'inbound', end: destination },
  AWR: { milestone: 'documents-arrived', classifier: actual, end: destination },
  NFD: { milestone: 'notified', classifier: actual, end: destination },
  AWD: { milestone: 'documents-delivered', classifier: actual, end: destination },
  DLV: { milestone: 'delivered', classifier: actual, end: destination },
  DDL: { milestone: 'delivered-to-door', classifier: actual, end: destination },
  // Customs, and what went wrong.
  CRC: { milestone: 'reported-to-customs', classifier: actual },
  TGC: { milestone: 'handed-to-customs', classifier: actual },
  CCD: { milestone: 'released', classifier: actual },
  DIS: { milestone: 'discrepancy', classifier: actual },
} as const satisfies Readonly<Record<string, AirStatus>>;

const byCode: ReadonlyMap<string, AirStatus> = new Map(Object.entries(airStatuses));

/** The status of a code. An unknown one is kept under its own name: `XYZ` is the milestone `fsu-xyz`, which counts nowhere. */
export function airStatusOf(code: string): AirStatus {
  return byCode.get(code) ?? { milestone: `fsu-${code.toLowerCase()}`, classifier: actual };
}

const codes: ReadonlyMap<string, string> = new Map(
  Object.entries(airStatuses).map(([code, { milestone }]) => [milestone, code]),
);

/** The code of a milestone, as `airStatusOf` reads it; undefined where air has no such status. */
export function airStatusCodeOf(milestone: string): string | undefined {
  return codes.get(milestone) ?? /^fsu-([a-z]{3})$/.exec(milestone)?.[1]?.toUpperCase();
}
