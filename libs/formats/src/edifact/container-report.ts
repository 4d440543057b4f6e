/**
 * CODECO (gate reports) and COARRI (discharge and loading reports): one event a piece of equipment.
 *
 * The header's TDT is the main carriage, with the places of the voyage; a TDT inside of EQD is how the box came or how it leaves.
 * Arrival and departure times of the ship (132, 133) are never those of a container.
 * @see UN/EDIFACT D.95B and D.00B CODECO and COARRI; SMDG guides
 */
import type { MessageItem, ReadContext } from '../message-format.js';
import { containerMilestone, exportStatus, importStatus } from './message-codes.js';
import { placeOrCountryOf, toMovementEvent, type MessageIntent, type Route } from './movement-event.js';
import { groupsOf, type Group } from './segment-groups.js';
import type { Segment } from './segments.js';
import { linksOf, quantitiesOf, unitOfEquipment } from './units.js';

export type ContainerReportType = 'CODECO' | 'COARRI';

/** DTM 2005 of when it happened, the plainest first: execution and effective date, then positioning, pick-up, arrival and departure. */
const timeQualifiers: Readonly<Record<ContainerReportType, readonly string[]>> = {
  CODECO: ['7', '203', '181', '200', '178', '186'],
  COARRI: ['203', '7'],
};

/** The items of a report, in the order of its equipment. @param code BGM 1001 */
export function* readContainerReport(
  type: ContainerReportType,
  code: string,
  root: Group,
  intent: MessageIntent,
  context: ReadContext,
): Generator<MessageItem> {
  const carriages = groupsOf(root, 'TDT');
  const main = carriages.find(({ lead }) => lead.text(1) === '20') ?? carriages[0];
  const header = new Locations([...root.segments, ...carriages.flatMap(locationsOfTransport)]);
  for (const group of groupsOf(root, 'EQD')) {
    const { lead, segments } = group;
    const reading = unitOfEquipment(lead);
    if (!reading.ok) {
      yield { ok: false, id: null, fault: reading.fault };
      continue;
    }
    const { unit } = reading;
    const quantities = quantitiesOf(unit, lead, segments);
    if (!quantities.ok) {
      yield { ok: false, id: null, fault: quantities.fault };
      continue;
    }
    const inland = groupsOf(group, 'TDT');
    const own = new Locations(segments);
    const onward = new Locations(inland.flatMap(locationsOfTransport));
    const equipmentStatus = lead.text(5);
    const milestone = containerMilestone(type, code, equipmentStatus);
    const statement = {
      lead,
      milestone,
      classifier: 'actual',
      unit,
      time: firstTime(segments, timeQualifiers[type]) ?? firstTime(root.segments, timeQualifiers[type]),
      place: placeOf(milestone, equipmentStatus, own, header) ?? own.unknown ?? header.unknown,
      route: routeOf(own, onward, header),
      equipmentStatus,
      transport: main?.lead ?? inland[0]?.lead,
      quantities: quantities.quantities,
      links: linksOf(segments, unit),
    } as const;
    yield toMovementEvent(statement, intent, context);
  }
}

/** The first DTM of these qualifiers, in their order. */
export function firstTime(segments: readonly Segment[], qualifiers: readonly string[]): Segment | undefined {
  let best: Segment | undefined;
  let bestRank = qualifiers.length;
  for (const segment of segments) {
    if (segment.tag !== 'DTM') continue;
    const rank = qualifiers.indexOf(segment.text(1, 0));
    if (rank < 0 || rank >= bestRank) continue;
    best = segment;
    bestRank = rank;
  }
  return best;
}

/** LOC segments by their qualifier, 3227; the first one of each that names a UN/LOCODE or a country. */
export class Locations {
  /** The first LOC of a place that has no UN/LOCODE: what a fault points at where there is no better one. */
  readonly unknown: Segment | undefined;
  private readonly byQualifier = new Map<string, { readonly segment: Segment; readonly code: string }>();

  constructor(segments: readonly Segment[]) {
    let unknown: Segment | undefined;
    for (const segment of segments) {
      if (segment.tag !== 'LOC' || this.byQualifier.has(segment.text(1))) continue;
      const code = placeOrCountryOf(segment);
      if (code !== undefined) this.byQualifier.set(segment.text(1), { segment, code });
      else unknown ??= segment;
    }
    this.unknown = unknown;
  }

  segment(...qualifiers: readonly string[]): Segment | undefined {
    return this.first(qualifiers)?.segment;
  }

  code(...qualifiers: readonly string[]): string | undefined {
    return this.first(qualifiers)?.code;
  }

  private first(qualifiers: readonly string[]): { readonly segment: Segment; readonly code: string } | undefined {
    for (const qualifier of qualifiers) {
      const found = this.byQualifier.get(qualifier);
      if (found) return found;
    }
    return undefined;
  }
}

/** The LOC segments below a TDT. */
export function locationsOfTransport(group: Group): readonly Segment[] {
  return groupsOf(group, 'LOC').map(({ lead }) => lead);
}

/** LOC 88 and 5 are where a movement begins, 7 and 8 where it ends; 9 and 11 are the ports of the reported leg. */
function routeOf(own: Locations, onward: Locations, header: Locations): Route {
  return {
    origin: own.code('88') ?? onward.code('88', '5') ?? header.code('88'),
    destination: own.code('7', '8') ?? onward.code('7', '8') ?? header.code('7', '8'),
    loading: own.code('9', '5') ?? header.code('9', '5'),
    discharge: own.code('11') ?? header.code('11'),
  };
}

/** LOC 165 is the terminal of the move, 175 and 14 its other names; the ports of the leg stand in for it. */
function placeOf(milestone: string, status: string, own: Locations, header: Locations): Segment | undefined {
  const terminal = own.segment('165', '175', '14') ?? header.segment('165', '175', '14');
  if (terminal) return terminal;
  // The ship's port is told once for all in the header; a container's own LOC 9 or 11 is the other end of its voyage.
  if (milestone === 'discharged') return header.segment('11') ?? own.segment('11');
  if (milestone === 'loaded') return header.segment('9') ?? own.segment('9');
  if (status === exportStatus) return own.segment('88', '9') ?? header.segment('88', '9');
  return status === importStatus ? (own.segment('11') ?? header.segment('11')) : undefined;
}
