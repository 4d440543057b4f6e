/**
 * The stored text of a cell: its integer amounts, comma-separated, for example `1200000,40,1`.
 */

const comma = 0x2c;

/**
 * Reads a cell's text. Throws when an amount is not a natural number that is exact: the store is then not ours.
 * Digit by digit, because `split` and `Number` take five times as long, and a scrape reads every cell of the view.
 */
export function parseAmounts(text: string): number[] {
  const amounts: number[] = [];
  let start = 0;
  let amount = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : comma;
    if (code === comma) {
      // Rounding cannot hide an overflow: a number above the largest exact one is never rounded to below it.
      if (i === start || amount > Number.MAX_SAFE_INTEGER) throw notAmounts(text);
      amounts.push(amount);
      amount = 0;
      start = i + 1;
    } else {
      const digit = code - 0x30;
      if (!(digit >= 0 && digit <= 9)) throw notAmounts(text);
      amount = amount * 10 + digit;
    }
  }
  return amounts;
}

function notAmounts(text: string): Error {
  return new Error(`not the amounts of a cell: ${text.slice(0, 80)}`);
}
