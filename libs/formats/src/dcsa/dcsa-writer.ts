/**
 * Canonical events back to DCSA Track & Trace 3.0, as far as that can say them: containers and bookings, not their sizes, and no partner.
 * The codes are the four letters, which every draft of 3.0 since the first reads.
 */
import { eventTypes, type EventData } from '@landbridge/contracts';
import { madeAtOf } from '../event-identity.js';
import { asOneMessage, said, unsayable, type EventToWrite, type Said, type Writing } from '../message-writing.js';
import { unknownMilestone } from '../unknown-milestone.js';
import { dcsaRows, type DcsaKind } from './dcsa-codes.js';

export const dcsaWriting: Writing = {
  fromEvents: true,
  write: (items) => asOneMessage(items, objectOf, (events) => JSON.stringify({ events })),
};

const classifierCodes = { actual: 'ACT', estimated: 'EST', planned: 'PLN' } as const;
const modeWords = { rail: 'RAIL', road: 'TRUCK', sea: 'VESSEL', air: undefined, post: undefined } as const;
const phases = { outbound: 'EXPORT', inbound: 'IMPORT', transit: undefined } as const;

function objectOf({ event }: EventToWrite): Said<object> {
  const { data, revision } = event;
  if (data === undefined)
    return unsayable('$.data', 'a retraction in DCSA repeats unit and status, and they are not told');
  const { unit, milestone, transport } = data;
  if (unit.type !== 'container' && unit.type !== 'consignment')
    return unsayable('$.data.unit.type', `DCSA is about containers and documents, and about no ${unit.type}`);
  const status = codeOf(milestone, unit.type);
  if (status === undefined) return unsayable('$.data.milestone', `DCSA has no code for ${milestone} of a ${unit.type}`);
  const mode = transport === undefined ? undefined : modeWords[transport.mode];
  if (transport !== undefined && mode === undefined)
    return unsayable('$.data.transport.mode', `DCSA has no carriage by ${transport.mode}`);
  if ((mode === 'RAIL') !== (event.type === eventTypes.rail))
    return unsayable('$.type', 'in DCSA the mode of carriage tells the railway\u2019s events from the port\u2019s');
  const updated = revision === undefined ? undefined : madeAtOf(revision);
  const { kind, code } = status;
  return said({
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
    ...(transport === undefined ? {} : { transportDetails: { transportCall: callOf(transport, mode) } }),
  });
}

/** Kinds in the order in which they are tried: what moves before what is written about it. */
const kindsOf = { container: ['TRANSPORT', 'EQUIPMENT', 'REEFER'], consignment: ['TRANSPORT', 'SHIPMENT'] } as const;

/** What only the type of the document tells: the code and that type. */
const paperCodes: ReadonlyMap<string, readonly [code: string, documentType: string]> = new Map([
  ['booked', ['CONF', 'BKG']],
  ['held', ['HOLD', 'CUS']],
  ['released', ['RELS', 'CUS']],
]);

function codeOf(
  milestone: string,
  unitType: 'container' | 'consignment',
): { readonly kind: DcsaKind; readonly code: string } | undefined {
  const paper = unitType === 'consignment' ? paperCodes.get(milestone) : undefined;
  if (paper !== undefined) return { kind: 'SHIPMENT', code: paper[0] };
  for (const kind of kindsOf[unitType]) {
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
