/**
 * FWB: the air waybill's data, sent before its cargo. Read for what it says of the booking: pieces, weight, way and flight. It tells
 * nothing that happened, so it is one planned event and never counts.
 */
import { linksMax, type EventData } from '@landbridge/contracts';
import { isAwb, isUldNumber } from '@landbridge/domain';
import { airEvent, waybillOf } from '../air-event.js';
import { airStatusOf } from '../air-statuses.js';
import { eventIdOf } from '../event-identity.js';
import type { FormatFault, ReadContext } from '../message-format.js';
import type { Waybill } from '../message-writing.js';
import { nearestYear, zonedTime } from '../places/local-time.js';
import { placeOfIata, type Place } from '../places/places.js';
import { checkDigitFault } from './fsu-reader.js';
import {
  isCarrierCode,
  readConsignmentLine,
  readDayMonth,
  readFlight,
  readIssueDate,
  readQuantity,
  type ConsignmentLine,
  type DayMonth,
  type Flight,
  type Quantity,
} from './imp-fields.js';
import { ImpFields, pathAt, shown, type ImpItems, type ImpLine } from './imp-lines.js';

export class FwbReader {
  private fault: FormatFault | undefined;
  private waybillLine: ImpLine | undefined;
  private waybill: (ConsignmentLine & { quantity?: string }) | undefined;
  private quantity: Quantity | undefined;
  private tag = '';
  private carrier: string | undefined;
  private routed = false;
  private flight: Flight | undefined;
  /** Of the flight. */
  private flightDay: { readonly day: number; readonly month?: number } | undefined;
  private issued: (DayMonth & { readonly year: number }) | undefined;
  private readonly links: NonNullable<EventData['links']> = [];

  constructor(
    private readonly context: ReadContext,
    private readonly items: ImpItems,
    private readonly header: ImpLine,
  ) {}

  /** Takes the next line after the message's identifier. */
  take(line: ImpLine): void {
    if (this.fault !== undefined) return;
    if (this.waybillLine === undefined) return this.takeWaybill(line);
    const fields = new ImpFields(line);
    const tag = fields.at(0);
    // The text of a name may begin a line with a blank; such a line, like one that begins with a slash, continues the one before.
    if (tag !== '') {
      if (!/^[A-Z]{3}$/.test(tag))
        return this.refuse(line, 1, `${shown(line.text)} is no line of an air waybill`, 'a line such as RTG/LUXCV');
      this.tag = tag;
    }
    switch (this.tag) {
      case 'FLT':
        return this.takeFlight(fields);
      case 'RTG':
        return this.takeRouting(fields);
      case 'RTD':
        return this.takeUld(fields);
      case 'ISU':
        return this.takeIssue(fields);
      default: // Names, charges, customs: kept in the original.
    }
  }

  /** Ends the message, which is one event or one fault. */
  finish(): void {
    const header = this.waybillLine ?? this.header;
    if (this.fault === undefined && this.waybill === undefined)
      this.refuse(header, 1, 'there is no air waybill', awbExpected);
    if (this.fault === undefined && !this.routed)
      this.refuse(header, 1, 'there is no routing (RTG)', 'a line such as RTG/LUXCV');
    const { waybill } = this;
    const event = this.fault === undefined ? this.event(waybill!, header) : undefined;
    if (event !== undefined)
      this.items.add({ ok: true, event, path: pathAt(header, 1), waybill: this.whole(waybill!) });
    else this.items.refuse(this.fault!);
  }

  private takeWaybill(line: ImpLine): void {
    this.waybillLine = line;
    const read = readConsignmentLine(line.text);
    if (read?.origin === undefined) return this.refuse(line, 1, `${shown(line.text)} is no air waybill`, awbExpected);
    if (!isAwb(read.awb)) {
      this.fault = checkDigitFault(read.awb, line);
      return;
    }
    this.waybill = read;
    this.quantity = readQuantity(read.quantity ?? '');
    if (this.quantity === undefined)
      this.refuse(
        line,
        line.text.indexOf('/') + 2,
        `${shown(read.quantity ?? '')} is no quantity`,
        'pieces and weight such as T20K1450',
      );
  }

  /** `FLT/CV9727/03`: the first flight that is asked for, and its day; some senders write the month too. */
  private takeFlight(fields: ImpFields): void {
    if (this.flight !== undefined) return;
    this.flight = readFlight(fields.at(1));
    const day = fields.at(2);
    this.flightDay = /^\d{2}$/.test(day) ? { day: Number(day) } : readDayMonth(day);
  }

  /** `RTG/ZRHQR/DOHQR`: where each airline carries it to; the first one has it first. */
  private takeRouting(fields: ImpFields): void {
    const first = fields.at(1);
    if (this.routed) return;
    const carrier = first.slice(3);
    if (!/^[A-Z]{3}/.test(first) || (carrier !== '' && !isCarrierCode(carrier)))
      return this.refuseField(
        fields,
        1,
        `${shown(first)} is no stage of a route`,
        'an airport and an airline such as LUXCV',
      );
    this.routed = true;
    if (carrier !== '') this.carrier = carrier;
  }

