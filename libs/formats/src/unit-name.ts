/** Names of tracked things whose format names them with an IRI of any length. */
import { eventIdOf } from './event-identity.js';

/** As long as the id of a unit may be. */
const unitIdMax = 80;

/** A text as the name of a unit: itself, or a hash of it where it is too long or holds what a name may not hold. */
export function unitNameOf(text: string): string {
  return isPlain(text, unitIdMax) ? text : eventIdOf('iri', [text]);
}

/** As long as the id of an event may be. */
const eventIdMax = 128;

/** A sender's event id as the id of the event: itself, or a hash of it for the same reasons. */
export function eventIdFrom(prefix: string, text: string): string {
  return isPlain(text, eventIdMax) ? text : eventIdOf(prefix, [text]);
}

function isPlain(text: string, lengthMax: number): boolean {
  return text.length > 0 && text.length <= lengthMax && /^[\x20-\x7e\u00a0-\ud7ff\uf900-\ufffd]+$/.test(text);
}
