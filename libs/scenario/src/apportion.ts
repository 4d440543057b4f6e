/**
 * Splits an exact total over many parts, as votes are split over seats: by largest remainder.
 *
 * Goal: tens of thousands of single events whose amounts vary and still add up to a published figure to the gram. Rounding each share by
 * itself would miss the total, and putting the difference into the last event would make a freak.
 * Quotas are computed in BigInt: total times weight passes 2^53 for a year of fen.
 */

/**
 * Integers in the proportion of the weights, of the same number, whose sum is exactly `total`. Each is at least `least`, and within one
 * of its exact share of what is left after that. Equal remainders are served in order.
 * Throws a RangeError where the parts cannot exist: no weight above zero, a negative or fractional number, `least` times parts above total.
 */
export function apportion(total: number, weights: readonly number[], least = 0): number[] {
  const rest = total - least * weights.length;
  if (!Number.isSafeInteger(total) || !Number.isSafeInteger(least) || least < 0 || rest < 0)
    throw new RangeError(`${total} cannot be split into ${weights.length} integers of at least ${least}`);
  let weightSum = 0n;
  for (const weight of weights) {
    if (!Number.isSafeInteger(weight) || weight < 0)
      throw new RangeError(`a weight is an integer from 0, not ${weight}`);
    weightSum += BigInt(weight);
  }
  if (weightSum === 0n) throw new RangeError('there is no weight above zero to split by');

  const restBig = BigInt(rest);
  const parts: number[] = [];
  const remainders: { readonly index: number; readonly remainder: bigint }[] = [];
  let given = 0;
  weights.forEach((weight, index) => {
    const quota = restBig * BigInt(weight);
    const floor = Number(quota / weightSum);
    parts.push(least + floor);
    given += floor;
    remainders.push({ index, remainder: quota % weightSum });
  });
  // Fewer than one unit per part is left, because every floor is within one of its share.
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of remainders.slice(0, rest - given)) parts[index]! += 1;
  return parts;
}
