/** What every air format makes of a status once it has read it: the canonical event of an air waybill. */
import { eventTypes, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { hubByCode, type Classifier } from '@landbridge/domain';
import type { AirStatus } from './air-statuses.js';
import { eventIdOf } from './event-identity.js';
import type { ReadContext } from './message-format.js';
import type { Waybill } from './message-writing.js';
import { headingBetween, isAtHub, type Heading } from './movement-direction.js';
import { airportOfLocode, placeOfIata, type Place } from './places/places.js';

/** An air waybill's status, read. Places are what `places/` knows of the airports. */
export interface AirReport {
  /** By `airStatusId` for what happened or will happen to a waybill; bookings have rules of their own. */
  readonly id: string;
  /** RFC 3339, in the offset of `place`. */
  readonly time: string;
  /** `020-12345675`. */
  readonly awb: string;
  readonly status: AirStatus;
  /** Where the message's own time type says another thing than the status: a planned departure. */
  readonly classifier?: Classifier;
  /** Where it happened. */
  readonly place: Place;
  /** Of the whole waybill. */
  readonly origin?: Place;
  readonly destination?: Place;
  /** Of the flight, read only where the waybill's are not known. */
  readonly legOrigin?: Place;
  readonly legDestination?: Place;
  /** IATA code of the airline, and flight number with it: `CV`, `CV9727`. */
  readonly carrier?: string;
  readonly flight?: string;
  readonly pieces?: number;
  readonly weightGrams?: number;
  readonly links?: EventData['links'];
  /** Of a discrepancy: `OFLD` for cargo that was taken off. Kept as the event's attribute `reason`. */
  readonly reason?: string;
  /** Of a correction. */
  readonly revision?: number;
  readonly retracted?: true;
}

/** What makes a status of an air waybill that status, in whichever format it is told. */
export interface AirStatement {
  readonly awb: string;
  /** As sent: `DEP`. */
  readonly code: string;
  readonly status: AirStatus;
  readonly classifier?: Classifier | undefined;
  readonly place: Place;
  /** On the clock of the place: `2026-03-03`, and `09:15` where the message tells a time of the status itself. */
  readonly day: string;
  readonly minute?: string | undefined;
  /** `CV9727`, or the airline alone. */
  readonly flight?: string | undefined;
  readonly reason?: string | undefined;
  /** Pieces of a part. Two parts on one flight are two statements; a total's pieces may be put right and are left out. */
  readonly partPieces?: number | undefined;
}

/**
 * The id of an air status, the same whether an FSU, an XFSU or a ONE Record event states it, so that a carrier who sends all of them counts
 * once. What the flight itself does at its origin (booked, manifested, departed) is identified by the flight and its day: the time comes
 * later or is put right, and no flight leaves twice on a day. Anything else is identified to the minute.
 */
export function airStatusId(statement: AirStatement): string {
  const { awb, code, status, place, day, minute, flight } = statement;
  const isOfFlight = flight !== undefined && statusesOfFlight.has(code);
  return eventIdOf('air', [
    awb,
    code,
    statement.classifier ?? status.classifier,
    place.locode ?? place.iata ?? place.name,
    isOfFlight ? day : `${day}T${minute ?? ''}`,
    flight,
    statement.reason,
    statement.partPieces,
  ]);
}

const statusesOfFlight: ReadonlySet<string> = new Set(['BKD', 'PRE', 'MAN', 'DEP']);

/** The event; it has not passed `checkEvent`, so an air waybill whose check digit fails is refused there. */
export function airEvent(context: ReadContext, report: AirReport): CanonicalEvent {
  const { status, place, carrier, flight, pieces, weightGrams, links, revision } = report;
  const { direction, partner } = movementOf(context.hub, report);
  const data: EventData = {
    classifier: report.classifier ?? status.classifier,
    milestone: status.milestone,
    hub: context.hub,
    corridor: 'air',
    direction,
    unit: { type: 'awb', id: report.awb },
  };
  if (place.locode !== undefined) data.place = place.locode;
  if (place.timeZone !== undefined) data.timeZone = place.timeZone;
  if (partner !== undefined) data.partner = partner;
  if (carrier !== undefined || flight !== undefined) {
    data.transport = { mode: 'air' };
    if (carrier !== undefined) data.transport.carrier = carrier;
    if (flight !== undefined) data.transport.service = flight;
  }
  if (links !== undefined && links.length > 0) data.links = links;
  if (pieces !== undefined || weightGrams !== undefined) {
    data.quantities = {};
    if (pieces !== undefined) data.quantities.pieces = pieces;
    if (weightGrams !== undefined) data.quantities.weightGrams = weightGrams;
  }
  return {
    specversion: '1.0',
    id: report.id,
    source: context.source,
    type: eventTypes.air,
    subject: report.awb,
    time: report.time,
    ...(revision === undefined ? {} : { revision }),
    ...(report.retracted ? { retracted: true } : {}),
    ...(report.reason === undefined ? {} : { reason: report.reason }),
    data,
  };
}

/** What is known of a waybill as a whole, for writers of other air formats. */
export function waybillOf(
  ends: { readonly origin?: Place | undefined; readonly destination?: Place | undefined },
  whole: { readonly pieces?: number | undefined; readonly weightGrams?: number | undefined },
): Waybill {
  const origin = iataOf(ends.origin);
  const destination = iataOf(ends.destination);
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(destination === undefined ? {} : { destination }),
    ...(whole.pieces === undefined ? {} : { pieces: whole.pieces }),
    ...(whole.weightGrams === undefined ? {} : { weightGrams: whole.weightGrams }),
  };
}

function iataOf(place: Place | undefined): string | undefined {
  return place?.iata ?? (place?.locode === undefined ? undefined : airportOfLocode(place.locode)?.iata);
}

/** The airport of an event's place: an end of the waybill's way where it is there, because several airports may share a place. */
export function airportOf(locode: string | undefined, ends: readonly (string | undefined)[]): Place | undefined {
  if (locode === undefined) return undefined;
  for (const end of ends) {
    const place = end === undefined ? undefined : placeOfIata(end);
    if (place?.locode === locode) return place;
  }
  return airportOfLocode(locode);
}

/**
 * The direction as seen from the hub, and the country at the other end. The waybill's own ends tell it; without them the flight's; without
 * those, which end the status is told from.
 *
 * An event elsewhere than at the hub is in transit, whatever the waybill says, where the counting rules cannot see that it is elsewhere: at
 * an airport whose UN/LOCODE is not known, and for a hub whose places are not listed.
 */
function movementOf(hub: string, report: AirReport): Heading {
  const atHub = isAtHub(hub, report.place);
  const isSeenElsewhere = report.place.locode !== undefined && hubByCode(hub)?.places !== undefined;
  if (!atHub && !isSeenElsewhere) return { direction: 'transit' };
  const whole = report.origin !== undefined || report.destination !== undefined;
  const end = report.status.end;
  const origin = whole ? report.origin : (report.legOrigin ?? (end === 'origin' ? report.place : undefined));
  const destination = whole
    ? report.destination
    : (report.legDestination ?? (end === 'destination' ? report.place : undefined));
  return headingBetween(hub, origin, destination);
}
