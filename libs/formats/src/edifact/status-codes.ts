/**
 * IFTSTA status events (STS, data element 9011, later called 4405) to milestones.
 *
 * Only milestones that the counting rules know count, each movement once: 24 and 1 for rail and air, 12 and 78 for cargo through
 * customs. The other words say what happened and count nowhere. Carriers use codes of their own too; those have no row.
 * @see UN/ECE Recommendation 24, trade and transport status codes
 */

const milestonesByStatus: ReadonlyMap<string, string> = new Map([
  ['1', 'arrived'],
  ['12', 'released'],
  ['16', 'border-crossed'],
  ['17', 'held'],
  ['18', 'damaged'],
  ['20', 'delayed'],
  ['21', 'delivered'],
  ['24', 'departed'],
  ['25', 'departure-delayed'],
  ['28', 'stripped'],
  ['29', 'discharged'],
  ['31', 'en-route'],
  ['48', 'loaded'],
  ['50', 'manifested'],
  ['74', 'received'],
  ['78', 'released'],
  ['83', 'sealed'],
  ['93', 'stuffed'],
  ['100', 'transhipped'],
  ['101', 'transit-delayed'],
]);

/** The milestone of a UN status code, or undefined for a code that is not in the table. */
export function milestoneOfStatus(code: string): string | undefined {
  return milestonesByStatus.get(code);
}

/** The first UN status code of a milestone, or undefined where there is none. */
export function statusOfMilestone(milestone: string): string | undefined {
  for (const [code, known] of milestonesByStatus) if (known === milestone) return code;
  return undefined;
}
