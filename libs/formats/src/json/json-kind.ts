/**
 * Which of the JSON formats a message is, by its first bytes: the format whose own names come first in it. One function decides for all
 * three, so that never two of them say yes; each recognises only itself.
 */
import type { FormatName } from '../message-format.js';

type JsonFormat = Extract<FormatName, 'one-record' | 'epcis' | 'dcsa'>;

/** Names and types that no other format has; each is looked for as a JSON name or value, never inside of another text. */
const marks: readonly (readonly [JsonFormat, RegExp])[] = [
  [
    'one-record',
    anyOf(
      String.raw`"https:\/\/onerecord\.iata\.org\/[^"\s]{0,80}"`,
      String.raw`"[^"\s]{0,60}(?:LogisticsEvent|StatusUpdateEvent|eventTimeType)"`,
    ),
  ],
  [
    'epcis',
    anyOf(
      '"EPCIS(?:Query)?Document"',
      '"(?:Object|Aggregation|Transaction|Transformation|Association)Event"',
      String.raw`"(?:epcisBody|eventTimeZoneOffset)"\s{0,20}:`,
    ),
  ],
  [
    'dcsa',
    anyOf(
      String.raw`"(?:eventClassifierCode|eventClassification|eventCreatedDateTime|eventRouting)"\s{0,20}:`,
      String.raw`"(?:transport|equipment|shipment)EventTypeCode"\s{0,20}:`,
    ),
  ],
];

function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join('|'));
}

/** The JSON format of a message's first bytes, or undefined where they are no JSON of ours. Linear in their number, never throws. */
export function jsonKindOf(head: Uint8Array): JsonFormat | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  if (!/^\s*[[{]/.test(text)) return undefined;
  let first: { readonly name: JsonFormat; readonly at: number } | undefined;
  for (const [name, mark] of marks) {
    const at = text.search(mark);
    if (at >= 0 && (first === undefined || at < first.at)) first = { name, at };
  }
  return first?.name;
}
