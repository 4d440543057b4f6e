/** Milestones are words of at most so many characters. */
const lengthMax = 32;

/**
 * The milestone of a status that no rule knows: where it comes from and the status in small letters, so that it is kept, told apart and
 * counts nowhere. `unknownMilestone('dcsa', 'STUF')` is `dcsa-stuf`, a status without a letter or digit `dcsa-none`.
 * @param origin a format, or a type of its messages, in small letters
 */
export function unknownMilestone(origin: string, status: string): string {
  const word = status
    .slice(0, 2 * lengthMax)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '');
  return `${origin}-${word || 'none'}`.slice(0, lengthMax).replace(/-+$/, '');
}
