/** The flight of a movement. */
import type { MessageEntry } from '../xml/message-entry.js';

/** IATA code of the airline, and flight number with it. */
export interface Flight {
  readonly carrier?: string;
  readonly flight?: string;
}

/** `CV9727` from the movement's ID, which may lack its airline or its zeros; nothing where it names no flight (a truck, or nothing). */
export function flightOf(movement: MessageEntry): Flight {
  const name = movement.text('UsedLogisticsTransportMeans', 'Name');
  const airline = name !== undefined && /^[A-Z0-9]{2}$/.test(name) ? name : undefined;
  const id = movement.text('ID')?.replaceAll(' ', '') ?? '';
  const [, carrier = airline, number] = /^([A-Z][A-Z0-9]|[0-9][A-Z])?(\d{1,4}[A-Z]?)$/.exec(id) ?? [];
  if (carrier === undefined) return {};
  return number === undefined ? { carrier } : { carrier, flight: `${carrier}${number.padStart(3, '0')}` };
}
