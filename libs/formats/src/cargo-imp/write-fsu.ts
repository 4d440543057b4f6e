/** Canonical events as an FSU/14. */
import type { CanonicalEvent, EventData } from '@landbridge/contracts';
import { dayOfNumber, parseTimestamp } from '@landbridge/domain';
import { airStatusCodeOf } from '../air-statuses.js';
import { airportOfLocode, placeOfIata, type Place } from '../places/places.js';
import { dayMs, offsetOfZone } from '../places/zone-offsets.js';
import { dayMonthText } from './imp-fields.js';
import { familyNameOf } from './status-line.js';

/** An air waybill, what its events do not say of it, and its events. */
export interface FsuConsignment {
  /** IATA codes of the whole way. */
  readonly origin: string;
  readonly destination: string;
  /** Of the whole waybill. An event with fewer pieces is written as a part. */
  readonly total?: { readonly pieces: number; readonly weightGrams: number };
  /** All of one waybill. */
  readonly events: readonly CanonicalEvent[];
}

/**
 * The message, with LF after each line; or undefined where an event cannot be said in it: no air waybill, no airport at its place, a flight
 * status without a flight, or a planned transfer, whose line has no date.
 *
 * Seconds are not written, and a weight that has more than seven characters loses decimals. A flight that left after midnight is written
 * under the day on which it left.
 */
export function writeFsu(consignments: readonly FsuConsignment[]): string | undefined {
  const lines = ['FSU/14'];
  for (const consignment of consignments) {
    const awb = consignment.events[0]?.subject;
    if (awb === undefined) return undefined;
    const { origin, destination, total } = consignment;
    lines.push(
      `${awb}${origin}${destination}${total === undefined ? '' : `/T${total.pieces}${weightText(total.weightGrams)}`}`,
    );
    for (const event of consignment.events) {
      const status =
        event.subject === awb && event.data !== undefined ? statusLine(event, event.data, consignment) : undefined;
      if (status === undefined) return undefined;
      lines.push(status, ...uldLines(event.data?.links ?? []));
    }
  }
  return `${lines.join('\n')}\n`;
}

function statusLine(event: CanonicalEvent, data: EventData, consignment: FsuConsignment): string | undefined {
  const code = data.unit.type === 'awb' ? airStatusCodeOf(data.milestone) : undefined;
  const airport = airportOf(data, consignment);
  const local = airport?.timeZone === undefined ? undefined : wallClock(event.time, airport.timeZone);
  if (code === undefined || airport?.iata === undefined || local === undefined) return undefined;
  const { iata } = airport;
  const { day, clock } = local;
  const flight = data.transport?.service;
  const carrier = data.transport?.carrier;
  const quantity = quantityText(data, consignment.total);
  switch (familyNameOf(code)) {
    case 'point':
      return fieldsText([code, `${day}${clock}`, iata, quantity]);
    case 'leg': {
      if (flight === undefined) return undefined;
      const route = `${iata}${iata === consignment.destination ? consignment.origin : consignment.destination}`;
      return fieldsText([code, flight, day, route, quantity, `${data.classifier === 'actual' ? 'A' : 'S'}${clock}`]);
    }
    case 'arrival':
      return flight && fieldsText([code, flight, `${day}${clock}`, iata, quantity]);
    case 'interline':
      return carrier && fieldsText([code, carrier, `${day}${clock}`, iata, quantity]);
    case 'interline plan':
      return undefined;
    case 'irregular': {
      const { reason } = event as { readonly reason?: unknown };
      if (typeof reason !== 'string') return undefined;
      return fieldsText([code, ...(flight === undefined ? [] : [flight]), `${day}${clock}`, iata, reason, quantity]);
    }
    default:
      return fieldsText([code, flight ?? '', `${day}${clock}`, iata, quantity]);
  }
}

/** The airport of an event's place: an end of the way where it is there, because several airports may share a place. */
function airportOf(data: EventData, { origin, destination }: FsuConsignment): Place | undefined {
  if (data.place === undefined) return undefined;
  const ends = [placeOfIata(origin), placeOfIata(destination)];
  return ends.find((end) => end?.locode === data.place) ?? airportOfLocode(data.place);
}

/** What a clock at that place showed: `03MAR` and `0915`. */
function wallClock(time: string, timeZone: string): { day: string; clock: string } | undefined {
  const timeMs = parseTimestamp(time);
  const offset = timeMs === undefined ? undefined : offsetOfZone(timeZone, timeMs);
  if (timeMs === undefined || offset === undefined) return undefined;
  const dayNumber = Math.floor((timeMs + offset) / dayMs);
  const { day, month } = dayOfNumber(dayNumber);
  const minutes = Math.floor((timeMs + offset - dayNumber * dayMs) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return { day: dayMonthText(day, month), clock: `${two(Math.floor(minutes / 60))}${two(minutes % 60)}` };
}

function quantityText(data: EventData, total: FsuConsignment['total']): string {
  const { pieces, weightGrams } = data.quantities ?? {};
  if (pieces === undefined) return '';
  const weight = weightGrams === undefined ? '' : weightText(weightGrams);
  return total !== undefined && pieces < total.pieces ? `P${pieces}${weight}T${total.pieces}` : `T${pieces}${weight}`;
}

/** `K1450`, `K505.5`: at most seven characters after the K. */
function weightText(grams: number): string {
  const kilograms = String(grams / 1_000);
  return `K${kilograms.length <= 7 ? kilograms : Number(kilograms).toFixed(Math.max(0, 6 - kilograms.indexOf('.')))}`;
}

/** Empty fields at the end are left out. */
function fieldsText(fields: readonly string[]): string {
  return fields.join('/').replace(/\/+$/, '');
}

/** More would make a line longer than 69 characters. */
const uldsOfLine = 5;

function uldLines(links: NonNullable<EventData['links']>): string[] {
  const ulds = links.filter(({ type }) => type === 'uld').map(({ id }) => id);
  const lines: string[] = [];
  for (let at = 0; at < ulds.length; at += uldsOfLine)
    lines.push(`${at === 0 ? 'ULD' : ''}/${ulds.slice(at, at + uldsOfLine).join('/')}`);
  return lines;
}
