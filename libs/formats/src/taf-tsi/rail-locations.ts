/**
 * Rail locations as places. A TAF TSI location has a country and a primary code that the country's railway gives out, which no open table
 * relates to UN/LOCODEs. So a location is a place where it says a UN/LOCODE itself, or one of the telegraph codes below; of the others
 * only the country is known, and an event at one of them never counts at the hub.
 */
import { zoneOfCountry } from '../places/country-zones.js';
import { placeOfLocode } from '../places/places.js';
import type { MessageEntry } from '../xml/message-entry.js';

export interface RailLocation {
  readonly country: string;
  readonly primaryCode: string;
  /** UN/LOCODE. */
  readonly place?: string;
  /** IANA; of the place, or of a country that has a single one. */
  readonly timeZone?: string;
}

/**
 * Telegraph codes of China Railway for the hub's station and the border crossings of the land bridge.
 * @see station list of China Railway's ticketing, field of three letters
 */
const telegraphCodes: ReadonlyMap<string, string> = new Map([
  ['CN/ZZF', 'CNZGZ'], // Zhengzhou
  ['CN/AKR', 'CNAKL'], // Alashankou
  ['CN/HFR', 'CNHRS'], // Khorgos
  ['CN/RLC', 'CNERC'], // Erenhot
  ['CN/MLX', 'CNMLX'], // Manzhouli
]);

/** The station of a UN/LOCODE by its country and telegraph code, which a reader takes for its primary code; or undefined. */
export function telegraphCodeOf(locode: string): { readonly country: string; readonly code: string } | undefined {
  for (const [key, place] of telegraphCodes) {
    const [country, code] = key.split('/');
    if (place === locode) return { country: country!, code: code! };
  }
  return undefined;
}

/** The location that an element such as `Location` or `JourneySectionOrigin` tells. Refusal: invalid_message. */
export function railLocationOf(location: MessageEntry): RailLocation {
  const country = location.text('CountryCodeISO');
  if (country === undefined || !/^[A-Z]{2}$/.test(country))
    return location.refuse({ detail: 'CountryCodeISO is no country', expected: 'two letters, such as CN' });
  const primaryCode = location.text('LocationPrimaryCode') ?? '';
  const subsidiary = location.text('LocationSubsidiaryIdentification', 'LocationSubsidiaryCode');
  for (const code of [subsidiary, primaryCode]) {
    const locode = code === undefined ? undefined : (telegraphCodes.get(`${country}/${code}`) ?? code);
    const place = locode?.startsWith(country) ? placeOfLocode(locode) : undefined;
    if (place?.locode !== undefined)
      return {
        country,
        primaryCode,
        place: place.locode,
        ...(place.timeZone === undefined ? {} : { timeZone: place.timeZone }),
      };
  }
  const timeZone = zoneOfCountry(country);
  return { country, primaryCode, ...(timeZone === undefined ? {} : { timeZone }) };
}
