/**
 * The stored text of a cell: its integer amounts, comma-separated, for example `1200000,40,1`.
 */

/** Reads a cell's text. Throws when an amount is not an exact integer: the store is then not ours. */
export function parseAmounts(text: string): number[] {
  const amounts = text.split(',').map(Number);
  if (!amounts.every(Number.isSafeInteger)) throw new Error(`not the amounts of a cell: ${text.slice(0, 80)}`);
  return amounts;
}
