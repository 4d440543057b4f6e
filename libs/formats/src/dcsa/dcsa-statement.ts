/**
 * One event of DCSA Track & Trace, whatever its version, as one shape: 2.x is flat, 3.0 nests the same facts under what they are about,
 * and the drafts of 3.0 name them in two ways. Nothing is judged here but what makes the event unreadable.
 */
import { isUnLocode } from '@landbridge/domain';
import { bad, good, isObject, listOf, own, ownText, shown, type JsonObject, type Read } from '../json/json-values.js';
import { dcsaKinds, type DcsaKind } from './dcsa-codes.js';

export const dcsaRule = 'DCSA Track & Trace';

export interface DcsaStatement {
  readonly isVersion3: boolean;
  /** As it stands in the message; `OTHER` is a kind that the standard does not know. */
  readonly kind: DcsaKind | 'OTHER';
  readonly kindText: string;
  readonly status: string | undefined;
  readonly classifier: string | undefined;
  readonly eventId: string | undefined;
  /** Who made the event, of version 3: its id is unique among this party's only. */
  readonly party: string | undefined;
  readonly isRetracted: boolean;
  readonly time: unknown;
  readonly updated: unknown;
  readonly container: { readonly text: string; readonly path: string } | undefined;
  /** Containers that a transport event is about, by its references. */
  readonly linkedContainers: readonly string[];
  readonly sizeType: string | undefined;
  readonly documents: readonly { readonly type: string | undefined; readonly reference: string }[];
  readonly mode: string | undefined;
  readonly phase: string | undefined;
  readonly locode: string | undefined;
  readonly exportVoyage: string | undefined;
  readonly importVoyage: string | undefined;
  readonly vessel: string | undefined;
  readonly carrier: string | undefined;
  readonly call: string | undefined;
  /** Paths below the event of what a fault may name. */
  readonly paths: { readonly status: string; readonly classifier: string };
}

/** The facts of an event. Problems: invalid_message for what is no event, without a kind, or with a malformed UN/LOCODE. */
export function readStatement(value: unknown, path: string): Read<DcsaStatement> {
  if (!isObject(value))
    return bad({
      code: 'invalid_message',
      detail: `${shown(value)} is not an event`,
      path,
      rule: dcsaRule,
      expected: 'an object',
    });
  const nested = own(value, 'eventClassification');
  const isVersion3 = isObject(nested);
  const classification = isVersion3 ? nested : value;
  const kindText =
    ownText(classification, 'eventType') ?? ownText(classification, 'eventTypeCode') ?? ownText(value, 'eventType');
  const isRetracted = own(value, 'isRetracted') === true;
  if (kindText === undefined && !isRetracted)
    return bad({
      code: 'invalid_message',
      detail: 'the event does not say of which kind it is',
      path: `${path}${isVersion3 ? '.eventClassification.eventTypeCode' : '.eventType'}`,
      rule: dcsaRule,
      expected: `one of ${dcsaKinds.join(', ')}`,
    });
  const place = locodeOf(value, path);
  if (!place.ok) return place;
  const kind = dcsaKinds.find((known) => known === kindText) ?? 'OTHER';
  const lower = (kind === 'OTHER' ? (kindText ?? '') : kind).toLowerCase();
  const base = isVersion3 ? `${path}.eventClassification` : path;
  return good({
    isVersion3: isVersion3 || own(value, 'isRetracted') !== undefined,
    kind,
    kindText: kindText ?? 'OTHER',
    status: ownText(classification, `${lower}EventTypeCode`) ?? ownText(classification, `${lower}EventType`),
    classifier: ownText(classification, 'eventClassifierCode') ?? ownText(classification, 'eventClassifier'),
    eventId: ownText(value, 'eventID'),
    party: partyOf(value),
    isRetracted,
    time: own(value, 'eventDateTime'),
    updated: own(value, 'eventUpdatedDateTime'),
    container: containerOf(value, path),
    linkedContainers: linkedContainersOf(value),
    sizeType: ownText(value, 'ISOEquipmentCode') ?? ownText(own(value, 'equipmentDetails'), 'ISOEquipmentCode'),
    documents: documentsOf(value),
    ...callOf(value),
    phase:
      ownText(own(value, 'equipmentDetails'), 'movementType') ??
      ownText(own(value, 'equipmentDetails'), 'transportPhase'),
    locode: place.value,
    paths: {
      status: `${base}.${lower}EventTypeCode`,
      classifier: `${base}.eventClassifierCode`,
    },
  });
}

function containerOf(value: JsonObject, path: string): DcsaStatement['container'] {
  const flat = ownText(value, 'equipmentReference');
  if (flat !== undefined) return { text: flat, path: `${path}.equipmentReference` };
  const nested = ownText(own(value, 'equipmentDetails'), 'equipmentReference');
  return nested === undefined ? undefined : { text: nested, path: `${path}.equipmentDetails.equipmentReference` };
}

