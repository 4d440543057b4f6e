/**
 * FSU and FSA: what happened to consignments, one status a line.
 *
 * A message names an air waybill, then its statuses, each of which may be followed by lines that say more about it; then perhaps the next
 * waybill. A status becomes one event. What is wrong with a waybill's line costs its statuses, what is wrong with a status costs that one.
 */
import { linksMax, type EventData } from '@landbridge/contracts';
import { isAwb, isUldNumber } from '@landbridge/domain';
import { airEvent, airStatusId, waybillOf } from '../air-event.js';
import { airStatusOf } from '../air-statuses.js';
import type { FormatFault, ReadContext } from '../message-format.js';
import type { Waybill } from '../message-writing.js';
import { placeOfIata, type Place } from '../places/places.js';
import { readConsignmentLine, readQuantity, type Quantity } from './imp-fields.js';
import { ImpFields, pathAt, shown, type ImpItems, type ImpLine } from './imp-lines.js';
import { momentOf } from './imp-moment.js';
import { hasDate, isStatusCode, readStatusLine, timeMissing, type StatusLine } from './status-line.js';

interface Consignment {
  readonly awb: string;
  /** Whether the line gave its way, even if one of its airports is not known. */
  readonly origin?: Place;
  readonly destination?: Place;
  readonly quantity?: Quantity;
  readonly waybill: Waybill;
}

/** A status whose further lines may still come. */
interface OpenStatus {
  readonly line: StatusLine;
  readonly fields: ImpFields;
  readonly links: NonNullable<EventData['links']>;
}

const tagForm = /^[A-Z]{3}$/;

export class FsuReader {
  /** Undefined before the first waybill; null after one that could not be read, whose statuses have nobody to belong to. */
  private consignment: Consignment | null | undefined;
  private open: OpenStatus | undefined;
  /** The tag that a line without one continues. */
  private tag = '';

  constructor(
    private readonly context: ReadContext,
    private readonly items: ImpItems,
  ) {}

  /** Takes the next line after the message's identifier. */
  take(line: ImpLine): void {
    const first = line.text.charCodeAt(0);
    if (first >= 48 && first <= 57) this.takeConsignment(line);
    else if (this.consignment === undefined) this.refuse(line, 'the air waybill comes first', awbExpected);
    else if (this.consignment !== null) this.takeDetail(line);
  }

  /** Ends the message. */
  finish(): void {
    this.closeStatus();
    if (this.consignment === undefined) this.items.refuse(noConsignment);
  }

  private takeConsignment(line: ImpLine): void {
    this.closeStatus();
    this.tag = '';
    this.consignment = null;
    const read = readConsignmentLine(line.text);
    if (read === undefined) return this.refuse(line, `${shown(line.text)} is no air waybill`, awbExpected);
    if (!isAwb(read.awb)) return this.items.refuse(checkDigitFault(read.awb, line));
    const quantity = read.quantity === undefined ? undefined : readQuantity(read.quantity);
    if (read.quantity !== undefined && quantity === undefined)
      return this.items.refuse({
        code: 'invalid_message',
        detail: `${shown(read.quantity)} is no quantity`,
        path: pathAt(line, line.text.indexOf('/') + 2),
        rule: consignmentRule,
        expected: 'pieces and weight such as T20K1450 or P2K505.0T10',
      });
    const origin = read.origin === undefined ? undefined : placeOfWay(read.origin);
    const destination = read.destination === undefined ? undefined : placeOfWay(read.destination);
    this.consignment = {
      awb: read.awb,
      ...(origin === undefined ? {} : { origin }),
      ...(destination === undefined ? {} : { destination }),
      ...(quantity === undefined ? {} : { quantity }),
      waybill: waybillOf({ origin, destination }, quantity?.code === 'T' ? quantity : {}),
    };
  }

  private takeDetail(line: ImpLine): void {
    const fields = new ImpFields(line);
    const tag = fields.at(0);
    if (tag === '' && fields.length > 1) {
      if (this.tag === '') this.refuse(line, 'there is nothing that this line continues', statusExpected);
      else if (this.tag === 'ULD') this.takeUlds(fields);
      return;
    }
    if (!tagForm.test(tag) || fields.length === 1)
      return this.refuse(line, `${shown(line.text)} is no line of a status message`, statusExpected);
    this.tag = tag;
    if (tag === 'ULD') return this.takeUlds(fields);
    // Customs and service information, and tags that nobody knows and that have no date: they remain in the original.
    if (!isStatusCode(tag) && !hasDate(fields)) return;
    this.closeStatus();
    const reading = readStatusLine(fields);
    if (!reading.ok) return this.items.refuse(reading.fault);
    this.open = { line: reading.status, fields, links: [] };
  }

  /** Unit load devices belong to the status before them, which each of them may carry. */
  private takeUlds(fields: ImpFields): void {
    for (let index = 1; index < fields.length; index++) {
      // What follows a hyphen says how full it is.
      const id = fields.at(index).split('-')[0]!;
      const links = this.open?.links;
      if (id === '' || links === undefined) continue;
      if (isUldNumber(id) && links.length < linksMax) links.push({ type: 'uld', id });
      else
        this.items.refuse({
          code: 'check_digit',
          detail: isUldNumber(id) ? `more than ${linksMax} unit load devices` : `${shown(id)} is no unit load device`,
          path: fields.pathOf(index),
          rule: 'Cargo-IMP FSU, ULD description; ULD number of three letters, four or five digits and the owner',
          expected: 'a unit load device such as PMC72534CV',
        });
    }
  }

