/**
 * Where a code of a message is: its country and time zone. Unknown codes are undefined, so that their reader says so instead of guessing.
 */
import { readFileSync } from 'node:fs';
import { isUnLocode } from '@landbridge/domain';
import { zoneOfCountry } from './country-zones.js';
import { canonicalLocode, locationOf } from './locations.js';

export interface Place {
  readonly name: string;
  /** ISO 3166-1 alpha-2; `XK` for Kosovo. */
  readonly country: string;
  /** IANA. Absent where the country has several and the place is not listed. */
  readonly timeZone?: string;
  /** The canonical UN/LOCODE. Absent where an airport's is not known. */
  readonly locode?: string;
  /** Of the airport, or of a city with several, that was asked for. */
  readonly iata?: string;
}

/** The airport, or the city with several airports, of an IATA code in capital letters, or undefined. */
export function placeOfIata(code: string): Place | undefined {
  return airports.byIata.get(code);
}

/**
 * The place of a UN/LOCODE in capital letters; two codes of one place give the same place. A code that nobody listed still has its country
 * and, where the country has a single one, its time zone; its name is then the code. Undefined for what is no UN/LOCODE of a country.
 */
export function placeOfLocode(code: string): Place | undefined {
  const known = byLocode.get(code);
  if (known !== undefined) return known;
  if (!isUnLocode(code)) return undefined;
  const place = findByLocode(canonicalLocode(code));
  if (place !== undefined && byLocode.size < rememberedMax) byLocode.set(code, place);
  return place;
}

/** An airport at a UN/LOCODE, for messages that name places by airport; undefined where there is none. */
export function airportOfLocode(code: string): Place | undefined {
  return airports.byLocode.get(canonicalLocode(code));
}

/** Codes that were looked up once; more than carriers name, and senders cannot fill memory with invented ones. */
const rememberedMax = 4_096;
const byLocode = new Map<string, Place>();

function findByLocode(locode: string): Place | undefined {
  const country = locode.slice(0, 2);
  const location = locationOf(locode);
  const airport = airports.byLocode.get(locode);
  const timeZone = location?.timeZone ?? zoneOfCountry(country) ?? airport?.timeZone;
  if (timeZone === undefined && !airports.countries.has(country)) return undefined;
  const name = location?.name ?? airport?.name ?? locode;
  return { name, country, ...(timeZone === undefined ? {} : { timeZone }), locode };
}

interface Airports {
  readonly byIata: ReadonlyMap<string, Place>;
  /** One of the airports of each UN/LOCODE. */
  readonly byLocode: ReadonlyMap<string, Place>;
  /** Countries that have an airport, which is all. */
  readonly countries: ReadonlySet<string>;
}

/** Source, licence and form are told at the head of the file. */
const airports = readAirports(readFileSync(new URL('../../data/airports.txt', import.meta.url), 'utf8'));

function readAirports(text: string): Airports {
  const byIata = new Map<string, Place>();
  const byLocode = new Map<string, Place>();
  const countries = new Set<string>();
  let country = '';
  let timeZone = '';
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('= ')) {
      country = line.slice(2, 4);
      timeZone = line.slice(5);
      countries.add(country);
      continue;
    }
    const iata = line.slice(0, 3);
    const listed = line[4] !== '-';
    const locode = listed ? canonicalLocode(country + line.slice(4, 7)) : undefined;
    const name = (locode === undefined ? undefined : locationOf(locode)?.name) ?? line.slice(listed ? 8 : 6);
    const place: Place = { name, country, timeZone, ...(locode === undefined ? {} : { locode }), iata };
    byIata.set(iata, place);
    if (locode !== undefined && !byLocode.has(locode)) byLocode.set(locode, place);
  }
  return { byIata, byLocode, countries };
}
