/**
 * The guide and the samples of Cargo-IMP tell of days in early March without a year. From the end of February on such a day is still to
 * come, and what is to come has not happened: for those weeks the tests tell of the same days of February.
 */
import { samplesByFormat, type FormatName, type FormatSample } from '@landbridge/formats';

const dayMs = 24 * 3_600_000;
const isAhead = (): boolean => new Date(Date.now() + dayMs).getUTCMonth() === 2;

/** A text with its days of early March behind, whenever it is posted. */
export function daysBehind(text: string): string {
  return isAhead() ? text.replaceAll(/\b(0\d)MAR/g, '$1FEB') : text;
}

/** The samples of a format, with their days behind. */
export function samplesBehind(name: FormatName): readonly FormatSample[] {
  return (samplesByFormat[name] ?? []).map((sample) => ({ ...sample, text: daysBehind(sample.text) }));
}

/** The same as a filter of a shell. */
export function daysBehindFilter(): string {
  return isAhead() ? String.raw`sed -E 's/\b(0[0-9])MAR/\1FEB/g'` : 'cat';
}
