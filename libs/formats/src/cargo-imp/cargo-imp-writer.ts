/**
 * Canonical events as an FSU/14: statuses of air waybills, each under its waybill's line.
 *
 * FSU has no plans but bookings, no way to correct, and no year; it tells times to the minute, weights in seven characters and places by
 * airport. A flight that left after midnight is written under the day on which it left.
 */
import type { CanonicalEvent, EventData } from '@landbridge/contracts';
import { dayOfNumber, parseTimestamp } from '@landbridge/domain';
import { airportOf } from '../air-event.js';
import { airStatusCodeOf, airStatusOf } from '../air-statuses.js';
import { kilogramsText } from '../exact-quantity.js';
import {
  asOneMessage,
  said,
  unsayable,
  type EventToWrite,
  type Said,
  type Waybill,
  type Writing,
} from '../message-writing.js';
import { dayMs, offsetOfZone } from '../places/zone-offsets.js';
import { dayMonthText } from './imp-fields.js';
import { familyNameOf } from './status-line.js';

export const cargoImpWriting: Writing = {
  fromEvents: true,
  write: (items) => {
    // Statuses of one waybill stand together; a reader finds them in that order.
    const order = [...items.keys()].toSorted((a, b) => compareTexts(lineOf(items[a]!), lineOf(items[b]!)) || a - b);
    const { messages, left } = asOneMessage(
      order.map((index) => items[index]!),
      statusOf,
      messageOf,
    );
    return {
      messages: messages.map(({ text, indices }) => ({ text, indices: indices.map((at) => order[at]!) })),
      left: left.map((part) => ({ ...part, index: order[part.index]! })),
    };
  },
};

interface WrittenStatus {
  readonly consignment: string;
  readonly lines: readonly string[];
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The message, with LF after each line. */
function messageOf(statuses: readonly WrittenStatus[]): string {
  const lines = ['FSU/14'];
  for (const [at, { consignment, lines: own }] of statuses.entries()) {
    if (consignment !== statuses[at - 1]?.consignment) lines.push(consignment);
    lines.push(...own);
  }
  return `${lines.join('\n')}\n`;
}

/** The line of the waybill: `172-41002312CGOLUX/T20K1450`. */
function lineOf({ event, waybill }: EventToWrite): string {
  const { origin = '', destination = '', pieces, weightGrams } = waybill ?? {};
  const weight = weightGrams === undefined ? '' : weightText(weightGrams);
  return `${event.subject}${origin}${destination}${pieces === undefined ? '' : `/T${pieces}${weight}`}`;
}

const noWords = (what: string): string => `FSU has no words for ${what}`;

function statusOf(item: EventToWrite): Said<WrittenStatus> {
  const { event, waybill } = item;
  const { data } = event;
  if (event.retracted) return unsayable('$.retracted', noWords('taking a status back'));
  if (data?.unit.type !== 'awb') return unsayable('$.data.unit.type', noWords('other units than air waybills'));
  if (waybill?.origin === undefined || waybill.destination === undefined)
    return unsayable('$.subject', 'FSU names the airports at both ends of a waybill, and they are not known');
  const fault = quantityFault(data.quantities ?? {}) ?? quantityFault(waybill);
  if (fault !== undefined) return unsayable('$.data.quantities', fault);
  const line = statusLine(event, data, waybill);
  return line.ok ? said({ consignment: lineOf(item), lines: [line.value, ...uldLines(data.links ?? [])] }) : line;
}

function statusLine(event: CanonicalEvent, data: EventData, waybill: Waybill): Said<string> {
  const code = airStatusCodeOf(data.milestone);
  if (code === undefined) return unsayable('$.data.milestone', noWords(`the milestone ${data.milestone}`));
  if (data.classifier !== airStatusOf(code).classifier)
    return unsayable('$.data.classifier', `FSU tells ${code} only as ${airStatusOf(code).classifier}`);
  const airport = airportOf(data.place, [waybill.origin, waybill.destination]);
  if (airport?.iata === undefined) return unsayable('$.data.place', 'FSU names places by airport, and there is none');
  const local = airport.timeZone === undefined ? undefined : wallClock(event.time, airport.timeZone);
  if (local === undefined) return unsayable('$.time', 'FSU tells local times, and the zone is not known');
  const { iata } = airport;
  const { day, clock } = local;
  const { service: flight, carrier } = data.transport ?? {};
  const quantity = quantityText(data, waybill);
  switch (familyNameOf(code)) {
    case 'point':
      return lineOfFields([code, `${day}${clock}`, iata, quantity]);
    case 'leg': {
      if (flight === undefined) return unsayable('$.data.transport.service', `FSU names the flight of ${code}`);
      const route = `${iata}${iata === waybill.destination ? waybill.origin : waybill.destination}`;
      return lineOfFields([code, flight, day, route, quantity, `${data.classifier === 'actual' ? 'A' : 'S'}${clock}`]);
    }
    case 'arrival':
      if (flight === undefined) return unsayable('$.data.transport.service', `FSU names the flight of ${code}`);
      return lineOfFields([code, flight, `${day}${clock}`, iata, quantity]);
    case 'interline':
      if (carrier === undefined) return unsayable('$.data.transport.carrier', `FSU names the airline of ${code}`);
      return lineOfFields([code, carrier, `${day}${clock}`, iata, quantity]);
    case 'interline plan':
      return unsayable('$.time', `FSU gives ${code} no date`);
    case 'irregular': {
      const { reason } = event as { readonly reason?: unknown };
      if (typeof reason !== 'string') return unsayable('$.reason', `FSU names the discrepancy of ${code}`);
      return lineOfFields([code, ...(flight === undefined ? [] : [flight]), `${day}${clock}`, iata, reason, quantity]);
    }
    default:
      return lineOfFields([code, flight ?? '', `${day}${clock}`, iata, quantity]);
  }
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

/** FSU has four digits for pieces and seven for kilograms. */
function quantityFault({ pieces, weightGrams }: Pick<Waybill, 'pieces' | 'weightGrams'>): string | undefined {
  if ((pieces ?? 0) > 9_999) return 'FSU tells at most 9999 pieces';
  return (weightGrams ?? 0) >= 10_000_000_000 ? 'FSU tells at most 9999999 kg' : undefined;
}

function quantityText(data: EventData, waybill: Waybill): string {
  const { pieces, weightGrams } = data.quantities ?? {};
  if (pieces === undefined) return '';
  const weight = weightGrams === undefined ? '' : weightText(weightGrams);
  return waybill.pieces !== undefined && pieces < waybill.pieces
    ? `P${pieces}${weight}T${waybill.pieces}`
    : `T${pieces}${weight}`;
}

/** `K1450`, `K505.5`: the first seven characters, which is less than a hundred-thousandth too little. */
function weightText(grams: number): string {
  return `K${kilogramsText(grams).slice(0, 7).replace(/\.$/, '')}`;
}

/** Empty fields at the end are left out. */
function lineOfFields(fields: readonly string[]): Said<string> {
  return said(fields.join('/').replace(/\/+$/, ''));
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
