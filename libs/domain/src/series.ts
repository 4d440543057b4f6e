/**
 * A series is one meter with one value for each of its dimensions, written `meter|value|value`, an absent value as nothing.
 * Values come from events that passed the schema, whose strings cannot hold the separator; `formatSeries` checks it all the same,
 * because two series that share a name would add up silently.
 */
import { dimensionOf, meters, type Dimension, type Meter } from './measures.js';
import type { EventFacts } from './event.js';

const separator = '|';

/** The series of a meter that an event belongs to. Throws on a value that holds the separator: the schema must have refused it. */
export function formatSeries(meter: Meter, facts: EventFacts): string {
  let text = meter.name;
  for (const dimension of meter.dimensions) {
    const value = dimensionOf(facts, dimension) ?? '';
    if (value.includes(separator)) throw new Error(`the ${dimension} of an event holds the series separator`);
    text += separator + value;
  }
  return text;
}

export interface Series {
  readonly meter: Meter;
  readonly values: Readonly<Partial<Record<Dimension, string>>>;
}

/** Reads a series back. Throws when it names an unknown meter or has another number of values: the store is then not ours. */
export function parseSeries(text: string): Series {
  const [name, ...parts] = text.split(separator);
  const meter: Meter | undefined = meters.find((candidate) => candidate.name === name);
  if (!meter || parts.length !== meter.dimensions.length) throw new Error(`not a series: ${text}`);
  const values: Partial<Record<Dimension, string>> = {};
  meter.dimensions.forEach((dimension, i) => {
    if (parts[i]) values[dimension] = parts[i];
  });
  return { meter, values };
}
