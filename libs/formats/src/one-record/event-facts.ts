/** What an event says beside its subject: status, time, place, flight, quantities. */
import { quantityMax } from '@landbridge/contracts';
import { parseTimestamp, type Classifier } from '@landbridge/domain';
import { airStatusOf, type AirStatus } from '../air-statuses.js';
import { exactQuantity, kilogram, piece, pound, type UnitFactor } from '../exact-quantity.js';
import { readTime, type TimeRead } from '../json/json-times.js';
import { bad, good, isObject, shown, type Read } from '../json/json-values.js';
import { parseLocalTime, zonedTime } from '../places/local-time.js';
import { placeOfIata, placeOfLocode, type Place } from '../places/places.js';
import { unknownMilestone } from '../unknown-milestone.js';
import type { Message } from './event-nodes.js';
import { lastPartOf, LdNode, textOf, type LdValue } from './linked-data.js';
import { oneRecordRule } from './subject.js';

/** A status by its code, which is the end of an IRI in several lists: `StatusCode#DEP`, `coreCodeLists#StatusCode_DEP`, `cargo:DEP`. */
export interface Status extends AirStatus {
  readonly code: string;
}

export function readStatus(event: LdNode): Read<Status> {
  const value = event.first('eventCode');
  const element = value === undefined ? undefined : new LdNode(value);
  const written = element?.text('code') ?? (value === undefined ? undefined : textOf(value));
  const code = lastPartOf(written ?? '')?.replace(/^StatusCode_/, '');
  if (code === undefined || code === '')
    return bad({
      code: 'invalid_message',
      detail: 'the event does not say what happened',
      path: value?.path ?? event.path,
      rule: oneRecordRule,
      expected:
        'eventCode with the @id of a status code, such as https://onerecord.iata.org/ns/code-lists/StatusCode#DEP',
    });
  // Codes of three letters share their table, and their names, with Cargo-IMP.
  if (/^[A-Z]{3}$/.test(code)) return good({ code, ...airStatusOf(code) });
  return good({ code: code.slice(0, 80), milestone: unknownMilestone('one-record', code), classifier: 'actual' });
}

const timeTypes: ReadonlyMap<string, Classifier> = new Map([
  ['ACTUAL', 'actual'],
  ['ESTIMATED', 'estimated'],
  ['EXPECTED', 'estimated'],
  ['PLANNED', 'planned'],
  ['REQUESTED', 'planned'],
]);

/**
 * Whether it has happened. Without a time type it has, because an event documents an occurrence; a booking has not, whatever the type
 * says.
 */
export function readClassifier(event: LdNode, status: AirStatus): Read<Classifier> {
  const value = event.first('eventTimeType');
  if (value === undefined) return good(status.classifier);
  const classifier = timeTypes.get(lastPartOf(textOf(value) ?? '') ?? '');
  if (classifier === undefined)
    return bad({
      code: 'invalid_message',
      detail: `${shown(textOf(value))} is no time type`,
      path: value.path,
      rule: `${oneRecordRule}, EventTimeType`,
      expected: [...timeTypes.keys()].join(', '),
    });
  return good(classifier === 'actual' ? status.classifier : classifier);
}

/** When it happened. An xsd:dateTime may have no offset: it is then local at the event's place. */
export function readEventDate(event: LdNode, place: Place | undefined): Read<TimeRead> {
  const value = event.first('eventDate');
  const path = value?.path ?? event.path;
  const text = value === undefined ? undefined : textOf(value);
  const local = parseLocalTime(text ?? '');
  if (local === undefined) return readTime(text, path, oneRecordRule);
  if (place?.timeZone === undefined)
    return bad({
      code: 'unknown_place',
      detail: 'the time has no offset, and the zone of its place is not known',
      path,
      rule: oneRecordRule,
      expected: 'a time with an offset, or an eventLocation with the code of its airport',
    });
  const zoned = zonedTime(local, place.timeZone);
  return zoned !== undefined && parseTimestamp(zoned.text) !== undefined
    ? good(zoned)
    : readTime(text, path, oneRecordRule);
}

export interface Where {
  readonly place: Place | undefined;
  /** What identifies it: the code of the place, or the IRI of a location that has none. */
  readonly name: string;
}

