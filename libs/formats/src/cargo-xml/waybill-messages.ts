/**
 * Waybills as bookings: what is planned for a consignment before anything happened to it. They count nowhere.
 *
 * The time is that of the first planned flight, and without one the day on which the carrier signed; both are local and midnight stands for
 * "no time", which is kept as it is. When the message was issued is when it was sent and not when anything was or will be.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { airEvent, type AirReport } from '../air-event.js';
import { airStatuses } from '../air-statuses.js';
import { eventIdOf } from '../event-identity.js';
import { piece } from '../exact-quantity.js';
import type { ReadContext } from '../message-format.js';
import type { Place } from '../places/places.js';
import type { ZonedTime } from '../places/local-time.js';
import { withoutUndefined, type MessageEntry } from '../xml/message-entry.js';
import { timeOf } from '../xml/xml-time.js';
import { awbAt, awbOf, correctionOf, knownPlaceOf, placeAt, weightOf } from './consignment.js';
import { flightOf } from './flight.js';

/** XFWB: the air waybill is booked. Refusals: invalid_message, check_digit, unknown_place, time_missing, invalid_time. */
export function readMasterWaybill(message: MessageEntry, context: ReadContext): CanonicalEvent {
  const number = message.find('BusinessHeaderDocument', 'ID');
  if (number === undefined)
    return message.refuse({ detail: 'BusinessHeaderDocument/ID is missing', expected: 'an air waybill number' });
  const awb = awbAt(message, number);
  const master = message.part('MasterConsignment');
  return airEvent(context, {
    ...bookingOf(message, master, master),
    ...correctionOf(message),
    id: eventIdOf('cargo-xml', [awb, 'waybill', signedDay(message)]),
    awb,
  });
}

/**
 * XFZB: the house waybill is booked, as a consignment of its own linked to its air waybill. Pieces, weight and ends are the house's; the
 * master's stand beside them for all houses together.
 */
export function readHouseWaybill(message: MessageEntry, context: ReadContext): CanonicalEvent {
  const master = message.part('MasterConsignment');
  const house = master.part('IncludedHouseConsignment');
  const awb = awbOf(master);
  const id = message.optionalUnitId('BusinessHeaderDocument', 'ID') ?? house.unitId('ID');
  const event = airEvent(context, {
    ...bookingOf(message, house, master),
    ...correctionOf(message),
    id: eventIdOf('cargo-xml', [awb, 'house waybill', id, signedDay(message)]),
    awb,
    links: [{ type: 'awb', id: awb }],
  });
  return { ...event, subject: id, data: { ...event.data!, unit: { type: 'consignment', id } } };
}

/** What both kinds tell, without their identity. The flights are the master's. */
function bookingOf(
  message: MessageEntry,
  consignment: MessageEntry,
  master: MessageEntry,
): Omit<AirReport, 'id' | 'awb'> {
  const origin = consignment.find('OriginLocation', 'ID');
  if (origin === undefined)
    return consignment.refuse({ code: 'unknown_place', detail: 'no origin is told', expected: '<OriginLocation>' });
  const place = knownPlaceOf(consignment, origin);
  const legs = master.all('SpecifiedLogisticsTransportMovement');
  const first = legs[0];
  return {
    time: bookedTime(message, first, place).text,
    status: airStatuses.BKD,
    place,
    origin: place,
    ...(first ? flightOf(first) : {}),
    ...withoutUndefined<Pick<AirReport, 'destination' | 'pieces' | 'weightGrams'>>({
      destination: placeAt(consignment, 'FinalDestinationLocation', 'ID'),
      pieces: consignment.quantity(piece, 'TotalPieceQuantity'),
      weightGrams: weightOf(consignment, 'IncludedTareGrossWeightMeasure'),
    }),
  };
}

const signature = ['BusinessHeaderDocument', 'SignatoryCarrierAuthentication', 'ActualDateTime'] as const;

/** Numbers of waybills come back after some years; the day of the signature tells them apart. */
function signedDay(message: MessageEntry): string | undefined {
  return message.text(...signature)?.slice(0, 10);
}

function bookedTime(message: MessageEntry, leg: MessageEntry | undefined, place: Place): ZonedTime {
  const departure = leg?.find('DepartureEvent', 'ScheduledOccurrenceDateTime');
  const time = departure ?? message.find(...signature);
  if (time === undefined)
    return message.refuse({
      code: 'time_missing',
      detail: 'neither a planned departure nor a signature has a time',
      expected: 'ScheduledOccurrenceDateTime of the first flight',
    });
  return timeOf(message, time, place.timeZone);
}
