/**
 * The direction of a movement as the hub sees it, and the partner at its other end, from whatever a message tells of where it leads.
 *
 * The whole movement decides (a consignment from the hub is outbound at every airport on its way); a leg tells only where the whole is
 * not known. What leads to no place of the hub, or stays inside of it, is `transit` and counts nowhere.
 */
import { hubByCode, isPartner, type Direction } from '@landbridge/domain';
import { placeOfIata, placeOfLocode, type Place } from './places/places.js';

/** UN/LOCODEs, or countries where no more is told. */
export interface MovementEnds {
  readonly origin?: string | undefined;
  readonly destination?: string | undefined;
}

export interface Heading {
  readonly direction: Direction;
  /** ISO 3166-1 alpha-2 of the other end, where it is known and a trade partner or China itself. */
  readonly partner?: string;
}

const leaving: ReadonlySet<string> = new Set(['booked', 'manifested', 'loaded', 'departed']);
const coming: ReadonlySet<string> = new Set(['arrived', 'unloaded', 'discharged', 'delivered']);

/** Direction and partner of a movement. @param hub code such as `CGO` */
export function headingOf(hub: string, { origin, destination }: MovementEnds): Heading {
  return headingBetween(hub, endAt(origin), endAt(destination));
}

/** The same between two places; of either only the country may be known, or nothing. */
export function headingBetween(hub: string, start: Place | undefined, end: Place | undefined): Heading {
  const from = isAtHub(hub, start);
  if (from === isAtHub(hub, end)) return { direction: 'transit' };
  const country = (from ? end : start)?.country;
  const partner = country !== undefined && (country === 'CN' || isPartner(country)) ? { partner: country } : {};
  return { direction: from ? 'outbound' : 'inbound', ...partner };
}

function endAt(code: string | undefined): Place | undefined {
  if (code === undefined) return undefined;
  return code.length === 2 ? placeInCountry(code) : placeOfLocode(code);
}

/** Somewhere in a country. */
export function placeInCountry(country: string): Place {
  return { name: country, country };
}

/** Whether a place belongs to the hub: one of its listed places or, where they are not listed, its city or its airport. */
export function isAtHub(hub: string, place: Place | undefined): boolean {
  if (place === undefined) return false;
  if (place.iata === hub) return true;
  if (place.locode === undefined) return false;
  const { places, unLocode } = hubByCode(hub) ?? {};
  if (places !== undefined) return places.includes(place.locode);
  return place.locode === unLocode || place.locode === placeOfIata(hub)?.locode;
}

/** What a single status tells of its movement: something loaded here leaves from here. */
export function endsOfStatus(milestone: string, place: string | undefined): MovementEnds {
  if (leaving.has(milestone)) return { origin: place };
  return coming.has(milestone) ? { destination: place } : {};
}
