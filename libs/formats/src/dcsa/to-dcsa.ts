/**
 * Canonical events back to DCSA Track & Trace 3.0, as far as that can say them: containers and bookings, not their sizes, and no partner.
 * The codes are the four letters, which every draft of 3.0 since the first reads.
 */
import { eventTypes, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { unknownMilestone } from '../unknown-milestone.js';
import { dcsaRows, type DcsaKind } from './dcsa-codes.js';

const classifierCodes = { actual: 'ACT', estimated: 'EST', planned: 'PLN' } as const;
const modeWords = { rail: 'RAIL', road: 'TRUCK', sea: 'VESSEL', air: undefined, post: undefined } as const;
const phases = { outbound: 'EXPORT', inbound: 'IMPORT', transit: undefined } as const;

/**
 * A message of one event, as JSON text, or undefined where DCSA has no words for it: other units than containers and consignments,
 * milestones without a code, modes such as air.
 */
export function toDcsa(event: CanonicalEvent): string | undefined {
  const { data, revision } = event;
  if (data === undefined) return undefined;
  const updated = revision === undefined ? undefined : updatedTimeOf(revision);
  const status = codeOf(data);
  if (status === undefined) return undefined;
  const mode = data.transport === undefined ? undefined : modeWords[data.transport.mode];
  if (data.transport !== undefined && mode === undefined) return undefined;
  if ((mode === 'RAIL') !== (event.type === eventTypes.rail)) return undefined;
  const { kind, code } = status;
  return JSON.stringify({
    events: [
      {
        eventID: event.id,
        eventDateTime: event.time,
        ...(updated === undefined ? {} : { eventUpdatedDateTime: updated }),
        ...(event.retracted ? { isRetracted: true } : {}),
        ...(data.place === undefined ? {} : { eventLocation: { UNLocationCode: data.place } }),
        eventClassification: {
          eventTypeCode: kind,
          eventClassifierCode: classifierCodes[data.classifier],
          [`${kind.toLowerCase()}EventTypeCode`]: code,
        },
        ...unitDetails(data),
        ...(data.transport === undefined ? {} : { transportDetails: { transportCall: callOf(data.transport, mode) } }),
      },
    ],
  });
}

/** The reverse of `revisionAt`: the second that the revision counts, or undefined for one that no time makes. */
function updatedTimeOf(revision: number): string | undefined {
  const timeMs = Date.UTC(2000, 0, 1) + revision * 1_000;
  return revision > 0 && timeMs < Date.UTC(2100, 0, 1) ? new Date(timeMs).toISOString() : undefined;
}

/** Kinds in the order in which they are tried: what moves before what is written about it. */
const kindsOf = { container: ['TRANSPORT', 'EQUIPMENT', 'REEFER'], consignment: ['TRANSPORT', 'SHIPMENT'] } as const;

/** What only the type of the document tells: the code and that type. */
const paperCodes: ReadonlyMap<string, readonly [code: string, documentType: string]> = new Map([
  ['booked', ['CONF', 'BKG']],
  ['held', ['HOLD', 'CUS']],
  ['released', ['RELS', 'CUS']],
]);

function codeOf({ milestone, unit }: EventData): { readonly kind: DcsaKind; readonly code: string } | undefined {
  if (unit.type !== 'container' && unit.type !== 'consignment') return undefined;
  const paper = unit.type === 'consignment' ? paperCodes.get(milestone) : undefined;
  if (paper !== undefined) return { kind: 'SHIPMENT', code: paper[0] };
  for (const kind of kindsOf[unit.type]) {
    const row = dcsaRows[kind].find(([code, , known]) => (known ?? unknownMilestone('dcsa', code)) === milestone);
    if (row !== undefined) return { kind, code: row[0] };
  }
  return undefined;
}

function unitDetails({ unit, links = [], direction, milestone }: EventData): object {
  const papers = links
    .filter(({ type }) => type === 'consignment')
    .map(({ id }) => ({ typeCode: 'TRD', reference: id }));
  const containers = links
    .filter(({ type }) => type === 'container')
    .map(({ id }) => ({ typeCode: 'EQ', reference: id }));
  const own =
    unit.type === 'container' ? [] : [{ typeCode: paperCodes.get(milestone)?.[1] ?? 'TRD', reference: unit.id }];
  const [documentReference, ...additionalDocumentReferences] = [...own, ...papers];
  const phase = phases[direction];
  return {
    ...(unit.type === 'container'
      ? { equipmentDetails: { equipmentReference: unit.id, ...(phase === undefined ? {} : { movementType: phase }) } }
      : {}),
    ...(documentReference === undefined && containers.length === 0
      ? {}
      : {
          shipmentDetails: {
            ...(documentReference === undefined ? {} : { documentReference }),
            ...(additionalDocumentReferences.length === 0 ? {} : { additionalDocumentReferences }),
            ...(containers.length === 0 ? {} : { shipmentReferences: containers }),
          },
        }),
  };
}

function callOf({ carrier, service, vessel }: NonNullable<EventData['transport']>, mode: string | undefined): object {
  return {
    modeOfTransport: mode,
    ...(service === undefined ? {} : { exportVoyageNumberOrReference: { carrierVoyageNumber: service } }),
    ...(vessel === undefined && carrier === undefined
      ? {}
      : {
          vesselTransport: {
            ...(vessel === undefined ? {} : { vesselName: vessel }),
            ...(carrier === undefined ? {} : { vesselOperatorCarrierCode: carrier }),
          },
        }),
  };
}