  /** Makes the event of the status whose lines have all been read. */
  private closeStatus(): void {
    const { open, consignment } = this;
    this.open = undefined;
    if (open === undefined || !consignment) return;
    const { line, fields } = open;
    const place = placeOfIata(line.airport);
    if (place?.timeZone === undefined) return this.items.refuse(unknownAirport(line.airport, fields));
    if (line.date === undefined) return this.items.refuse(timeMissing(fields, fields.length));
    const status = airStatusOf(line.code);
    const moment = momentOf(line, line.date, place.timeZone, { atMs: this.context.receivedAtMs, status });
    if (moment === undefined) return this.items.refuse(impossibleDay(fields));
    const quantity = quantityOf(line.quantity, consignment.quantity);
    const legOrigin = line.legOrigin === undefined ? undefined : placeOfIata(line.legOrigin);
    const legDestination = line.legDestination === undefined ? undefined : placeOfIata(line.legDestination);
    const event = airEvent(this.context, {
      id: airStatusId({
        awb: consignment.awb,
        code: line.code,
        status,
        place,
        day: moment.day,
        minute: moment.minute,
        flight: line.flight ?? line.carrier,
        reason: line.reason,
        partPieces: partOf(quantity),
      }),
      time: moment.text,
      awb: consignment.awb,
      status,
      place,
      ...consignmentWay(consignment),
      ...(legOrigin === undefined ? {} : { legOrigin }),
      ...(legDestination === undefined ? {} : { legDestination }),
      ...(line.carrier === undefined ? {} : { carrier: line.carrier }),
      ...(line.flight === undefined ? {} : { flight: line.flight }),
      ...(line.reason === undefined ? {} : { reason: line.reason }),
      ...(quantity === undefined ? {} : { pieces: quantity.pieces }),
      ...(quantity?.weightGrams === undefined ? {} : { weightGrams: quantity.weightGrams }),
      links: open.links,
    });
    this.items.add({ ok: true, event, path: fields.pathOf(0), waybill: consignment.waybill });
  }

  private refuse(line: ImpLine, detail: string, expected: string): void {
    this.items.refuse({ code: 'invalid_message', detail, path: pathAt(line, 1), rule: consignmentRule, expected });
  }
}

const consignmentRule = 'Cargo-IMP FSU, consignment detail';
const awbExpected = 'an air waybill such as 020-12345675CGOLUX/T20K1450';
const statusExpected = 'a status such as RCS/03MAR0915/CGO/T20K1450';

const noConsignment: FormatFault = {
  code: 'invalid_message',
  detail: 'the message names no air waybill',
  path: 'line 1, column 1',
  rule: consignmentRule,
  expected: awbExpected,
};

/** The fault of an air waybill number whose last digit is wrong. */
export function checkDigitFault(awb: string, line: ImpLine): FormatFault {
  return {
    code: 'check_digit',
    detail: `${awb}: the last digit is not the remainder of the seven before it divided by 7`,
    path: pathAt(line, 1),
    rule: 'IATA Resolution 600a, air waybill number',
    expected: 'an air waybill number such as 020-12345675',
  };
}

/** An airport of the whole way that nobody knows is still some airport, of no country: the way is known not to end at the hub there. */
function placeOfWay(iata: string): Place {
  return placeOfIata(iata) ?? { name: iata, country: '', iata };
}

function consignmentWay({ origin, destination }: Consignment): { origin?: Place; destination?: Place } {
  return { ...(origin === undefined ? {} : { origin }), ...(destination === undefined ? {} : { destination }) };
}

/**
 * The quantity of a status: its own, otherwise the waybill's. A status that gives all pieces and leaves out their weight means the
 * waybill's.
 */
function quantityOf(own: Quantity | undefined, whole: Quantity | undefined): Quantity | undefined {
  if (own === undefined) return whole;
  if (own.weightGrams !== undefined || whole?.weightGrams === undefined || own.pieces !== whole.pieces) return own;
  return { ...own, weightGrams: whole.weightGrams };
}

/** The pieces of a part, for its identity. */
function partOf(quantity: Quantity | undefined): number | undefined {
  if (quantity === undefined) return undefined;
  return quantity.code === 'P' || quantity.code === 'S' || quantity.code === 'D' ? quantity.pieces : undefined;
}

function unknownAirport(iata: string, fields: ImpFields): FormatFault {
  const index = indexOfAirport(iata, fields);
  return {
    code: 'unknown_place',
    detail: `${fields.at(0)}: ${iata} is no known airport, so its local time cannot be read`,
    path: fields.pathOf(index),
    rule: 'IATA location identifiers',
    expected: 'the IATA code of an airport, such as CGO',
  };
}

function indexOfAirport(iata: string, fields: ImpFields): number {
  for (let index = 1; index < fields.length; index++) if (fields.at(index).includes(iata)) return index;
  return 0;
}

function impossibleDay(fields: ImpFields): FormatFault {
  const index = [1, 2, 3].find((i) => /^\d{2}[A-Z]{3}/.test(fields.at(i))) ?? 0;
  return {
    code: 'invalid_message',
    detail: `${fields.at(0)}: no year has the day ${shown(fields.at(index))}`,
    path: fields.pathOf(index),
    rule: 'Cargo-IMP FSU, status details',
    expected: 'a day of the calendar, such as 28FEB',
  };
}
