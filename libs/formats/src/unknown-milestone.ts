import type { FormatName } from './message-format.js';

/** Milestones are words of at most so many characters. */
const lengthMax = 32;

/**
 * The milestone of a status that no rule knows: format and status in small letters, so that it is kept, told apart and counts nowhere.
 * `unknownMilestone('dcsa', 'STUF')` is `dcsa-stuf`.
 */
export function unknownMilestone(format: FormatName, status: string): string {
  const word = status
    .slice(0, 2 * lengthMax)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return `${format}-${word}`.slice(0, lengthMax).replace(/-+$/, '');
}
