/**
 * The elements that Cargo-IMP messages share: quantities, dates, flights, times of movement.
 * @see IATA Cargo-IMP manual, message improvement programme
 */
import { exactQuantity, kilogram, pound } from '../exact-quantity.js';

export interface Quantity {
  /** T the total, P a part, S split and D divided consignments, M several consignments. */
  readonly code: string;
  readonly pieces: number;
  readonly weightGrams?: number;
}

/** A weight has at most seven characters, its point among them. */
const quantityForm = /^([TPSDM])(\d{1,4})(?:([KL])([\d.]{1,7}))?(?:[A-Z]{2}[\d.]{1,9})?(?:T\d{1,4})?$/;

/**
 * Pieces and weight, such as `T20K1450`, `P2K505.0T10` or, with a volume, `T110K1978MC0.67`; or undefined. Pounds become grams by
 * 453.59237, rounded once.
 */
export function readQuantity(text: string): Quantity | undefined {
  const match = quantityForm.exec(text);
  if (match === null) return undefined;
  const [, code, pieces, unit, weight] = match;
  const quantity = { code: code!, pieces: Number(pieces) };
  if (weight === undefined) return quantity;
  const weightGrams = exactQuantity(weight, unit === 'L' ? pound : kilogram);
  return weightGrams === undefined ? undefined : { ...quantity, weightGrams };
}

/** Whether a field is meant to be a quantity, so that a wrong one is told and not taken for a name. */
export function looksLikeQuantity(text: string): boolean {
  return /^[TPSDM]\d+(?:[KLT]|\.|$)/.test(text);
}

/** A clock time. */
export interface Clock {
  readonly hour: number;
  readonly minute: number;
}

/** A day without a year, and the time where the message gives one. */
export interface DayMonth {
  readonly day: number;
  readonly month: number;
  readonly clock?: Clock;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const monthNumbers: ReadonlyMap<string, number> = new Map(months.map((name, i) => [name, i + 1]));
const dayForm = /^(\d{2})([A-Z]{3})(?:(\d{2})(\d{2}))?$/;

/** `03MAR` or `03MAR0915`; undefined for other texts, for months and times that there are not. A 31 February is found by its reader. */
export function readDayMonth(text: string): DayMonth | undefined {
  const match = dayForm.exec(text);
  if (match === null) return undefined;
  const month = monthNumbers.get(match[2]!);
  const day = Number(match[1]);
  if (month === undefined || day < 1 || day > 31) return undefined;
  if (match[3] === undefined) return { day, month };
  const clock = clockOf(match[3], match[4]!);
  return clock && { day, month, clock };
}

/** `03MAR26`: the date of issue of an air waybill has a year. */
export function readIssueDate(text: string): (DayMonth & { readonly year: number }) | undefined {
  const day = /^\d{2}[A-Z]{3}\d{2}$/.test(text) ? readDayMonth(text.slice(0, 5)) : undefined;
  return day && { ...day, year: 2_000 + Number(text.slice(5)) };
}

/** `03MAR`. @param month 1..12 */
export function dayMonthText(day: number, month: number): string {
  return `${day < 10 ? '0' : ''}${day}${months[month - 1]}`;
}

function clockOf(hourText: string, minuteText: string): Clock | undefined {
  const hour = Number(hourText);
  const minute = Number(minuteText);
  return hour < 24 && minute < 60 ? { hour, minute } : undefined;
}

export interface Flight {
  /** IATA code of the airline. */
  readonly carrier: string;
  /** With the airline's code. */
  readonly flight: string;
}

/** An airline's code has two characters, at least one of which is a letter. */
const flightForm = /^([A-Z][A-Z0-9]|\d[A-Z])\d{3,4}[A-Z]?$/;

/** `CV9727`, `5X0123A`; or undefined. */
export function readFlight(text: string): Flight | undefined {
  const carrier = flightForm.exec(text)?.[1];
  return carrier === undefined ? undefined : { carrier, flight: text };
}

export function isCarrierCode(text: string): boolean {
  return /^(?:[A-Z][A-Z0-9]|\d[A-Z])$/.test(text);
}

/** When a flight left or came, in the local time of that airport. */
export interface MovementTime {
  /** Scheduled, actual or estimated. */
  readonly kind: 'S' | 'A' | 'E';
  readonly clock: Clock;
  /** Days from the flight's date to this time's. */
  readonly dayShift: number;
}

const movementTimeForm = /^([SAE])(\d{2})(\d{2})(?:-([PNST]))?$/;
/** P is the previous day, N the next, S the second and T the third after. */
const dayShifts: Readonly<Record<string, number>> = { P: -1, N: 1, S: 2, T: 3 };

/** `S1200`, `A0015-N`; or undefined. */
export function readMovementTime(text: string): MovementTime | undefined {
  const match = movementTimeForm.exec(text);
  const clock = match === null ? undefined : clockOf(match[2]!, match[3]!);
  if (match === null || clock === undefined) return undefined;
  return { kind: match[1] as 'S' | 'A' | 'E', clock, dayShift: match[4] === undefined ? 0 : dayShifts[match[4]]! };
}

const consignmentForm = /^(\d{3})-(\d{8})(?:([A-Z]{3})([A-Z]{3}))?(?:\/(.*))?$/;

/** The line that names an air waybill. */
export interface ConsignmentLine {
  /** `020-12345675`; its check digit has not been looked at. */
  readonly awb: string;
  /** IATA codes of the whole way; both or neither. */
  readonly origin?: string;
  readonly destination?: string;
  /** What stands after the first slash, or undefined without one. */
  readonly quantity?: string;
}

/** `020-12345675CGOLUX/T20K1450`; or undefined. */
export function readConsignmentLine(text: string): ConsignmentLine | undefined {
  const match = consignmentForm.exec(text);
  if (match === null) return undefined;
  const [, prefix, serial, origin, destination, quantity] = match;
  return {
    awb: `${prefix}-${serial}`,
    ...(origin === undefined ? {} : { origin, destination: destination! }),
    ...(quantity === undefined ? {} : { quantity }),
  };
}
