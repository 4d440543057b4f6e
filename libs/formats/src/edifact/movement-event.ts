/**
 * From what a message says about one unit to its canonical event: place, time, direction, identity, correction.
 */
import { eventTypes, quantityMax, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { canonicalTrainNumber, isUnLocode, type System } from '@landbridge/domain';
import { eventIdOf, revisionAt } from '../event-identity.js';
import type { FormatFault, MessageItem, ReadContext } from '../message-format.js';
import { headingOf, isAtHub, type Heading } from '../movement-direction.js';
import { zonedTime } from '../places/local-time.js';
import { placeOfIata, placeOfLocode } from '../places/places.js';
import { dateTimeFormats, instantOf, readDateTime, timeText, type WrittenTime } from './date-time.js';
import { exportStatus, importStatus, type MessageFunction } from './message-codes.js';
import type { Segment } from './segments.js';
import type { Quantities, Unit } from './units.js';

type Transport = NonNullable<EventData['transport']>;

/** UN/LOCODEs of the way, or countries where no more is told: of the whole movement, and of the leg that the message reports. */
export interface Route {
  readonly origin: string | undefined;
  readonly destination: string | undefined;
  readonly loading: string | undefined;
  readonly discharge: string | undefined;
}

export interface Statement {
  /** Where the unit is named: the place of the item, and of faults that have no better one. */
  readonly lead: Segment;
  readonly milestone: string;
  readonly classifier: EventData['classifier'];
  readonly unit: Unit;
  /** DTM of when it happened; undefined where there is none. */
  readonly time: Segment | undefined;
  /** LOC of where it happened; undefined where there is none. */
  readonly place: Segment | undefined;
  readonly route: Route;
  /** EQD 8249: export, import or another status. */
  readonly equipmentStatus: string;
  /** TDT of the carriage that it belongs to. */
  readonly transport: Segment | undefined;
  readonly quantities: Quantities;
  readonly links: readonly Unit[];
}

/** What BGM and UNB say for all statements of a message. */
export interface MessageIntent {
  readonly does: MessageFunction;
  /** Epoch milliseconds; 0 where the message does not say. */
  readonly preparedAtMs: number;
}

/** The event of a statement, or why there is none. */
export function toMovementEvent(statement: Statement, intent: MessageIntent, context: ReadContext): MessageItem {
  const { lead, milestone, classifier, unit, route } = statement;
  const place = statement.place && locodeOf(statement.place);
  const time = eventTime(statement, place, context.receivedAtMs);
  if ('code' in time) return { ok: false, id: null, fault: time };
  const id = eventIdOf('edifact', [unit.type, unit.id, milestone, classifier, place, time.timeMs]);
  const fault = quantityFault(statement);
  if (fault) return { ok: false, id, fault };
  const heading = headingAt(context.hub, route, place, statement.equipmentStatus);
  const transport = statement.transport && transportOf(statement.transport);
  const system = systemOf(statement, transport, place, context.hub);
  const event: CanonicalEvent = {
    specversion: '1.0',
    id,
    source: context.source,
    type: eventTypes[system],
    subject: unit.id,
    time: time.text,
    ...correctionOf(intent),
    data: {
      classifier,
      milestone,
      hub: context.hub,
      ...(place === undefined ? {} : { place }),
      ...(time.timeZone === undefined ? {} : { timeZone: time.timeZone }),
      corridor: corridorOf(system, transport),
      ...heading,
      ...(transport === undefined ? {} : { transport }),
      unit,
      ...(statement.links.length === 0 ? {} : { links: [...statement.links] }),
      ...(Object.keys(statement.quantities).length === 0 ? {} : { quantities: statement.quantities }),
    },
  };
  return { ok: true, event, path: lead.path() };
}

/** A cancellation and a replacement carry when they were made, so that the newest stands whatever order they come in. */
function correctionOf({ does, preparedAtMs }: MessageIntent): Pick<CanonicalEvent, 'revision' | 'retracted'> {
  if (does === 'state') return {};
  const revision = revisionAt(preparedAtMs);
  return does === 'retract' ? { revision, retracted: true } : { revision };
}

interface EventTime {
  readonly timeMs: number;
  readonly text: string;
  readonly timeZone: string | undefined;
}

function eventTime(statement: Statement, place: string | undefined, receivedAtMs: number): EventTime | FormatFault {
  const { time: segment, lead } = statement;
  if (segment === undefined)
    return {
      code: 'time_missing',
      detail: `the message does not say when ${statement.unit.id} was ${statement.milestone}`,
      path: lead.path(),
      rule: 'DTM, an actual time',
      expected: 'DTM with 7, 203, 334, 178 or 186 in its group',
    };
  const written = timeOf(segment, receivedAtMs);
  const timeZone = place === undefined ? undefined : placeOfLocode(place)?.timeZone;
  if (written === undefined) return invalidTime(segment);
  const { local, offsetMinutes } = written;
  if (offsetMinutes !== undefined)
    return { timeMs: instantOf(local, offsetMinutes), text: timeText(local, offsetMinutes), timeZone };
  if (timeZone === undefined) return unknownPlace(statement, place);
  const zoned = zonedTime(local, timeZone);
  return zoned ? { ...zoned, timeZone } : invalidTime(segment);
}

/** What a DTM writes, or undefined. */
export function timeOf(segment: Segment, receivedAtMs: number): WrittenTime | undefined {
  return readDateTime(segment.text(1, 1), segment.text(1, 2), receivedAtMs);
}

function invalidTime(segment: Segment): FormatFault {
  const [value, format] = [segment.text(1, 1), segment.text(1, 2)];
  return {
    code: 'invalid_time',
    detail: `${JSON.stringify(value.slice(0, 40))} is not a time of format ${JSON.stringify(format.slice(0, 40))}`,
    path: segment.path(1, 1),
    rule: 'DTM 2380 and 2379',
    expected: `a time such as 202603030915 in one of the formats ${dateTimeFormats}`,
  };
}

function unknownPlace({ place: segment, lead }: Statement, place: string | undefined): FormatFault {
  const named = segment ? JSON.stringify(segment.text(2, 0).slice(0, 40)) : 'no place';
  return {
    code: 'unknown_place',
    detail: `the time is local, and the message names ${named}${place === undefined ? '' : ', whose zone is not known'}`,
    path: segment?.path(2) ?? lead.path(),
    rule: 'LOC 3225, place in UN/LOCODE',
    expected: 'a UN/LOCODE such as CNZGZ, or a time with an offset (formats 205 and 303)',
  };
}

function quantityFault({ quantities, lead }: Statement): FormatFault | undefined {
  const bad = Object.entries(quantities).find(([, value]) => !(value <= quantityMax));
  return bad && { code: 'quantity_out_of_range', detail: `${bad[0]} is above ${quantityMax}`, path: lead.path() };
}

/** DE 3055: codes of the International Air Transport Association. */
const iata = '3';

/** The canonical UN/LOCODE of a LOC, or undefined where it names no place that has one. */
function locodeOf(location: Segment): string | undefined {
  const code = location.text(2, 0).toUpperCase();
  if (/^[A-Z]{3}$/.test(code) && location.text(2, 2) === iata) return placeOfIata(code)?.locode;
  if (!isUnLocode(code)) return undefined;
  return placeOfLocode(code)?.locode ?? code;
}

/** DE 1131: codes of countries. */
const countryList = '162';

/** The canonical UN/LOCODE of a LOC, or the country that it names, or undefined. */
export function placeOrCountryOf(location: Segment): string | undefined {
  const code = location.text(2, 0).toUpperCase();
  return /^[A-Z]{2}$/.test(code) && location.text(2, 1) === countryList ? code : locodeOf(location);
}

/**
 * The whole movement as seen from the hub. What its origin and destination leave open a leg tells, and then, at a place of the hub, the
 * equipment's export or import status. What happened at a place without a UN/LOCODE is in transit: an event without a place would be
 * counted as one of the hub.
 */
function headingAt(hub: string, route: Route, place: string | undefined, status: string): Heading {
  if (place === undefined) return { direction: 'transit' };
  const origin = route.origin ?? route.loading;
  const destination = route.destination ?? route.discharge;
  const heading = headingOf(hub, { origin, destination });
  if (heading.direction !== 'transit' || !isAtHub(hub, placeOfLocode(place))) return heading;
  if (status === exportStatus && route.origin === undefined) return headingOf(hub, { origin: place, destination });
  if (status === importStatus && route.destination === undefined) return headingOf(hub, { origin, destination: place });
  return heading;
}

/** TDT 8067: 8 is inland water, which is a ship's way too. */
const modes: ReadonlyMap<string, Transport['mode']> = new Map<string, Transport['mode']>([
  ['1', 'sea'],
  ['2', 'rail'],
  ['3', 'road'],
  ['4', 'air'],
  ['5', 'post'],
  ['8', 'sea'],
]);

function transportOf(segment: Segment): Transport | undefined {
  const mode = modes.get(segment.text(3, 0));
  if (mode === undefined) return undefined;
  const carrier = segment.text(5, 0);
  const written = segment.text(2);
  const service = mode === 'rail' ? (canonicalTrainNumber(written) ?? written) : written;
  const vessel = segment.text(8, 3);
  return {
    mode,
    ...(/^[A-Z0-9]{2,4}$/.test(carrier) ? { carrier } : {}),
    ...(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(service) ? { service } : {}),
    ...(mode === 'sea' && /^[\x20-\x7e\u00a0-\ud7ff\uf900-\ufffd]{1,80}$/.test(vessel) ? { vessel } : {}),
  };
}

/** What customs decide about a consignment is counted where goods enter, however they travel. */
const customsMilestones = new Set(['released', 'held']);

/** By the unit, then by the mode of carriage; where neither tells, what happens at an inland hub is rail and elsewhere a seaport's. */
function systemOf(
  { unit, milestone }: Statement,
  transport: Transport | undefined,
  place: string | undefined,
  hub: string,
): System {
  if (unit.type === 'awb' || unit.type === 'uld') return 'air';
  if (unit.type === 'wagon') return 'rail';
  if (unit.type === 'consignment' && customsMilestones.has(milestone)) return 'port';
  if (transport?.mode === 'rail' || transport?.mode === 'air') return transport.mode;
  if (transport?.mode === 'sea') return 'port';
  return place !== undefined && isAtHub(hub, placeOfLocode(place)) ? 'rail' : 'port';
}

function corridorOf(system: System, transport: Transport | undefined): EventData['corridor'] {
  if (system === 'air') return 'air';
  if (transport?.mode === 'sea') return 'sea';
  return system === 'rail' || transport?.mode === 'road' ? 'land' : 'sea';
}
