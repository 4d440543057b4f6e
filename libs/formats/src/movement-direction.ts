/**
 * The direction of a movement as the hub sees it, and the partner at its other end, from whatever a message tells of where it leads.
 *
 * The whole movement decides (a consignment from the hub is outbound at every airport on its way); a leg tells only where the whole is
 * not known. Codes here are UN/LOCODEs. What leads to no place of the hub, or stays inside of it, is `transit` and counts nowhere.
 */
import { isPartner, type Direction } from '@landbridge/domain';
import { isAtHub } from './air-event.js';
import { placeOfLocode } from './places/places.js';

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
  const start = origin === undefined ? undefined : placeOfLocode(origin);
  const end = destination === undefined ? undefined : placeOfLocode(destination);
  const from = isAtHub(hub, start);
  if (from === isAtHub(hub, end)) return { direction: 'transit' };
  const country = (from ? end : start)?.country;
  const partner = country !== undefined && (country === 'CN' || isPartner(country)) ? { partner: country } : {};
  return { direction: from ? 'outbound' : 'inbound', ...partner };
}

/** What a single status tells of its movement: something loaded here leaves from here. */
export function endsOfStatus(milestone: string, place: string | undefined): MovementEnds {
  if (leaving.has(milestone)) return { origin: place };
  return coming.has(milestone) ? { destination: place } : {};
}
