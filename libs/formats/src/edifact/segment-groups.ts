/**
 * Segments to the groups of their message.
 *
 * Releases of the directory reorder segments inside of a group and move some into groups of their own (D.00B), and senders are not
 * strict about either. So a grammar says only which segment opens a group and what a small group may hold; a segment goes to the
 * innermost open group that takes it.
 */
import type { Segment } from './segments.js';

/** `takes` names the segments of a group beside its first one; without it a group takes all that opens no group around it. */
export interface Grammar {
  readonly takes?: ReadonlySet<string>;
  readonly groups?: ReadonlyMap<string, Grammar>;
}

export interface Group {
  /** The segment that opens it. */
  readonly lead: Segment;
  readonly segments: readonly Segment[];
  readonly groups: readonly Group[];
}

interface OpenGroup extends Group {
  readonly segments: Segment[];
  readonly groups: OpenGroup[];
}

/** The tree of groups below the message's header. Linear: the depth is that of the grammar. */
export function groupSegments(header: Segment, segments: readonly Segment[], grammar: Grammar): Group {
  const root: OpenGroup = { lead: header, segments: [], groups: [] };
  const open: { readonly group: OpenGroup; readonly grammar: Grammar }[] = [{ group: root, grammar }];
  for (const segment of segments) {
    for (let depth = open.length - 1; depth >= 0; depth--) {
      const { group, grammar } = open[depth]!;
      const inner = grammar.groups?.get(segment.tag);
      if (inner) {
        const opened: OpenGroup = { lead: segment, segments: [], groups: [] };
        group.groups.push(opened);
        open.length = depth + 1;
        open.push({ group: opened, grammar: inner });
        break;
      }
      if (grammar.takes ? grammar.takes.has(segment.tag) : !opensOutside(open, depth, segment.tag)) {
        group.segments.push(segment);
        open.length = depth + 1;
        break;
      }
    }
  }
  return root;
}

/** Whether the segment opens a group of a group around the one at this depth. */
function opensOutside(open: readonly { readonly grammar: Grammar }[], depth: number, tag: string): boolean {
  for (let outer = depth - 1; outer >= 0; outer--) if (open[outer]!.grammar.groups?.has(tag)) return true;
  return false;
}

/** The groups that a segment of this tag opens. */
export function groupsOf(group: Group, tag: string): readonly Group[] {
  return group.groups.filter(({ lead }) => lead.tag === tag);
}

const location: Grammar = { takes: new Set(['DTM']) };
const transport: Grammar = { takes: new Set(['DTM', 'RFF', 'TSR']), groups: new Map([['LOC', location]]) };
const party: Grammar = { takes: new Set(['CTA', 'COM']) };
const total: Grammar = { takes: new Set() };
const goods: Grammar = {
  takes: new Set(['HAN', 'FTX', 'PIA', 'MEA', 'SGP', 'DGS', 'DIM', 'PCI', 'GIN', 'RFF', 'CTA', 'COM', 'LOC', 'DOC']),
};

/** CODECO and COARRI. */
export const containerReportGrammar: Grammar = {
  groups: new Map([
    ['TDT', transport],
    ['NAD', party],
    ['GID', goods],
    [
      'EQD',
      {
        groups: new Map<string, Grammar>([
          ['TDT', transport],
          ['NAD', party],
          ['DAM', { takes: new Set(['COD']) }],
          ['DGS', { takes: new Set(['FTX', 'CTA', 'COM']) }],
        ]),
      },
    ],
    ['CNT', total],
  ]),
};

const equipment: Grammar = { takes: new Set(['MEA', 'DIM', 'SEL', 'RFF', 'TPL', 'EQA', 'EQN', 'TMD', 'FTX', 'DGS']) };

/** IFTSTA. */
export const statusReportGrammar: Grammar = {
  groups: new Map<string, Grammar>([
    ['NAD', party],
    ['EQD', equipment],
    [
      'CNI',
      {
        groups: new Map<string, Grammar>([
          ['NAD', party],
          [
            'STS',
            {
              groups: new Map<string, Grammar>([
                ['NAD', party],
                ['TDT', transport],
                ['EQD', equipment],
                ['GID', goods],
              ]),
            },
          ],
        ]),
      },
    ],
  ]),
};
