/**
 * Customs' answers as milestones.
 *
 * A list goes 1, 2, (3 or 4), 120, perhaps 300 and 500 to 599, 399, 800, 899; 100 sends it back from anywhere before 800. `released` is
 * the one that counts, and only lists reach it: the other documents end at 120, so a release that is claimed for one of them is kept as
 * unknown.
 * @see General Administration of Customs, edition 202205, field returnStatus
 */
import { unknownMilestone } from '../unknown-milestone.js';

interface Answer {
  readonly milestone: string;
  /** Customs say it at most once of a document, whatever time the receipt carries. */
  readonly once?: true;
}

const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['1', { milestone: 'saved' }],
  ['2', { milestone: 'submitted' }],
  ['3', { milestone: 'sent-to-customs' }],
  ['4', { milestone: 'sending-failed' }],
  ['100', { milestone: 'rejected' }],
  ['120', { milestone: 'accepted' }],
  ['300', { milestone: 'held' }],
  ['399', { milestone: 'examined' }],
  ['500', { milestone: 'held' }],
  ['501', { milestone: 'held' }],
  ['502', { milestone: 'held' }],
  ['503', { milestone: 'held' }],
  ['599', { milestone: 'held' }],
  ['700', { milestone: 'shipped-back', once: true }],
]);

const answersToLists: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['800', { milestone: 'released', once: true }],
  ['899', { milestone: 'settled', once: true }],
]);

/** What a `returnStatus` says; undefined where no table has it. Negative numbers are faults of customs' processing. */
export function answerOf(returnStatus: string, isList: boolean): Answer | undefined {
  if (/^-\d{1,9}$/.test(returnStatus)) return { milestone: 'processing-error' };
  return answers.get(returnStatus) ?? (isList ? answersToLists.get(returnStatus) : undefined);
}

/** CEB 513, `logisticsStatus`: R is signed for by the recipient. */
export function waybillMilestoneOf(logisticsStatus: string): string {
  return logisticsStatus === 'R' ? 'delivered' : unknownMilestone('ceb', `waybill-${logisticsStatus}`);
}

const taxMilestones: ReadonlyMap<string, string> = new Map([
  ['1', 'tax-issued'],
  ['2', 'tax-summed'],
  ['3', 'tax-void'],
]);

/** CEB 816 and 818, `status` of a tax bill. */
export function taxMilestoneOf(status: string): string {
  return taxMilestones.get(status) ?? unknownMilestone('ceb', `tax-${status}`);
}

/** CEB 792, `decState`: the letter of the declaration that was made of a summary. */
export function summaryMilestoneOf(decState: string): string {
  return unknownMilestone('ceb', `summary-${decState}`);
}
