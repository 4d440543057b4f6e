/**
 * IFTSTA: one event a status and piece of equipment, or a status and consignment.
 *
 * A status belongs to the equipment of its own group, not to what the header refers to. Times of a transport's stops (TDT, LOC, DTM) are
 * taken only where the status group has none: actual ones as they are, expected ones as an estimated event.
 * @see UN/EDIFACT D.95B and D.00B IFTSTA; in D.95B and D.00B the status is the second element of STS
 */
import type { FormatFault, MessageItem, ReadContext } from '../message-format.js';
import { firstTime, Locations, locationsOfTransport } from './container-report.js';
import { toMovementEvent, type MessageIntent, type Statement } from './movement-event.js';
import { groupsOf, type Group } from './segment-groups.js';
import type { Segment } from './segments.js';
import { milestoneOfStatus } from './status-codes.js';
import { unknownMilestone } from '../unknown-milestone.js';
import {
  gramsOf,
  linksOf,
  quantitiesOf,
  unitOfEquipment,
  unitOfReference,
  unitOfReferences,
  type Quantities,
  type Unit,
} from './units.js';

/** DTM 2005 of a status that happened: status change first. */
const actualTimes = ['334', '7', '203', '35', '50', '200', '178', '186', '11'];
const estimatedTimes = ['132', '133', '17'];

/** The items of a report, in the order of its status groups. */
export function* readStatusReport(root: Group, intent: MessageIntent, context: ReadContext): Generator<MessageItem> {
  const heading = new Locations(root.segments);
  for (const consignment of groupsOf(root, 'CNI')) {
    for (const status of groupsOf(consignment, 'STS')) {
      const statement = statementOf(status, consignment, heading);
      const named = unitsOf(status, consignment, root);
      if (named.length === 0) yield { ok: false, id: null, fault: noUnit(status.lead) };
      for (const unit of named) {
        if ('fault' in unit) yield { ok: false, id: null, fault: unit.fault };
        else yield toMovementEvent({ ...statement, ...unit }, intent, context);
      }
    }
  }
}

type UnitStatement = Pick<Statement, 'lead' | 'unit' | 'equipmentStatus' | 'quantities' | 'links'>;
type StatusStatement = Omit<Statement, keyof UnitStatement>;

function statementOf(status: Group, consignment: Group, heading: Locations): StatusStatement {
  const milestone = milestoneOf(status.lead);
  const transports = groupsOf(status, 'TDT');
  const transport = transports.find(({ lead }) => lead.text(1) === '20') ?? transports[0];
  const own = new Locations(status.segments);
  const shared = new Locations(consignment.segments);
  const stops = new Locations(transports.flatMap(locationsOfTransport));
  const ends = milestone === 'departed' || milestone === 'loaded' ? ['9', '5', '125'] : ['11', '8', '60'];
  const stop = stopOf(transports, ends);
  const actual =
    firstTime(status.segments, actualTimes) ??
    (stop && firstTime(stop.segments, milestone === 'departed' ? ['186'] : ['178']));
  const estimated =
    firstTime(status.segments, estimatedTimes) ??
    (stop && firstTime(stop.segments, milestone === 'departed' ? ['133'] : ['132']));
  return {
    milestone,
    classifier: actual || !estimated ? 'actual' : 'estimated',
    time: actual ?? estimated,
    place:
      own.segment('175', '165', '14', ...ends) ??
      status.segments.find(({ tag }) => tag === 'LOC') ??
      stop?.lead ??
      shared.segment('175', '165', '14', ...ends),
    route: {
      origin: own.code('88') ?? shared.code('88', '5') ?? stops.code('88') ?? heading.code('88', '5'),
      destination: own.code('7', '8') ?? shared.code('7', '8') ?? stops.code('7', '8') ?? heading.code('7', '8'),
      loading: own.code('9', '5') ?? stops.code('9', '5') ?? shared.code('9') ?? heading.code('9'),
      discharge: own.code('11') ?? stops.code('11') ?? shared.code('11') ?? heading.code('11'),
    },
    transport: transport?.lead,
  };
}

