/**
 * Zhengzhou's ports of entry: the "1+1+7" system, and the ports of the city that are not counted in it.
 *
 * A port here is a place or facility where customs let goods in; see the README for the other meanings of the word. The trap in
 * the published statement: the second 1 is the comprehensive bonded zone and not the railway port.
 * Source: People's Daily of 29 April 2019. The three ports of class `other` are of the city, but not of the nine.
 */

export type PortOfEntryClass = 'first-class-airport-port' | 'comprehensive-bonded-zone' | 'designated-port' | 'other';

export interface PortOfEntry {
  readonly code: string;
  readonly name: string;
  readonly class: PortOfEntryClass;
}

export const portsOfEntry: readonly PortOfEntry[] = [
  { code: 'airport', name: 'Zhengzhou Xinzheng airport', class: 'first-class-airport-port' },
  { code: 'bonded-zone', name: 'Xinzheng Comprehensive Bonded Zone', class: 'comprehensive-bonded-zone' },
  { code: 'meat', name: 'imported meat', class: 'designated-port' },
  { code: 'live-cattle', name: 'live cattle', class: 'designated-port' },
  { code: 'fruit', name: 'fruit', class: 'designated-port' },
  { code: 'edible-aquatic', name: 'edible aquatic animals', class: 'designated-port' },
  { code: 'chilled-aquatic', name: 'chilled aquatic products', class: 'designated-port' },
  { code: 'mail-transit', name: 'international mail transit', class: 'designated-port' },
  { code: 'drug-import', name: 'drug import', class: 'designated-port' },
  { code: 'rail-putian', name: 'railway port at Putian', class: 'other' },
  { code: 'automobile', name: 'automobile port', class: 'other' },
  { code: 'grain', name: 'grain port', class: 'other' },
];

const byCode: ReadonlyMap<string, PortOfEntry> = new Map(portsOfEntry.map((port) => [port.code, port]));

/** The port of entry with this code, or undefined. */
export function portOfEntryByCode(code: string): PortOfEntry | undefined {
  return byCode.get(code);
}

/** Whether a port of entry is one of the nine of the "1+1+7" system. */
export function isOneOfNine(port: PortOfEntry): boolean {
  return port.class !== 'other';
}