/** A location by its codes, or by the end of its IRI: `…/logistics-objects/JFK`. */
export function whereOf(value: LdValue | undefined, message: Message): Where | undefined {
  if (value === undefined) return undefined;
  const node = message.describe(value);
  const codes = [...node.all('locationCodes'), ...node.all('locationCode')].map(
    (code) => new LdNode(code).text('code') ?? textOf(code),
  );
  const told = [...codes, node.text('code'), isObject(value.value) ? undefined : textOf(value)];
  for (const code of told) {
    const place = code === undefined ? undefined : (placeOfIata(code) ?? placeOfLocode(code));
    if (place !== undefined) return { place, name: place.locode ?? code! };
  }
  const end = lastPartOf(node.id ?? '') ?? '';
  const listed = placeOfIata(end) ?? placeOfLocode(end);
  // Any five letters may be a code of a country's; the end of an IRI is one only where it is listed.
  if (listed !== undefined && listed.name !== end) return { place: listed, name: listed.locode ?? end };
  const name = [...told, node.id].find((text) => text !== undefined);
  return name === undefined ? undefined : { place: undefined, name };
}

export interface Flight {
  readonly carrier?: string;
  readonly flight?: string;
  readonly legOrigin?: Place;
  readonly legDestination?: Place;
}

/** The flight of a transport movement: `CV9727`, or the end of an IRI such as `…/CV9727/03MAR2026`. */
export function flightOf(event: LdNode, message: Message): Flight {
  const value = event.first('transportMovementReference', 'transportMovement');
  if (value === undefined) return {};
  const movement = message.describe(value);
  const written = movement.text('transportIdentifier') ?? movement.id ?? '';
  const found = /(?:^|[/#:])([A-Z0-9]{2})(\d{3,4}[A-Z]?)(?:\/\d{2}[A-Z]{3}\d{4})?$/.exec(written.slice(-200));
  const legOrigin = whereOf(movement.first('departureLocation'), message)?.place;
  const legDestination = whereOf(movement.first('arrivalLocation'), message)?.place;
  return {
    ...(found === null ? {} : { carrier: found[1]!, flight: `${found[1]}${found[2]}` }),
    ...(legOrigin === undefined ? {} : { legOrigin }),
    ...(legDestination === undefined ? {} : { legDestination }),
  };
}

const gram: UnitFactor = { numerator: 1n, denominator: 1n };
const tonne: UnitFactor = { numerator: 1_000_000n, denominator: 1n };
/** UN/ECE recommendation 20, and what senders write in its place. */
const weightUnits: ReadonlyMap<string, UnitFactor> = new Map([
  ['KGM', kilogram],
  ['KG', kilogram],
  ['K', kilogram],
  ['LBR', pound],
  ['LB', pound],
  ['L', pound],
  ['GRM', gram],
  ['TNE', tonne],
]);

export interface Quantities {
  readonly pieces?: number;
  readonly weightGrams?: number;
}

/** What a status update recorded; else the weight of the shipment, where all of it is meant. */
export function readQuantities(event: LdNode, shipment: LdNode | undefined, isPartial: boolean): Read<Quantities> {
  const count = event.first('recordedPieceCount');
  const pieces = count === undefined ? undefined : exactQuantity(textOf(count) ?? '', piece);
  if (count !== undefined && !(pieces !== undefined && pieces <= quantityMax && /^\d+$/.test(textOf(count) ?? '')))
    return badQuantity(count, 'a whole number of pieces');
  const weight = event.first('recordedWeight') ?? (isPartial ? undefined : shipment?.first('totalGrossWeight'));
  if (weight === undefined) return good(pieces === undefined ? {} : { pieces });
  const node = new LdNode(weight);
  const unit = weightUnits.get((lastPartOf(node.text('unit') ?? 'KGM') ?? '').toUpperCase());
  const amount = node.text('numericalValue', 'value') ?? textOf(weight);
  const weightGrams = unit === undefined ? undefined : exactQuantity(amount ?? '', unit);
  if (weightGrams === undefined || weightGrams > quantityMax)
    return badQuantity(weight, 'a numericalValue that is not negative, with the unit KGM or LBR');
  return good({ ...(pieces === undefined ? {} : { pieces }), weightGrams });
}

function badQuantity({ value, path }: LdValue, expected: string): ReturnType<typeof bad> {
  return bad({
    code: 'quantity_out_of_range',
    detail: `${shown(value)} is no quantity that can be counted`,
    path,
    rule: `${oneRecordRule}, Value`,
    expected,
  });
}
