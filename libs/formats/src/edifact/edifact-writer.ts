/**
 * Canonical events to an EDIFACT D.95B interchange: CODECO for gates, COARRI for loading and discharge, IFTSTA for every other status.
 *
 * The messages say what `edifact` reads: unit, status, place, time, direction, partner, carriage, links, TEU, gross mass, pieces. Brand,
 * customs mode, port of entry and value have no segment there. There is a message for each kind of movement, function and carriage. An
 * event with a revision replaces (1225: 5), a retracted one cancels (1); IFTSTA says when that was done, and the others have only the
 * time of the interchange for it.
 */
import type { CanonicalEvent, EventData } from '@landbridge/contracts';
import { hubByCode } from '@landbridge/domain';
import { lengthCodeOf } from '../container-size.js';
import { madeAtOf } from '../event-identity.js';
import { kilogramsText } from '../exact-quantity.js';
import {
  said,
  sayEach,
  unsayable,
  type EventToWrite,
  type Said,
  type WriteContext,
  type Writing,
  type WrittenEvents,
} from '../message-writing.js';
import {
  exportStatus,
  importStatus,
  movementsByCode,
  type MessageFunction,
  type MessageType,
} from './message-codes.js';
import { statusOfMilestone } from './status-codes.js';

export const edifactWriting: Writing = { fromEvents: true, write: writeInterchange };

function writeInterchange(items: readonly EventToWrite[], context: WriteContext): WrittenEvents {
  const { told, left } = sayEach(items, ({ event }) => kindOf(event));
  if (told.length === 0) return { messages: [], left };
  const eventAt = (index: number) => items[index]!.event as SayableEvent;
  const groups = [
    ...Map.groupBy(told, ({ index, value }) => JSON.stringify([value, eventAt(index).data.transport ?? null])).values(),
  ].map((group) => ({ kind: group[0]!.value, indices: group.map(({ index }) => index) }));
  const bodies = groups.map(({ kind, indices }, i) => writeMessage(kind, indices.map(eventAt), context, i + 1));
  const isPlain = bodies.every((body) => /^[\x00-\x7f]*$/.test(body)); // eslint-disable-line no-control-regex
  const prepared = digitsOf(new Date(context.madeAtMs).toISOString());
  const date = isPlain ? prepared.slice(2, 8) : prepared.slice(0, 8);
  const opening = segment(
    'UNB',
    isPlain ? ['UNOC', '3'] : ['UNOY', '4'],
    context.sender,
    context.receiver,
    [date, prepared.slice(8, 12)],
    context.reference,
  );
  const closing = segment('UNZ', String(bodies.length), context.reference);
  return {
    messages: [{ text: [opening, ...bodies, closing].join(''), indices: groups.flatMap(({ indices }) => indices) }],
    left,
  };
}

type SayableEvent = CanonicalEvent & { readonly data: EventData };

interface MessageKind {
  readonly type: MessageType;
  /** BGM 1001. */
  readonly code: string;
  readonly does: MessageFunction;
  /** When a correction in an IFTSTA was made, as 14 digits in UTC. */
  readonly madeAt: string | undefined;
}

const equipmentCodes: Readonly<Partial<Record<EventData['unit']['type'], string>>> = {
  container: 'CN',
  wagon: 'RR',
  uld: 'UL',
};

/** The message that tells the event. */
function kindOf({ data, revision, retracted, previoussubject }: CanonicalEvent): Said<MessageKind> {
  if (!data) return unsayable('$.data', 'EDIFACT cancels by repeating what was said, and it is not told');
  if (previoussubject !== undefined)
    return unsayable('$.previoussubject', 'EDIFACT cannot move a report from one unit to another');
  if (data.classifier === 'planned') return unsayable('$.data.classifier', 'CODECO, COARRI and IFTSTA tell no plans');
  // The hub's UN/LOCODE is how a message says which way a unit goes.
  if (data.direction !== 'transit' && hubByCode(data.hub)?.unLocode === undefined)
    return unsayable('$.data.hub', `EDIFACT names places by UN/LOCODE, and that of the hub ${data.hub} is not known`);
  const does = retracted ? 'retract' : revision ? 'revise' : 'state';
  const { unit, milestone } = data;
  const equipment = equipmentCodes[unit.type];
  if (data.classifier === 'actual' && equipment !== undefined)
    for (const type of ['CODECO', 'COARRI'] as const)
      for (const [code, movement] of movementsByCode[type])
        if (movement === milestone) return said({ type, code, does, madeAt: undefined });
  if (equipment === undefined && unit.type !== 'consignment' && unit.type !== 'awb')
    return unsayable('$.data.unit.type', `CODECO, COARRI and IFTSTA are about no ${unit.type}`);
  return statusOf(milestone) === undefined
    ? unsayable('$.data.milestone', `IFTSTA has no status for ${milestone}`)
    : said({
        type: 'IFTSTA',
        code: '23',
        does,
        madeAt: does === 'state' ? undefined : digitsOf(madeAtOf(revision ?? 0) ?? ''),
      });
}

function statusOf(milestone: string): string | undefined {
  return statusOfMilestone(milestone) ?? /^iftsta-([a-z0-9]{1,17})$/.exec(milestone)?.[1]?.toUpperCase();
}

const functionCodes = { state: '9', revise: '5', retract: '1' } as const;

