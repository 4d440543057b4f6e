/**
 * Canonical events to an EDIFACT D.95B interchange: CODECO for gates, COARRI for loading and discharge, IFTSTA for every other status.
 *
 * The messages say what `edifact` reads: unit, status, place, time, direction, partner, carriage, links, TEU, gross mass, pieces. Brand,
 * customs mode, port of entry and value have no segment there. What cannot be said at all is handed back.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { hubByCode } from '@landbridge/domain';
import { lengthCodeOf } from '../container-size.js';
import {
  exportStatus,
  importStatus,
  movementsByCode,
  type MessageFunction,
  type MessageType,
} from './message-codes.js';
import { statusOfMilestone } from './status-codes.js';

type EventData = NonNullable<CanonicalEvent['data']>;

/** Who sends the interchange, and when: epoch milliseconds, written in UTC to the minute. `reference` is unique with the sender. */
export interface InterchangeHeader {
  readonly sender: string;
  readonly receiver: string;
  readonly reference: string;
  readonly preparedAtMs: number;
}

export interface WrittenInterchange {
  /** To be sent as UTF-8; an empty text where nothing could be written. */
  readonly text: string;
  /** Events that these messages cannot tell, in their order. */
  readonly left: readonly CanonicalEvent[];
}

/**
 * One interchange, with a message for each kind of movement, function and carriage. An event with a revision replaces (1225: 5) and a
 * retracted one cancels (1); its revision is then the time of preparation, because the messages have no other.
 */
export function writeEdifact(events: readonly CanonicalEvent[], header: InterchangeHeader): WrittenInterchange {
  const messages = new Map<string, { readonly kind: MessageKind; readonly events: SayableEvent[] }>();
  const left: CanonicalEvent[] = [];
  for (const event of events) {
    const kind = kindOf(event);
    if (!kind) {
      left.push(event);
      continue;
    }
    const key = JSON.stringify([kind.type, kind.code, kind.does, event.data?.transport ?? null]);
    const message = messages.get(key) ?? { kind, events: [] };
    messages.set(key, message);
    message.events.push(event as SayableEvent);
  }
  if (messages.size === 0) return { text: '', left };
  const bodies = [...messages.values()].map(({ kind, events }, i) => writeMessage(kind, events, header, i + 1));
  const isPlain = bodies.every((body) => /^[\x00-\x7f]*$/.test(body)); // eslint-disable-line no-control-regex
  const prepared = digitsOf(new Date(header.preparedAtMs).toISOString());
  const date = isPlain ? prepared.slice(2, 8) : prepared.slice(0, 8);
  const opening = segment(
    'UNB',
    isPlain ? ['UNOC', '3'] : ['UNOY', '4'],
    header.sender,
    header.receiver,
    [date, prepared.slice(8, 12)],
    header.reference,
  );
  const closing = segment('UNZ', String(bodies.length), header.reference);
  return { text: [opening, ...bodies, closing].join(''), left };
}

type SayableEvent = CanonicalEvent & { readonly data: EventData };

interface MessageKind {
  readonly type: MessageType;
  /** BGM 1001. */
  readonly code: string;
  readonly does: MessageFunction;
}

const equipmentCodes: Readonly<Partial<Record<EventData['unit']['type'], string>>> = {
  container: 'CN',
  wagon: 'RR',
  uld: 'UL',
};

/** The message that tells the event, or undefined where none does. */
function kindOf({ data, revision, retracted, previoussubject }: CanonicalEvent): MessageKind | undefined {
  if (!data || previoussubject !== undefined || data.classifier === 'planned') return undefined;
  // The hub's UN/LOCODE is how a message says which way a unit goes.
  if (data.direction !== 'transit' && hubByCode(data.hub)?.unLocode === undefined) return undefined;
  const does = retracted ? 'retract' : revision ? 'revise' : 'state';
  const equipment = equipmentCodes[data.unit.type];
  if (data.classifier === 'actual' && equipment !== undefined)
    for (const type of ['CODECO', 'COARRI'] as const)
      for (const [code, movement] of movementsByCode[type])
        if (movement === data.milestone) return { type, code, does };
  const isNamed = equipment !== undefined || data.unit.type === 'consignment' || data.unit.type === 'awb';
  return isNamed && statusOf(data.milestone) !== undefined ? { type: 'IFTSTA', code: '23', does } : undefined;
}

function statusOf(milestone: string): string | undefined {
  return statusOfMilestone(milestone) ?? /^iftsta-([a-z0-9]{1,17})$/.exec(milestone)?.[1]?.toUpperCase();
}

const functionCodes = { state: '9', revise: '5', retract: '1' } as const;

function writeMessage(
  kind: MessageKind,
  events: readonly SayableEvent[],
  header: InterchangeHeader,
  index: number,
): string {
  const reference = String(index);
  const document = segment('BGM', kind.code, `${header.reference}-${index}`, functionCodes[kind.does]);
  const sender = segment('NAD', 'MS', [header.sender, '160', 'ZZZ']);
  const body =
    kind.type === 'IFTSTA'
      ? [document, sender, ...events.flatMap(writeStatus)]
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
        ...(weightGrams === undefined ? [] : [segment('CNT', ['7', kilograms(weightGrams), 'KGM'])]),
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
  return grams === undefined ? [] : [segment('MEA', 'AAE', 'G', ['KGM', kilograms(grams)])];
}

/** `23.5` for 23,500 grams, exactly. */
function kilograms(grams: number): string {
  const rest = String(grams % 1_000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${Math.floor(grams / 1_000)}${rest && `.${rest}`}`;
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
