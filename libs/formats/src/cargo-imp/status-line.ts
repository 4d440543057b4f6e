/**
 * A status line of an FSU, field by field.
 *
 * Each family of statuses has its own order of fields. One reader goes through them all, because they differ only in which fields are
 * there; the table says what each family must have, and what is not in its place is a fault and never read as something else.
 */
import type { FormatFault } from '../message-format.js';
import {
  isCarrierCode,
  looksLikeQuantity,
  readDayMonth,
  readFlight,
  readMovementTime,
  readQuantity,
  type DayMonth,
  type MovementTime,
  type Quantity,
} from './imp-fields.js';
import { shown, type ImpFields } from './imp-lines.js';

export interface StatusLine {
  readonly code: string;
  readonly carrier?: string;
  readonly flight?: string;
  /** Undefined only for TRM, which has no date in the standard. */
  readonly date?: DayMonth;
  /** IATA code of where it happened. */
  readonly airport: string;
  /** Both ends of the flight, where the line names them. */
  readonly legOrigin?: string;
  readonly legDestination?: string;
  /** Of a discrepancy: `OFLD`. */
  readonly reason?: string;
  readonly quantity?: Quantity;
  readonly departure?: MovementTime;
  readonly arrival?: MovementTime;
}

export type StatusLineReading =
  | { readonly ok: true; readonly status: StatusLine }
  | { readonly ok: false; readonly fault: FormatFault };

interface Family {
  readonly name: string;
  readonly before: 'flight' | 'carrier' | 'flight or nothing' | 'nothing';
  /** At which end of a flight it is told; a line that names both is about that one. */
  readonly end: 'origin' | 'destination';
  readonly dated: boolean;
  readonly reason: boolean;
  /** Whether times of departure and arrival may follow; in other families a name does. */
  readonly times: boolean;
}

const point: Family = { name: 'point', before: 'nothing', end: 'origin', dated: true, reason: false, times: false };
const leg: Family = { name: 'leg', before: 'flight', end: 'origin', dated: true, reason: false, times: true };
const arrival: Family = {
  name: 'arrival',
  before: 'flight',
  end: 'destination',
  dated: true,
  reason: false,
  times: true,
};
const interline: Family = {
  name: 'interline',
  before: 'carrier',
  end: 'origin',
  dated: true,
  reason: false,
  times: false,
};
const plan: Family = {
  name: 'interline plan',
  before: 'carrier',
  end: 'origin',
  dated: false,
  reason: false,
  times: false,
};
const loose: Family = {
  name: 'status',
  before: 'flight or nothing',
  end: 'destination',
  dated: true,
  reason: false,
  times: true,
};
const irregular: Family = {
  name: 'irregular',
  before: 'flight or nothing',
  end: 'origin',
  dated: true,
  reason: true,
  times: false,
};

const families: ReadonlyMap<string, Family> = new Map([
  ...['DPU', 'FOH', 'RCS', 'NFD', 'AWD', 'DLV', 'DDL', 'CRC', 'CCD', 'TGC'].map((code) => [code, point] as const),
  ...['BKD', 'PRE', 'MAN', 'DEP'].map((code) => [code, leg] as const),
  ...['ARR', 'RCF', 'AWR'].map((code) => [code, arrival] as const),
  ...['RCT', 'TFD'].map((code) => [code, interline] as const),
  ['TRM', plan],
  ['DIS', irregular],
  ...['FIW', 'FOW', 'DOC'].map((code) => [code, loose] as const),
]);

/** The name of a status' family: `point`, `leg`, `arrival`, `interline`, `interline plan`, `irregular`, or `status` for all others. */
export function familyNameOf(code: string): string {
  return (families.get(code) ?? loose).name;
}

/** Whether the tag is of a status that the standard knows. */
export function isStatusCode(code: string): boolean {
  return families.has(code);
}

/** Whether one of the first fields is a date, as in every status, so that an unknown tag is a status and no remark. */
export function hasDate(fields: ImpFields): boolean {
  return [1, 2, 3].some((index) => readDayMonth(fields.at(index)) !== undefined);
}

const airportForm = /^[A-Z]{3}$/;
const legForm = /^[A-Z]{6}$/;