function writeMessage(kind: MessageKind, events: readonly SayableEvent[], header: WriteContext, index: number): string {
  const reference = String(index);
  const document = segment('BGM', kind.code, `${header.reference}-${index}`, functionCodes[kind.does]);
  const made = kind.madeAt ? [segment('DTM', ['137', kind.madeAt.slice(0, 14), '204'])] : [];
  const sender = segment('NAD', 'MS', [header.sender, '160', 'ZZZ']);
  const body =
    kind.type === 'IFTSTA'
      ? [document, ...made, sender, ...events.flatMap(writeStatus)]
      : [
          document,
          writeTransport(events[0]!.data, '20'),
          sender,
          ...events.flatMap((event) => writeEquipment(event, kind.type)),
          segment('CNT', ['16', String(events.length)]),
        ];
  const opening = segment('UNH', reference, [kind.type, 'D', '95B', 'UN']);
  return [opening, ...body, segment('UNT', String(body.length + 2), reference)].join('');
}

function writeTransport({ transport }: EventData, stage: string): string {
  if (!transport) return segment('TDT', stage);
  const mode = { sea: '1', rail: '2', road: '3', air: '4', post: '5' }[transport.mode];
  const carrier = transport.carrier === undefined ? '' : [transport.carrier, '172', '20'];
  const vessel = transport.vessel === undefined ? '' : ['', '', '', transport.vessel];
  return segment('TDT', stage, transport.service ?? '', mode, '', carrier, '', '', vessel);
}

function writeEquipment(event: SayableEvent, type: MessageType): readonly string[] {
  const { data } = event;
  const links = data.links ?? [];
  return [
    equipmentSegment(data),
    ...links.flatMap(writeReference),
    writeTime(event, type === 'COARRI' ? '203' : '7'),
    ...writePlaces(data, '165'),
    ...writeGrossMass(data),
    ...links.flatMap(writeAttached),
  ];
}

function writeStatus(event: SayableEvent, index: number): readonly string[] {
  const { data } = event;
  const isEquipment = equipmentCodes[data.unit.type] !== undefined;
  const { pieces, weightGrams } = data.quantities ?? {};
  const totals = isEquipment
    ? []
    : [
        ...(weightGrams === undefined ? [] : [segment('CNT', ['7', kilogramsText(weightGrams), 'KGM'])]),
        ...(pieces === undefined ? [] : [segment('CNT', ['11', String(pieces)])]),
      ];
  const links = data.links ?? [];
  return [
    segment('CNI', String(index + 1), isEquipment ? '' : data.unit.id),
    ...totals,
    segment('STS', '1', statusOf(data.milestone)!),
    ...links.flatMap(writeReference),
    writeTime(event, data.classifier === 'estimated' ? '132' : '334'),
    ...writePlaces(data, '175'),
    ...(data.transport ? [writeTransport(data, '20')] : []),
    ...(isEquipment ? [equipmentSegment(data), ...writeGrossMass(data), ...links.flatMap(writeAttached)] : []),
  ];
}

function equipmentSegment({ unit, quantities, direction }: EventData): string {
  const length = quantities?.teuHundredths === undefined ? undefined : lengthCodeOf(quantities.teuHundredths);
  const status = direction === 'outbound' ? exportStatus : direction === 'inbound' ? importStatus : '';
  return segment('EQD', equipmentCodes[unit.type]!, unit.id, length ? [`${length}2G1`, '102', '5'] : '', '', status);
}

const referenceCodes: Readonly<Partial<Record<EventData['unit']['type'], string>>> = {
  consignment: 'BM',
  awb: 'AWB',
  declaration: 'ABT',
};

function writeReference({ type, id }: EventData['unit']): readonly string[] {
  const code = referenceCodes[type];
  return code === undefined ? [] : [segment('RFF', [code, id])];
}

function writeAttached({ type, id }: EventData['unit']): readonly string[] {
  const code = equipmentCodes[type];
  return code === undefined ? [] : [segment('EQA', code, id)];
}

/** Local to the place where its zone is known, else with the offset. */
function writeTime({ time, data }: SayableEvent, qualifier: string): string {
  const local = digitsOf(time.slice(0, 19));
  const offset = /^[Zz]$/.test(time.at(-1)!) ? '+0000' : time.slice(-6).replace(':', '');
  if (data.timeZone === undefined || data.place === undefined)
    return segment('DTM', [qualifier, local.slice(0, 12) + offset, '205']);
  return segment('DTM', local.endsWith('00') ? [qualifier, local.slice(0, 12), '203'] : [qualifier, local, '204']);
}

/** Where it happened, and the ends of the whole movement: the hub on one side, the partner's country on the other. */
function writePlaces({ place, hub, direction, partner }: EventData, qualifier: string): readonly string[] {
  const here = place === undefined ? [] : [segment('LOC', qualifier, [place, '139', '6'])];
  if (direction === 'transit') return here;
  const home = hubByCode(hub)!.unLocode!;
  const [near, far] = direction === 'outbound' ? ['88', '7'] : ['7', '88'];
  return [
    ...here,
    segment('LOC', near!, [home, '139', '6']),
    ...(partner === undefined ? [] : [segment('LOC', far!, [partner, '162', '5'])]),
  ];
}

function writeGrossMass({ quantities }: EventData): readonly string[] {
  const grams = quantities?.weightGrams;
  return grams === undefined ? [] : [segment('MEA', 'AAE', 'G', ['KGM', kilogramsText(grams)])];
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}

/** One segment with its terminator; a list is a composite. Elements at the end that are empty are left out. */
function segment(tag: string, ...elements: readonly (string | readonly string[])[]): string {
  const written = elements.map((element) =>
    (typeof element === 'string' ? [element] : element).map(released).join(':'),
  );
  while (written.at(-1) === '') written.pop();
  return `${[tag, ...written].join('+')}'`;
}

function released(text: string): string {
  return text.replace(/[?+:']/g, '?$&');
}
