/**
 * The event codes of DCSA Track & Trace and the milestones that they stand for.
 *
 * Version 2.x and the first drafts of 3.0 write four letters (`LOAD`), later drafts whole words (`LOADED`); both are read. A code
 * without a milestone here is known to the standard but to no counting rule: it is kept as `dcsa-<code>`, as every code that is not
 * listed. Counted once: a container counts at `arrived` and `departed`, which only transport events say; being loaded or gated out are
 * others.
 * @see DCSA Track & Trace 2.2 and 3.0, schemas `EventClassification`, `shipmentEventTypeCode`, `documentTypeCode`
 */
import type { Classifier, Milestone } from '@landbridge/domain';
import { unknownMilestone } from '../unknown-milestone.js';

/** The kinds of event; the last two tell of sensors. */
export const dcsaKinds = ['SHIPMENT', 'TRANSPORT', 'EQUIPMENT', 'IOT', 'REEFER'] as const;
export type DcsaKind = (typeof dcsaKinds)[number];

type Row = readonly [code: string, word: string, milestone?: Milestone];

const equipment: readonly Row[] = [
  ['LOAD', 'LOADED', 'loaded'],
  ['DISC', 'DISCHARGED', 'discharged'],
  ['GTIN', 'GATED_IN', 'gate-in'],
  ['GTOT', 'GATED_OUT', 'gate-out'],
  ['STUF', 'STUFFED'],
  ['STRP', 'STRIPPED'],
  ['PICK', 'PICKED_UP'],
  ['DROP', 'DROPPED_OFF'],
  ['INSP', 'INSPECTED'],
  ['RSEA', 'RESEALED'],
  ['RMVD', 'REMOVED'],
  ['AVDO', 'AVAILABLE_FOR_DROP_OFF'],
  ['AVPU', 'AVAILABLE_FOR_PICKUP'],
  ['CROS', 'CROSSED', 'border-crossed'],
  ['CUSR', 'CUSTOMS_RELEASED', 'released'],
  ['CUSI', 'CUSTOMS_SELECTED_FOR_INSPECTION', 'held'],
  ['CUSS', 'CUSTOMS_SELECTED_FOR_SCAN', 'held'],
];

const transport: readonly Row[] = [
  ['ARRI', 'ARRIVED', 'arrived'],
  ['DEPA', 'DEPARTED', 'departed'],
  ['APPROACHING', 'APPROACHING'],
];

const shipment: readonly Row[] = [
  ['RECE', 'RECEIVED'],
  ['DRFT', 'DRAFTED'],
  ['PENA', 'PENDING_APPROVAL'],
  ['PENU', 'PENDING_UPDATE'],
  ['PENC', 'PENDING_CONFIRMATION'],
  ['PENM', 'PENDING_AMENDMENT'],
  ['CONF', 'CONFIRMED'],
  ['REJE', 'REJECTED'],
  ['APPR', 'APPROVED'],
  ['ISSU', 'ISSUED'],
  ['SURR', 'SURRENDERED'],
  ['SUBM', 'SUBMITTED'],
  ['VOID', 'VOIDED'],
  ['REQS', 'REQUESTED'],
  ['CMPL', 'COMPLETED'],
  ['HOLD', 'ON_HOLD'],
  ['RELS', 'RELEASED'],
  ['CANC', 'CANCELLED'],
  ['DECL', 'DECLINED'],
  ['AMCF', 'AMENDMENT_CONFIRMED'],
  ['AMCN', 'AMENDMENT_CANCELLED'],
  ['AMDC', 'AMENDMENT_DECLINED'],
  ['AMPR', 'AMENDMENT_IN_PROGRESS'],
  ['AMRE', 'AMENDMENT_RECEIVED'],
  ['CACF', 'CANCELLATION_CONFIRMED'],
  ['CADC', 'CANCELLATION_DECLINED'],
  ['CARE', 'CANCELLATION_RECEIVED'],
  ['PSAM', 'PENDING_SURRENDER_FOR_AMENDMENT'],
  ['PSDL', 'PENDING_SURRENDER_FOR_DELIVERY'],
  ['SUAM', 'SURRENDERED_FOR_AMENDMENT'],
  ['SUDL', 'SURRENDERED_FOR_DELIVERY'],
  ['UPCF', 'UPDATE_CONFIRMED'],
  ['UPCN', 'UPDATE_CANCELLED'],
  ['UPDC', 'UPDATE_DECLINED'],
  ['UPDT', 'UPDATE_IN_PROGRESS'],
  ['UPRE', 'UPDATE_RECEIVED'],
];

const reefer: readonly Row[] = [
  ['MEAS', 'MEASURED'],
  ['ADJU', 'ADJUSTED'],
];

/** All rows by kind of event. IoT events have words only (`DOOR_OPENED`), and all of them are unknown to the rules. */
export const dcsaRows: Readonly<Record<DcsaKind, readonly Row[]>> = {
  SHIPMENT: shipment,
  TRANSPORT: transport,
  EQUIPMENT: equipment,
  IOT: [],
  REEFER: reefer,
};

const byText: Readonly<Record<DcsaKind, ReadonlyMap<string, Row>>> = {
  SHIPMENT: index(shipment),
  TRANSPORT: index(transport),
  EQUIPMENT: index(equipment),
  IOT: new Map(),
  REEFER: index(reefer),
};

function index(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.flatMap((row) => [[row[0], row] as const, [row[1], row] as const]));
}

export interface DcsaStatus {
  /** The four letters where there are some. */
  readonly code: string;
  readonly milestone: string;
  /** True for what is booked and has not happened yet, whatever the classifier says. */
  readonly isBooking: boolean;
}

const bookings: ReadonlySet<string> = new Set(['BKG', 'BOOKING', 'CBR', 'CARRIER_BOOKING_REQUEST']);
const customs: ReadonlySet<string> = new Set(['CUS', 'CUSTOMS_CLEARANCE']);

/**
 * The status of an event by its code or word. The confirmation of a booking is `booked`; hold and release of a customs document are
 * `held` and `released`, while other documents that are released mean nothing to the goods.
 * @param documentType of shipment events, in either spelling
 */
export function dcsaStatusOf(kind: DcsaKind, text: string, documentType?: string): DcsaStatus {
  const row = byText[kind].get(text);
  const code = row?.[0] ?? text;
  if (kind === 'SHIPMENT' && documentType !== undefined) {
    if (code === 'CONF' && bookings.has(documentType)) return { code, milestone: 'booked', isBooking: true };
    if (code === 'HOLD' && customs.has(documentType)) return { code, milestone: 'held', isBooking: false };
    if (code === 'RELS' && customs.has(documentType)) return { code, milestone: 'released', isBooking: false };
  }
  return { code, milestone: row?.[2] ?? unknownMilestone('dcsa', code), isBooking: false };
}

/** Classifiers in both spellings. */
export const dcsaClassifiers: ReadonlyMap<string, Classifier> = new Map([
  ['ACT', 'actual'],
  ['ACTUAL', 'actual'],
  ['EST', 'estimated'],
  ['ESTIMATED', 'estimated'],
  ['PLN', 'planned'],
  ['PLANNED', 'planned'],
]);