  /** `/3/NU/PMC72534CV`: a unit load device among the goods. */
  private takeUld(fields: ImpFields): void {
    const at = fields.at(1) === 'NU' ? 2 : fields.at(2) === 'NU' ? 3 : 0;
    const id = fields.at(at).split('-')[0]!;
    if (at > 0 && isUldNumber(id) && this.links.length < linksMax) this.links.push({ type: 'uld', id });
  }

  /** `ISU/16APR26/ZHENGZHOU`: when and where the waybill was made out. */
  private takeIssue(fields: ImpFields): void {
    if (fields.at(0) === '') return;
    this.issued = readIssueDate(fields.at(1));
    if (this.issued === undefined)
      this.refuseField(fields, 1, `${shown(fields.at(1))} is no date of issue`, 'a date with a year such as 16APR26');
  }

  private event(waybill: ConsignmentLine, line: ImpLine) {
    const origin = placeOfIata(waybill.origin!);
    if (origin?.timeZone === undefined) {
      this.fault = {
        code: 'unknown_place',
        detail: `${waybill.origin} is no known airport, so its local time cannot be read`,
        path: pathAt(line, waybill.awb.length + 1),
        rule: 'IATA location identifiers',
        expected: 'the IATA code of an airport, such as CGO',
      };
      return undefined;
    }
    const time = this.time(origin.timeZone, line);
    if (time === undefined) return undefined;
    const destination: Place = placeOfIata(waybill.destination!) ?? { name: waybill.destination!, country: '' };
    const carrier = this.flight?.carrier ?? this.carrier;
    return airEvent(this.context, {
      // The date of issue is there because numbers come back after some years. A changed booking is the same statement.
      id: eventIdOf('fwb', [waybill.awb, this.issued?.year, this.issued?.month, this.issued?.day]),
      time,
      awb: waybill.awb,
      status: airStatusOf('BKD'),
      place: origin,
      origin,
      destination,
      ...(carrier === undefined ? {} : { carrier }),
      ...(this.flight === undefined ? {} : { flight: this.flight.flight }),
      pieces: this.quantity!.pieces,
      ...(this.quantity!.weightGrams === undefined ? {} : { weightGrams: this.quantity!.weightGrams }),
      links: this.links,
    });
  }

  private whole({ origin = '', destination = '' }: ConsignmentLine): Waybill {
    return waybillOf({ origin: placeOfIata(origin), destination: placeOfIata(destination) }, this.quantity ?? {});
  }

  /** The start of the day of the flight, or of the day of issue where no flight is named. */
  private time(timeZone: string, line: ImpLine): string | undefined {
    const day = this.flightDate(timeZone) ?? this.issued;
    if (day === undefined) {
      this.fault = {
        code: 'time_missing',
        detail: 'the air waybill has no date of issue (ISU)',
        path: pathAt(line, 1),
        rule: 'Cargo-IMP FWB, carrier execution',
        expected: 'a line such as ISU/16APR26/ZHENGZHOU',
      };
      return undefined;
    }
    const zoned = zonedTime({ ...day, hour: 0, minute: 0, second: 0 }, timeZone);
    if (zoned === undefined)
      this.refuse(line, 1, 'the day of the flight or of issue is not in the calendar', 'a day such as 28FEB26');
    return zoned?.text;
  }

  /** The flight's date: a day alone is the first such day from the day of issue on. */
  private flightDate(timeZone: string): { year: number; month: number; day: number } | undefined {
    const { flightDay, issued } = this;
    if (flightDay === undefined) return undefined;
    const { day, month } = flightDay;
    if (month !== undefined) {
      const year = nearestYear(month, day, this.context.receivedAtMs, timeZone);
      return year === undefined ? undefined : { year, month, day };
    }
    if (issued === undefined) return undefined;
    if (day >= issued.day) return { year: issued.year, month: issued.month, day };
    return issued.month === 12
      ? { year: issued.year + 1, month: 1, day }
      : { year: issued.year, month: issued.month + 1, day };
  }

  private refuse(line: ImpLine, column: number, detail: string, expected: string): void {
    this.fault = { code: 'invalid_message', detail, path: pathAt(line, column), rule: fwbRule, expected };
  }

  private refuseField(fields: ImpFields, index: number, detail: string, expected: string): void {
    this.fault = { code: 'invalid_message', detail, path: fields.pathOf(index), rule: fwbRule, expected };
  }
}

const fwbRule = 'Cargo-IMP FWB, structure of the message';
const awbExpected = 'an air waybill with its way and quantity, such as 020-12345675CGOLUX/T20K1450';
