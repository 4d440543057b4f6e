/** Large valid messages of every format, and large bodies of events: what a busy day of a hub looks like when it is sent at once. */
import { eventTypes, type CanonicalEvent } from '@landbridge/contracts';
import { formatByName, samplesByFormat, type FormatName } from '@landbridge/formats';
import type { IngestDoor } from './ingest-door.js';

export interface LargeBody {
  readonly name: string;
  /** `events` is a batch for `POST /v1/events`. */
  readonly format: FormatName | 'events';
  readonly text: string;
  readonly events: number;
}

const startMs = Date.UTC(2026, 2, 1);
const minuteMs = 60_000;

/**
 * One body of each kind with so many events, a minute between two of them; one event with many parts where a format tells no list.
 * @param source of the events that are sent as such
 */
export function largeBodies(events: number, source: string): readonly LargeBody[] {
  const numbers = Array.from({ length: events }, (_, n) => n);
  const departures = numbers.map((n) => airDeparture(n, source));
  const lifts = numbers.map((n) => gateIn(n, source));
  const body = (name: string, format: LargeBody['format'], text: string, count = events): LargeBody => ({
    name,
    format,
    text,
    events: count,
  });
  return [
    body('FSU', 'cargo-imp', written('cargo-imp', departures)),
    body('XFSU', 'cargo-xml', written('cargo-xml', departures)),
    body('ONE Record', 'one-record', written('one-record', departures)),
    body('EPCIS, events', 'epcis', written('epcis', departures)),
    body('EPCIS, things', 'epcis', manyThings(events * 20), 1),
    body('DCSA', 'dcsa', written('dcsa', lifts)),
    body('EDIFACT', 'edifact', written('edifact', lifts)),
    body('TAF TSI', 'taf-tsi', longComposition(events), 1),
    body('CEB', 'ceb', manyReceipts(numbers)),
    body('events', 'events', JSON.stringify(departures)),
  ];
}

/** Posts a body to the address of its kind. */
export function postLarge(door: IngestDoor, { format, text }: LargeBody): Promise<Response> {
  return format === 'events'
    ? door.post(text, { 'content-type': 'application/cloudevents-batch+json' })
    : door.message(format, text);
}

const timeOf = (n: number): string => new Date(startMs + n * minuteMs).toISOString();

/** `172-10000003`: the last digit is the serial number modulo 7. */
function awbOf(n: number): string {
  const serial = 1_000_000 + n;
  return `172-${serial}${serial % 7}`;
}

function airDeparture(n: number, source: string): CanonicalEvent {
  const awb = awbOf(n);
  return {
    specversion: '1.0',
    id: `departure-${n}`,
    source,
    type: eventTypes.air,
    subject: awb,
    time: timeOf(n),
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      place: 'CNCGO',
      timeZone: 'Asia/Shanghai',
      corridor: 'air',
      direction: 'outbound',
      transport: { mode: 'air', carrier: 'CV', service: 'CV9746' },
      unit: { type: 'awb', id: awb },
      quantities: { pieces: 5, weightGrams: 125_000 },
    },
  };
}

function gateIn(n: number, source: string): CanonicalEvent {
  const container = containerOf(n);
  return {
    specversion: '1.0',
    id: `gate-in-${n}`,
    source,
    type: eventTypes.port,
    subject: container,
    time: timeOf(n),
    data: {
      classifier: 'actual',
      milestone: 'gate-in',
      hub: 'CGO',
      place: 'CNZGZ',
      timeZone: 'Asia/Shanghai',
      corridor: 'sea',
      direction: 'outbound',
      unit: { type: 'container', id: container },
    },
  };
}

/** `APZU0000014`, with the check digit of ISO 6346: letters are numbered past the multiples of eleven. */
function containerOf(n: number): string {
  const code = `APZU${String(n).padStart(6, '0')}`;
  const values = { A: 10, P: 27, Z: 38, U: 32 } as Readonly<Record<string, number>>;
  const sum = Array.from(code).reduce((total, sign, at) => total + (values[sign] ?? Number(sign)) * 2 ** at, 0);
  return `${code}${(sum % 11) % 10}`;
}

/** All events as one message. */
function written(format: FormatName, events: readonly CanonicalEvent[]): string {
  const { writing } = formatByName(format)!;
  if (!writing.fromEvents) throw new Error(`${format} is not written from events`);
  const waybill = { origin: 'CGO', destination: 'LUX', pieces: 5, weightGrams: 125_000 };
  const { messages } = writing.write(
    events.map((event) => ({ event, waybill })),
    { madeAtMs: startMs, sender: 'CGOTERMINAL', receiver: 'HUB', reference: '1' },
  );
  if (messages.length !== 1) throw new Error(`${format} makes ${messages.length} messages of these events`);
  return messages[0]!.text;
}

/** One event of EPCIS about so many things. */
function manyThings(things: number): string {
  const { text } = samplesByFormat.epcis.find(({ name }) => name === 'single-event-without-id')!;
  const epcList = Array.from({ length: things }, (_, n) => `urn:epc:id:sgtin:0614141.107346.${n}`);
  return JSON.stringify({ ...(JSON.parse(text) as object), epcList });
}

/** Customs' receipts of so many lists, in one message. */
function manyReceipts(numbers: readonly number[]): string {
  const { text } = samplesByFormat.ceb.find(({ name }) => name === 'list-released')!;
  const receipt = / *<InventoryReturn>[^]*<\/InventoryReturn>\n/;
  const one = receipt.exec(text)![0];
  const receipts = numbers.map((n) =>
    one.replace(/<copNo>.*</, `<copNo>ZZ${n}<`).replace('I000000001', `I${String(n).padStart(9, '0')}`),
  );
  return text.replace(receipt, receipts.join(''));
}

/** A train's composition; a message of TAF TSI is about one train, so what makes it long are remarks between its elements. */
function longComposition(remarks: number): string {
  const { text } = samplesByFormat['taf-tsi'].find(({ name }) => name === 'composition')!;
  const end = text.lastIndexOf('</');
  const remark = `<!-- ${'the sender has more to say here than anybody reads '.repeat(8)}-->\n`;
  return text.slice(0, end) + remark.repeat(remarks) + text.slice(end);
}