/** The stop of a status without a place or time of its own: the end of the carriage that its milestone belongs to. */
function stopOf(transports: readonly Group[], qualifiers: readonly string[]): Group | undefined {
  for (const transport of transports)
    for (const stop of groupsOf(transport, 'LOC')) if (qualifiers.includes(stop.lead.text(1))) return stop;
  return undefined;
}

/** DE 3055: codes of the United Nations. */
const unitedNations = '6';

/** STS: category (C601), event (C555). The event's code may be of a carrier's own list, which the agency then says. */
function milestoneOf(status: Segment): string {
  const code = status.text(2, 0);
  const agency = status.text(2, 2);
  const known = agency === '' || agency === unitedNations ? milestoneOfStatus(code.replace(/^0+(?=.)/, '')) : undefined;
  return known ?? unknownMilestone('iftsta', code);
}

type NamedUnit = UnitStatement | { readonly fault: FormatFault };

/** The equipment of the status, else a container that its references name, else the message's equipment, else the consignment. */
function unitsOf(status: Group, consignment: Group, root: Group): readonly NamedUnit[] {
  const own = groupsOf(status, 'EQD');
  if (own.length > 0) return own.map((group) => ofEquipment(group, status));
  const references = status.segments.filter(({ tag }) => tag === 'RFF');
  const containers = references.filter((reference) => reference.text(1, 0) === 'EQ');
  if (containers.length > 0)
    return containers.map((reference) => {
      const reading = unitOfReference(reference);
      if (!reading.ok) return { fault: reading.fault };
      return named(reference, reading.unit, linksOf(references, reading.unit), {});
    });
  const shared = groupsOf(root, 'EQD');
  if (shared.length > 0) return shared.map((group) => ofEquipment(group, status));
  const all = [...references, ...consignment.segments, ...root.segments].filter(({ tag }) => tag === 'RFF');
  const unit = unitOfReferences(all, consignment.lead.text(2, 0));
  return unit ? [named(status.lead, unit, linksOf(references, unit), consignmentQuantities(status, consignment))] : [];
}

function ofEquipment(group: Group, status: Group): NamedUnit {
  const reading = unitOfEquipment(group.lead);
  if (!reading.ok) return { fault: reading.fault };
  const quantities = quantitiesOf(reading.unit, group.lead, group.segments);
  if (!quantities.ok) return { fault: quantities.fault };
  const links = linksOf([...status.segments, ...group.segments], reading.unit);
  return { ...named(group.lead, reading.unit, links, quantities.quantities), equipmentStatus: group.lead.text(5) };
}

function named(lead: Segment, unit: Unit, links: readonly Unit[], quantities: Quantities): UnitStatement {
  return { lead, unit, links, quantities, equipmentStatus: '' };
}

/** CNT of the consignment: 7 is its gross mass, 11 its number of packages. What goods items add to that is not their sum, so it is left. */
function consignmentQuantities(status: Group, consignment: Group): Quantities {
  const totals = consignment.segments.filter(({ tag }) => tag === 'CNT');
  const mass = totals.find((total) => total.text(1, 0) === '7');
  const packages = totals.find((total) => total.text(1, 0) === '11')?.text(1, 1) ?? '';
  const goods = groupsOf(status, 'GID');
  const written = packages || (goods.length === 1 ? goods[0]!.lead.text(2, 0) : '');
  const weightGrams = mass && gramsOf(mass, mass.text(1, 1), mass.text(1, 2));
  return {
    ...(/^\d{1,9}$/.test(written) ? { pieces: Number(written) } : {}),
    ...(weightGrams === undefined ? {} : { weightGrams }),
  };
}

function noUnit(status: Segment): FormatFault {
  return {
    code: 'invalid_message',
    detail: 'the status names neither equipment nor a consignment',
    path: status.path(),
    rule: 'IFTSTA, groups CNI and EQD',
    expected: 'EQD in the group of STS, or a number in CNI',
  };
}
