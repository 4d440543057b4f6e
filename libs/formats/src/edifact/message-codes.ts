/**
 * Which movement a CODECO or COARRI reports (BGM 1001), and whether it states, replaces or takes back (BGM 1225).
 *
 * Two code lists are in use for 1001: the guides of SMDG, a group of ship operators and terminals (34, 36, 44, 46, and 98 and 270 with
 * older terminals), whose numbers mean other documents in the UN directory; and that directory itself (109, 111, 119, 122, 181).
 * Inside of one message type they do not contradict each other, whatever the release, so the key is (message type, code).
 * @see UN/EDIFACT D.00B code lists 1001 and 1225; SMDG guides to CODECO and COARRI
 */

import { unknownMilestone } from '../unknown-milestone.js';

/** Message types that tell events. */
export const messageTypes = ['CODECO', 'COARRI', 'IFTSTA'] as const;
export type MessageType = (typeof messageTypes)[number];

export function isMessageType(type: string): type is MessageType {
  return (messageTypes as readonly string[]).includes(type);
}

/** `by-equipment-status`: the code says only that something arrived, and EQD 8249 (export or import) says which way it moved. */
type Movement = 'gate-in' | 'gate-out' | 'discharged' | 'loaded' | 'by-equipment-status';

export const movementsByCode: Readonly<Record<'CODECO' | 'COARRI', ReadonlyMap<string, Movement>>> = {
  CODECO: new Map<string, Movement>([
    ['34', 'gate-in'],
    ['36', 'gate-out'],
    ['109', 'gate-in'],
    ['111', 'gate-out'],
  ]),
  COARRI: new Map<string, Movement>([
    ['44', 'discharged'],
    ['46', 'loaded'],
    ['98', 'by-equipment-status'],
    ['119', 'discharged'],
    ['122', 'loaded'],
    ['181', 'discharged'],
    ['270', 'loaded'],
  ]),
};

/** EQD 8249: 2 is export, 3 import, 6 transhipment. */
export const exportStatus = '2';
export const importStatus = '3';

/** The milestone of a container report: a known one, or `codeco-<code>` and `coarri-<code>`, which count nowhere. */
export function containerMilestone(type: 'CODECO' | 'COARRI', code: string, equipmentStatus: string): string {
  const movement = movementsByCode[type].get(code);
  if (movement === 'by-equipment-status') return equipmentStatus === exportStatus ? 'loaded' : 'discharged';
  return movement ?? unknownMilestone(type.toLowerCase(), code);
}

/** What a message does with its statements; `revise` and `retract` meet the original under the same id. */
export type MessageFunction = 'state' | 'revise' | 'retract';

/**
 * By BGM 1225. A duplicate (7) is the original again. What is proposed, requested or only simulated has no row: it tells no event.
 */
const functionsByCode: ReadonlyMap<string, MessageFunction> = new Map<string, MessageFunction>([
  ['', 'state'],
  ['1', 'retract'],
  ['2', 'state'],
  ['3', 'retract'],
  ['4', 'revise'],
  ['5', 'revise'],
  ['6', 'state'],
  ['7', 'state'],
  ['9', 'state'],
  ['31', 'state'],
  ['43', 'state'],
]);

export function functionOf(code: string): MessageFunction | undefined {
  return functionsByCode.get(code);
}
