/** The canonical spelling of the values that an event hash is made of: times, numbers, words of the vocabulary, GS1 keys. */
import { parseTimestamp } from '@landbridge/domain';
import { gs1LinkOf } from './gs1-names.js';

/** A value as it goes into the hash: trimmed, numbers without trailing zeros, GS1 keys as canonical links. Empty where there is none. */
export function canonicalText(value: unknown): string {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return '';
  const text = value.trim();
  if (/^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return numberText(Number(text));
  return gs1LinkOf(text) ?? withWebVocabulary(text);
}

function numberText(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

/** A time in UTC with three decimals, the fourth rounding; a text that is no time stays as it is. */
export function canonicalTime(value: unknown): string {
  const text = typeof value === 'string' ? value.trim() : '';
  const timeMs = parseTimestamp(text);
  if (timeMs === undefined) return text;
  const fourth = Number(/\.\d{3}(\d)/.exec(text)?.[1] ?? 0);
  return new Date(timeMs + (fourth >= 5 ? 1 : 0)).toISOString();
}

const cbv = 'https://ref.gs1.org/cbv/';
/** What stands before the word of each field in the web vocabulary. */
const vocabularies: ReadonlyMap<string, string> = new Map([
  ['bizStep', `${cbv}BizStep-`],
  ['disposition', `${cbv}Disp-`],
  ['bizTransaction', `${cbv}BTT-`],
  ['source', `${cbv}SDT-`],
  ['destination', `${cbv}SDT-`],
  ['sensor type', 'https://ref.gs1.org/voc/'],
  ['sensor exception', 'https://ref.gs1.org/voc/'],
  ['sensor component', `${cbv}Comp-`],
]);

/** A bare word of the standard vocabulary as its web term: `shipping` of `bizStep` is `https://ref.gs1.org/cbv/BizStep-shipping`. */
export function vocabularyOf(field: string, value: unknown): unknown {
  const start = vocabularies.get(field);
  return start !== undefined && typeof value === 'string' && /^\w+$/.test(value.trim()) ? start + value.trim() : value;
}

const oldVocabulary: readonly (readonly [string, string])[] = [
  ['urn:epcglobal:cbv:bizstep:', `${cbv}BizStep-`],
  ['urn:epcglobal:cbv:disp:', `${cbv}Disp-`],
  ['urn:epcglobal:cbv:btt:', `${cbv}BTT-`],
  ['urn:epcglobal:cbv:sdt:', `${cbv}SDT-`],
  ['urn:epcglobal:cbv:er:', `${cbv}ER-`],
  ['urn:epcglobal:cbv:inchikey:', 'https://identifiers.org/inchikey:'],
  ['gs1:', 'https://ref.gs1.org/voc/'],
  ['cbv:', cbv],
  ['epcis:', 'https://ref.gs1.org/epcis/'],
];

/** URNs of the older vocabulary and compact names, as terms of the web vocabulary. */
function withWebVocabulary(text: string): string {
  const found = oldVocabulary.find(([start]) => text.startsWith(start));
  return found === undefined ? text : found[1] + text.slice(found[0].length);
}