/** Reads a line whose tag is a status, known or not. */
export function readStatusLine(fields: ImpFields): StatusLineReading {
  const code = fields.at(0);
  const family = families.get(code) ?? loose;
  let at = 1;

  const refuse = (index: number, detail: string, expected: string): StatusLineReading => ({
    ok: false,
    fault: {
      code: 'invalid_message',
      detail: `${code}: ${detail}`,
      path: fields.pathOf(index),
      rule: `Cargo-IMP FSU, ${family.name} status`,
      expected,
    },
  });

  let carrier: string | undefined;
  let flight: string | undefined;
  if (family.before === 'flight' || family.before === 'flight or nothing') {
    const read = flightAt(fields, at);
    if (read !== undefined) {
      ({ carrier, flight } = read);
      at = read.next;
    } else if (family.before === 'flight') {
      return refuse(at, `${shown(fields.at(at))} is no flight`, 'a flight such as CV9727');
    } else if (fields.at(at) === '') {
      at++; // The slot of a flight that is not known.
    }
  } else if (family.before === 'carrier') {
    if (!isCarrierCode(fields.at(at)))
      return refuse(at, `${shown(fields.at(at))} is no airline`, 'the two characters of an airline, such as CV');
    carrier = fields.at(at++);
  }

  const date = readDayMonth(fields.at(at));
  if (date !== undefined) at++;
  else if (family.dated) {
    const text = fields.at(at);
    if (text === '' || airportForm.test(text) || legForm.test(text))
      return { ok: false, fault: timeMissing(fields, at) };
    return refuse(at, `${shown(text)} is no date`, 'a day and a month such as 03MAR, with a time such as 03MAR0915');
  }

  const route = routeAt(fields, at, family);
  if (route === undefined) return refuse(at, `${shown(fields.at(at))} is no airport`, expectedAirport(family));
  at = route.next;

  let reason: string | undefined;
  if (family.reason) {
    if (!/^[A-Z]{4}$/.test(fields.at(at)))
      return refuse(
        at,
        `${shown(fields.at(at))} is no discrepancy`,
        'a discrepancy code of four letters, such as OFLD',
      );
    reason = fields.at(at++);
  }

  let quantity: Quantity | undefined;
  if (looksLikeQuantity(fields.at(at))) {
    quantity = readQuantity(fields.at(at));
    if (quantity === undefined)
      return refuse(at, `${shown(fields.at(at))} is no quantity`, 'pieces and weight such as T20K1450 or P2K505.0T10');
    at++;
  } else if (fields.at(at) === '') at++;

  // Times of departure and arrival, each of which may be left out. What comes then is a name or a remark.
  const times: (MovementTime | undefined)[] = [];
  for (; family.times && at < fields.length && times.length < 2; at++) {
    const text = fields.at(at);
    const time = readMovementTime(text);
    if (time === undefined && text !== '') {
      if (!/^[SAE]\d/.test(text)) break;
      return refuse(at, `${shown(text)} is no time`, 'a time such as S1200 or A0015-N');
    }
    times.push(time);
  }
  const [departure, arrived] = times;
  return {
    ok: true,
    status: {
      code,
      airport: route.airport,
      ...(carrier === undefined ? {} : { carrier }),
      ...(flight === undefined ? {} : { flight }),
      ...(date === undefined ? {} : { date }),
      ...(route.legOrigin === undefined ? {} : { legOrigin: route.legOrigin, legDestination: route.legDestination! }),
      ...(reason === undefined ? {} : { reason }),
      ...(quantity === undefined ? {} : { quantity }),
      ...(departure === undefined ? {} : { departure }),
      ...(arrived === undefined ? {} : { arrival: arrived }),
    },
  };
}

/** The fault of a line that does not say when it happened. */
export function timeMissing(fields: ImpFields, index: number): FormatFault {
  return {
    code: 'time_missing',
    detail: `${fields.at(0)}: the line has no date`,
    path: fields.pathOf(index),
    rule: 'Cargo-IMP FSU, status details',
    expected: 'a day and a month such as 03MAR, with a time such as 03MAR0915',
  };
}

/**
 * A flight, in one field or in two: some senders write `QR/0843`. That is read on purpose: two characters of an airline with nothing but
 * a flight's number after them can mean nothing else.
 */
function flightAt(fields: ImpFields, at: number): { carrier: string; flight: string; next: number } | undefined {
  const one = readFlight(fields.at(at));
  if (one !== undefined) return { ...one, next: at + 1 };
  if (!isCarrierCode(fields.at(at))) return undefined;
  const two = readFlight(fields.at(at) + fields.at(at + 1));
  return two && { ...two, next: at + 2 };
}

interface Route {
  readonly airport: string;
  readonly legOrigin?: string;
  readonly legDestination?: string;
  readonly next: number;
}

/** An airport, or both ends of the flight: `CGOLUX`, or `CGO/LUX` from the same senders as above. */
function routeAt(fields: ImpFields, at: number, family: Family): Route | undefined {
  const text = fields.at(at);
  if (legForm.test(text)) return routeOf(text.slice(0, 3), text.slice(3), family, at + 1);
  if (!airportForm.test(text)) return undefined;
  if (family === leg && airportForm.test(fields.at(at + 1))) return routeOf(text, fields.at(at + 1), family, at + 2);
  return { airport: text, next: at + 1 };
}

function routeOf(legOrigin: string, legDestination: string, family: Family, next: number): Route {
  return { airport: family.end === 'origin' ? legOrigin : legDestination, legOrigin, legDestination, next };
}

function expectedAirport(family: Family): string {
  return family === leg ? 'both airports of the flight, such as CGOLUX' : 'an airport of three letters, such as CGO';
}