/** Version 2 has `references` of type `EQ`, version 3 shipment references of type `EQUIPMENT_REFERENCE`. */
function linkedContainersOf(value: JsonObject): readonly string[] {
  const flat = listOf(own(value, 'references'))
    .filter((reference) => ownText(reference, 'referenceType') === 'EQ')
    .map((reference) => ownText(reference, 'referenceValue'));
  const nested = listOf(own(own(value, 'shipmentDetails'), 'shipmentReferences'))
    .filter((reference) =>
      ['EQ', 'EQUIPMENT_REFERENCE'].includes(ownText(reference, 'type') ?? ownText(reference, 'typeCode') ?? ''),
    )
    .map((reference) => ownText(reference, 'reference'));
  return [...new Set([...flat, ...nested])].filter((text) => text !== undefined);
}

/** The document that the event is about comes first, then bookings, then others. */
function documentsOf(value: JsonObject): DcsaStatement['documents'] {
  const found: { readonly type: string | undefined; readonly reference: string }[] = [];
  const add = (type: string | undefined, reference: string | undefined): void => {
    if (reference !== undefined && !found.some((known) => known.reference === reference))
      found.push({ type, reference });
  };
  add(ownText(value, 'documentTypeCode'), ownText(value, 'documentID'));
  const shipment = own(value, 'shipmentDetails');
  for (const reference of [
    own(shipment, 'documentReference'),
    ...listOf(own(shipment, 'additionalDocumentReferences')),
  ])
    add(ownText(reference, 'typeCode') ?? ownText(reference, 'type'), ownText(reference, 'reference'));
  const flat = listOf(own(value, 'documentReferences'));
  for (const wanted of [true, false])
    for (const reference of flat) {
      const type = ownText(reference, 'documentReferenceType');
      if ((type === 'BKG') === wanted) add(type, ownText(reference, 'documentReferenceValue'));
    }
  return found;
}

type Call = Pick<DcsaStatement, 'mode' | 'exportVoyage' | 'importVoyage' | 'vessel' | 'carrier' | 'call'>;

function callOf(value: JsonObject): Call {
  const call = own(value, 'transportCall') ?? own(own(value, 'transportDetails'), 'transportCall');
  const vessel = own(call, 'vessel') ?? own(call, 'vesselTransport');
  const rail = own(call, 'railTransport');
  const voyage = (name: string): string | undefined =>
    ownText(own(call, `${name}OrReference`), 'carrierVoyageNumber') ?? ownText(call, name);
  return {
    mode: ownText(call, 'modeOfTransport'),
    exportVoyage: voyage('exportVoyageNumber') ?? ownText(rail, 'departureID') ?? ownText(call, 'carrierVoyageNumber'),
    importVoyage: voyage('importVoyageNumber') ?? ownText(rail, 'departureID') ?? ownText(call, 'carrierVoyageNumber'),
    vessel: ownText(vessel, 'vesselName'),
    carrier: ownText(vessel, 'vesselOperatorCarrierCode') ?? carrierPartyOf(value),
    call: ownText(call, 'transportCallID') ?? ownText(call, 'transportCallReference'),
  };
}

function originatingParties(value: JsonObject): readonly unknown[] {
  const routing = own(value, 'eventRouting');
  return [...listOf(own(routing, 'originatingParty')), ...listOf(own(routing, 'originatingParties'))];
}

/** `CA` is the carrier among the party functions of UN/EDIFACT 3035. */
function carrierPartyOf(value: JsonObject): string | undefined {
  const carrier = originatingParties(value).find((party) => ownText(party, 'partyFunction') === 'CA');
  return ownText(carrier, 'partyCode');
}

function partyOf(value: JsonObject): string | undefined {
  const names = originatingParties(value).map((party) =>
    ['codeListProvider', 'codeListName', 'partyCode']
      .map((name) => encodeURIComponent((ownText(party, name) ?? '').slice(0, 100).toWellFormed()))
      .join(':'),
  );
  return names.length === 0 ? undefined : names.toSorted().join(',');
}

/** Where it happened: the event's location, else that of the transport call. A facility code of BIC begins with its UN/LOCODE. */
function locodeOf(value: JsonObject, path: string): Read<string | undefined> {
  const call = own(value, 'transportCall') ?? own(own(value, 'transportDetails'), 'transportCall');
  const callPath =
    own(value, 'transportCall') === undefined ? `${path}.transportDetails.transportCall` : `${path}.transportCall`;
  const places: readonly (readonly [unknown, string])[] = [
    [own(value, 'eventLocation'), `${path}.eventLocation`],
    [call, callPath],
    [own(call, 'location'), `${callPath}.location`],
  ];
  for (const [holder, holderPath] of places) {
    const code = ownText(holder, 'UNLocationCode');
    if (code !== undefined && isUnLocode(code)) return good(code);
    if (code !== undefined)
      return bad({
        code: 'invalid_message',
        detail: `${shown(code)} is not a UN/LOCODE`,
        path: `${holderPath}.UNLocationCode`,
        rule: dcsaRule,
        expected: 'five characters such as CNCGO',
      });
  }
  for (const [holder] of places) {
    const facility = isObject(own(holder, 'facility')) ? own(holder, 'facility') : holder;
    const code = (ownText(facility, 'facilityCode') ?? '').slice(0, 5);
    if (ownText(facility, 'facilityCodeListProvider') === 'BIC' && isUnLocode(code)) return good(code);
  }
  return good(undefined);
}
