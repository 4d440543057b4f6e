/** Messages that show DCSA Track & Trace at Zhengzhou, and each fault that a sender can make. */
import type { FormatSample } from '../format-sample.js';

const load = {
  eventID: '0b6c2a52-3f0e-4f5c-9a3c-6d1f2c7e4a10',
  eventCreatedDateTime: '2026-03-03T02:00:00Z',
  eventType: 'EQUIPMENT',
  eventClassifierCode: 'ACT',
  eventDateTime: '2026-03-03T09:15:00+08:00',
  equipmentEventTypeCode: 'LOAD',
  equipmentReference: 'APZU4812090',
  ISOEquipmentCode: '45G1',
  emptyIndicatorCode: 'LADEN',
  eventLocation: { locationName: 'Zhengzhou Putian', UNLocationCode: 'CNZGZ' },
  transportCall: { modeOfTransport: 'RAIL', exportVoyageNumber: 'X8155' },
  documentReferences: [{ documentReferenceType: 'BKG', documentReferenceValue: 'ZIH4471120' }],
};

const departure = {
  eventID: '0b6c2a52-3f0e-4f5c-9a3c-6d1f2c7e4a11',
  eventCreatedDateTime: '2026-03-03T13:00:00Z',
  eventType: 'TRANSPORT',
  eventClassifierCode: 'ACT',
  eventDateTime: '2026-03-03T20:40:00+08:00',
  transportEventTypeCode: 'DEPA',
  transportCall: { UNLocationCode: 'CNZGZ', modeOfTransport: 'RAIL', exportVoyageNumber: 'X8155' },
  references: [
    { referenceType: 'EQ', referenceValue: 'APZU4812090' },
    { referenceType: 'EQ', referenceValue: 'CSQU3054383' },
  ],
};

const gateIn = {
  eventRouting: {
    originatingParty: { partyCode: 'ZIH', codeListProvider: 'SMDG', codeListName: 'LCL', partyFunction: 'CA' },
  },
  eventID: 'gate-in-APZU4812090-2026-03-02',
  eventDateTime: '2026-03-02T16:05:00+08:00',
  eventUpdatedDateTime: '2026-03-02T08:10:00Z',
  eventLocation: { UNLocationCode: 'CNZGZ', facilityTypeCode: 'INTE' },
  eventClassification: { eventTypeCode: 'EQUIPMENT', eventClassifierCode: 'ACT', equipmentEventTypeCode: 'GTIN' },
  equipmentDetails: { equipmentReference: 'APZU4812090', ISOEquipmentCode: '45G1', movementType: 'EXPORT' },
};

const booking = {
  eventID: 'booking-ZIH4471120-confirmed',
  eventDateTime: '2026-02-24T10:00:00+08:00',
  eventUpdatedDateTime: '2026-02-24T02:00:05Z',
  eventClassification: { eventType: 'SHIPMENT', eventClassifier: 'ACTUAL', shipmentEventType: 'CONFIRMED' },
  shipmentDetails: { documentReference: { type: 'BOOKING', reference: 'ZIH4471120' } },
};

const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
const invalid = (name: string, says: string, value: unknown): FormatSample => ({
  name,
  valid: false,
  says,
  text: json(value),
});

export const dcsaSamples: readonly FormatSample[] = [
  {
    name: 'equipment-loaded-2-2',
    valid: true,
    says: 'Version 2.2: container APZU4812090, forty feet, was loaded on train X8155 at Zhengzhou.',
    text: json([load]),
    eventsAccepted: 1,
  },
  {
    name: 'train-departed-2-2',
    valid: true,
    says: 'Version 2.2: train X8155 left Zhengzhou with two containers, which makes one event each.',
    text: json([departure]),
    eventsAccepted: 2,
  },
  {
    name: 'gate-in-3-0',
    valid: true,
    says: 'Version 3.0 with codes: the container came into the inland terminal for export.',
    text: json({ events: [gateIn] }),
    eventsAccepted: 1,
  },
  {
    name: 'booking-confirmed-3-0',
    valid: true,
    says: 'Version 3.0 with words: a booking was confirmed, which is planned and counts nowhere.',
    text: json({ events: [booking] }),
    eventsAccepted: 1,
  },
  {
    name: 'retraction-3-0',
    valid: true,
    says: 'Version 3.0: the gate-in of the same id never happened.',
    text: json({ events: [{ ...gateIn, eventUpdatedDateTime: '2026-03-02T09:00:00Z', isRetracted: true }] }),
    eventsAccepted: 1,
  },
  invalid('check-digit', 'The check digit of the container is 0 and not 1.', [
    { ...load, equipmentReference: 'APZU4812091' },
  ]),
  invalid('time-with-slashes', 'The time of the event is not RFC 3339.', [
    { ...load, eventDateTime: '2026/03/03 09:15:00 +08:00' },
  ]),
  invalid('time-missing', 'The event does not say when it happened.', [{ ...load, eventDateTime: undefined }]),
  invalid('classifier-unknown', 'Events are ACT, EST or PLN, and not DONE.', [
    { ...load, eventClassifierCode: 'DONE' },
  ]),
  invalid('classifier-missing', 'The event does not say whether it has happened.', [
    { ...load, eventClassifierCode: undefined },
  ]),
  invalid('kind-missing', 'The event does not say of which kind it is.', [{ ...load, eventType: undefined }]),
  invalid('code-missing', 'The event does not say what happened.', [{ ...load, equipmentEventTypeCode: undefined }]),
  invalid('container-missing', 'An equipment event without its container.', [
    { ...load, equipmentReference: undefined },
  ]),
  invalid('locode-malformed', 'Zhengzhou is no UN/LOCODE.', [
    { ...load, eventLocation: { UNLocationCode: 'Zhengzhou' } },
  ]),
  invalid('update-time-wrong', 'Version 3.0 orders the versions of an event by a time that is none here.', {
    events: [{ ...gateIn, eventUpdatedDateTime: 'yesterday' }],
  }),
  invalid('retraction-without-unit', 'Nobody can tell which container this takes back.', {
    events: [{ ...gateIn, isRetracted: true, equipmentDetails: undefined }],
  }),
  {
    name: 'equal-names',
    valid: false,
    says: 'The object holds eventID twice.',
    text: json([load]).replace('"eventType"', '"eventID": "another",\n    "eventType"'),
  },
  { name: 'not-json', valid: false, says: 'The list is not closed.', text: json([load]).slice(0, -1) },
];
