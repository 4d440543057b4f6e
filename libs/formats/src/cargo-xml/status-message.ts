/** XFSU: one status of one part of a consignment, to its event. */
import { linksMax, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { isUldNumber, type Classifier } from '@landbridge/domain';
import { airEvent, airStatusId } from '../air-event.js';
import { airStatusOf, type AirStatus } from '../air-statuses.js';
import type { ReadContext } from '../message-format.js';
import { localMinuteOf } from '../places/local-time.js';
import type { Place } from '../places/places.js';
import { cut, withoutUndefined, type MessageEntry } from '../xml/message-entry.js';
import type { XmlElement } from '../xml/xml-tree.js';
import { timeOf } from '../xml/xml-time.js';
import { awbOf, correctionOf, knownPlaceOf, placeAt, weightOf } from './consignment.js';
import { flightOf } from './flight.js';
import { piece } from '../exact-quantity.js';

export interface StatusParts {
  readonly message: MessageEntry;
  readonly master: MessageEntry;
  readonly status: MessageEntry;
  /** AssociatedStatusConsignment, or the status itself where it has none. */
  readonly part: MessageEntry;
}

/** Refusals: invalid_message, check_digit, unknown_place, time_missing, invalid_time, quantity_out_of_range. */
export function readStatus({ message, master, status, part }: StatusParts, context: ReadContext): CanonicalEvent {
  const awb = awbOf(master);
  const code = status.text('ReasonCode');
  if (code === undefined || !/^[A-Z0-9]{2,8}$/.test(code))
    return status.refuse(
      { detail: `ReasonCode is ${cut(code ?? '')}`, expected: 'a status code such as DEP' },
      status.find('ReasonCode'),
    );
  const airStatus = airStatusOf(code);
  const movement = part.all('SpecifiedLogisticsTransportMovement')[0] ?? part;
  const told = toldAt(movement, airStatus);
  const place = placeOfStatus(movement, told, airStatus, part);
  if (told.time === undefined)
    return part.refuse({ code: 'time_missing', detail: `${code} tells no time`, expected: 'OccurrenceDateTime' });
  const time = timeOf(part, told.time, place.timeZone);
  const flight = flightOf(movement);
  const reason = part.text('DiscrepancyDescriptionCode');
  return airEvent(context, {
    id: airStatusId({
      awb,
      code,
      status: airStatus,
      classifier: told.classifier,
      place,
      ...localMinuteOf(time.timeMs, place.timeZone),
      flight: flight.flight ?? flight.carrier,
      reason,
      partPieces: partOf(part),
    }),
    time: time.text,
    awb,
    status: airStatus,
    place,
    links: uldsOf(part),
    ...(told.classifier === undefined ? {} : { classifier: told.classifier }),
    ...flight,
    ...withoutUndefined<Ends>({
      origin: placeAt(master, 'OriginLocation', 'ID'),
      destination: placeAt(master, 'FinalDestinationLocation', 'ID'),
      legOrigin: placeAt(movement, 'DepartureEvent', 'OccurrenceDepartureLocation', 'ID'),
      legDestination: placeAt(movement, 'ArrivalEvent', 'OccurrenceArrivalLocation', 'ID'),
      pieces: part.quantity(piece, 'PieceQuantity') ?? master.quantity(piece, 'PieceQuantity'),
      weightGrams: weightOf(part, 'GrossWeightMeasure') ?? weightOf(master, 'GrossWeightMeasure'),
    }),
    ...(reason !== undefined && /^[A-Z]{4}$/.test(reason) ? { reason } : {}),
    ...correctionOf(message),
  });
}

/** The pieces of a part, for its identity. */
function partOf(part: MessageEntry): number | undefined {
  return /^[PSD]$/.test(part.text('TransportSplitDescription') ?? '')
    ? part.quantity(piece, 'PieceQuantity')
    : undefined;
}

interface Ends {
  readonly origin?: Place;
  readonly destination?: Place;
  readonly legOrigin?: Place;
  readonly legDestination?: Place;
  readonly pieces?: number;
  readonly weightGrams?: number;
}

interface Told {
  readonly time: XmlElement | undefined;
  /** What the message says of the time; undefined where it says that it is actual, or nothing. */
  readonly classifier: Classifier | undefined;
  /** The event of the movement that the status is about; undefined where it stands for itself. */
  readonly end: 'DepartureEvent' | 'ArrivalEvent' | undefined;
}

/** The status has an event of its own, or it is about the movement's departure or arrival. */
function toldAt(movement: MessageEntry, status: AirStatus): Told {
  const own = movement.find('SpecifiedEvent');
  if (own) return { ...timeIn(movement.at(own)), end: undefined };
  const ends =
    status.end === 'origin'
      ? (['DepartureEvent', 'ArrivalEvent'] as const)
      : (['ArrivalEvent', 'DepartureEvent'] as const);
  for (const end of ends) {
    const element = movement.find(end);
    const told = element && timeIn(movement.at(element));
    if (told?.time) return { ...told, end };
  }
  return { time: undefined, classifier: undefined, end: undefined };
}

const timeName = /^(?:Departure|Arrival)?(Actual|Estimated|Scheduled|Target)?OccurrenceDateTime$/;
const classifiers: ReadonlyMap<string, Classifier> = new Map([
  ['E', 'estimated'],
  ['Estimated', 'estimated'],
  ['S', 'planned'],
  ['Scheduled', 'planned'],
  ['T', 'planned'],
  ['Target', 'planned'],
]);
const preference = ['Actual', undefined, 'Estimated', 'Scheduled', 'Target'];

/** The best time of an event: what was, before what was expected, before what was planned. */
function timeIn(event: MessageEntry): Pick<Told, 'time' | 'classifier'> {
  const times = event.element.children
    .filter(({ name, text }) => text !== '' && timeName.test(name))
    .map((time) => ({ time, kind: timeName.exec(time.name)![1] }))
    .toSorted((a, b) => preference.indexOf(a.kind) - preference.indexOf(b.kind));
  const best = times[0];
  if (!best) return { time: undefined, classifier: undefined };
  const type = event.element.children.find(({ name }) => name.endsWith('DateTimeTypeCode'))?.text;
  return { time: best.time, classifier: classifiers.get(best.kind ?? type ?? 'A') };
}

/** Where it happened: the status's own location, or that of the end of the flight. Refusal: unknown_place. */
function placeOfStatus(movement: MessageEntry, told: Told, status: AirStatus, part: MessageEntry): Place {
  const own = movement.find('SpecifiedLocation', 'ID') ?? part.find('SpecifiedLocation', 'ID');
  if (own) return knownPlaceOf(part, own);
  const end = told.end ?? (status.end === 'origin' ? 'DepartureEvent' : 'ArrivalEvent');
  const location = movement.find(
    end,
    end === 'DepartureEvent' ? 'OccurrenceDepartureLocation' : 'OccurrenceArrivalLocation',
    'ID',
  );
  return location
    ? knownPlaceOf(part, location)
    : part.refuse({ code: 'unknown_place', detail: 'no place is told', expected: '<SpecifiedLocation>' });
}

/** ULDs as links: `PMC` + `72534` + `QR`, or the whole number in the ID. */
function uldsOf(part: MessageEntry): NonNullable<EventData['links']> {
  return ['UtilizedUnitLoadTransportEquipment', 'AssociatedUnitLoadTransportEquipment']
    .flatMap((name) => part.all(name))
    .flatMap((uld) => {
      const id = uld.text('ID');
      if (id === undefined) return [];
      const whole = `${uld.text('CharacteristicCode') ?? ''}${id}${uld.text('OperatingParty', 'PrimaryID') ?? ''}`;
      const number = /^[A-Z]{3}\d/.test(id) ? id : whole;
      if (isUldNumber(number)) return [{ type: 'uld' as const, id: number }];
      return uld.refuse(
        { code: 'check_digit', detail: `${cut(number)} is no ULD number`, expected: 'a number such as PMC72534CV' },
        uld.find('ID'),
      );
    })
    .slice(0, linksMax);
}
