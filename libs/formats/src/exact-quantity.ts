/**
 * Decimal texts to integers in base units, without a binary fraction on the way: 80.25 kg are 80,250 g and 19050 yuan are 1,905,000 fen,
 * so that sums stay exact.
 */

/** Longer than any quantity; it bounds the digits that are looked at. */
const quantityCharactersMax = 40;

/** How many base units one unit of the text is, as a fraction. */
export interface UnitFactor {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A kilogram in grams. */
export const kilogram: UnitFactor = { numerator: 1_000n, denominator: 1n };
/** The international pound in grams, exactly. */
export const pound: UnitFactor = { numerator: 45_359_237n, denominator: 100_000n };
/** Yuan in fen. */
export const yuan: UnitFactor = { numerator: 100n, denominator: 1n };
/** Things that are counted. */
export const piece: UnitFactor = { numerator: 1n, denominator: 1n };

/**
 * The quantity in base units, rounded half up to a whole one; undefined where the text is not a plain decimal number (no sign, no
 * exponent, a point before the fraction). It may exceed `quantityMax`, which is the check of whoever takes it; above 2^53 it is
 * infinite.
 */
export function exactQuantity(text: string, unit: UnitFactor): number | undefined {
  if (text.length > quantityCharactersMax || !/^\d+(?:\.\d*)?$/.test(text)) return undefined;
  const point = text.indexOf('.');
  const fraction = point < 0 ? '' : text.slice(point + 1);
  const digits = BigInt(point < 0 ? text : text.slice(0, point) + fraction);
  const denominator = unit.denominator * 10n ** BigInt(fraction.length);
  const rounded = (2n * digits * unit.numerator + denominator) / (2n * denominator);
  return rounded > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(rounded);
}

/** Grams as a decimal text in kilograms, exactly: `23.5` for 23,500. */
export function kilogramsText(grams: number): string {
  const fraction = String(grams % 1_000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${Math.floor(grams / 1_000)}${fraction && `.${fraction}`}`;
}
