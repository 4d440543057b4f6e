/** What consignments of all Cargo-XML messages share: the waybill's number, places, weights, corrections. */
import { isAwb } from '@landbridge/domain';
import { waybillOf } from '../air-event.js';
import { revisionAt } from '../event-identity.js';
import { kilogram, piece, pound } from '../exact-quantity.js';
import type { Waybill } from '../message-writing.js';
import { placeOfIata, type Place } from '../places/places.js';
import { cut, type MessageEntry } from '../xml/message-entry.js';
import type { XmlElement } from '../xml/xml-tree.js';
import { timeOf } from '../xml/xml-time.js';

/** The air waybill of a master consignment, `020-12345675`. Refusals: invalid_message, check_digit. */
export function awbOf(master: MessageEntry): string {
  const element = master.find('TransportContractDocument', 'ID');
  if (element === undefined)
    return master.refuse({ detail: 'TransportContractDocument/ID is missing', expected: 'an air waybill number' });
  return awbAt(master, element);
}

/** The air waybill that an element holds. Refusals: invalid_message, check_digit. */
export function awbAt(entry: MessageEntry, element: XmlElement): string {
  const [, prefix, serial] = /^(\d{3})[- ]?(\d{8})$/.exec(element.text) ?? [];
  if (prefix === undefined)
    return entry.refuse(
      { detail: `${cut(element.text)} is no air waybill`, expected: 'a number such as 172-12345675' },
      element,
    );
  const awb = `${prefix}-${serial}`;
  if (isAwb(awb)) return awb;
  return entry.refuse(
    {
      code: 'check_digit',
      detail: `${awb} fails its check digit`,
      expected: 'the last digit is the remainder of the seven before it by 7',
    },
    element,
  );
}

/** The airport at a path, or undefined where it is not given or not known. */
export function placeAt(entry: MessageEntry, ...names: readonly string[]): Place | undefined {
  const code = entry.text(...names);
  return code === undefined ? undefined : placeOfIata(code);
}

/** The airport that an element names. Refusal: unknown_place. */
export function knownPlaceOf(entry: MessageEntry, element: XmlElement): Place {
  return (
    placeOfIata(element.text) ??
    entry.refuse(
      { code: 'unknown_place', detail: `${cut(element.text)} is no airport that is known`, expected: 'an IATA code' },
      element,
    )
  );
}

/** A weight in grams, or undefined where it is not given. Refusals: invalid_message, quantity_out_of_range. */
export function weightOf(entry: MessageEntry, name: string): number | undefined {
  const element = entry.find(name);
  const unit = element?.attributes['unitCode'] ?? 'KGM';
  if (unit === 'KGM') return entry.quantity(kilogram, name);
  if (unit === 'LBR') return entry.quantity(pound, name);
  return entry.refuse({ detail: `${name} is in ${cut(unit)}`, expected: 'KGM or LBR' }, element);
}

/** The waybill as a whole: a status message and a waybill name its quantities differently. */
export function masterWaybillOf(master: MessageEntry): Waybill {
  return waybillOf(
    {
      origin: placeAt(master, 'OriginLocation', 'ID'),
      destination: placeAt(master, 'FinalDestinationLocation', 'ID'),
    },
    {
      pieces: master.quantity(piece, 'PieceQuantity') ?? master.quantity(piece, 'TotalPieceQuantity'),
      weightGrams: weightOf(master, 'GrossWeightMeasure') ?? weightOf(master, 'IncludedTareGrossWeightMeasure'),
    },
  );
}

/**
 * PurposeCode of the header: an update replaces, a deletion takes back what was said before, in the order of the messages' issue. Messages
 * without a purpose state something new. Refusals: invalid_message, invalid_time.
 */
export function correctionOf(message: MessageEntry): { readonly revision?: number; readonly retracted?: true } {
  const purpose = message.text('MessageHeaderDocument', 'PurposeCode')?.toLowerCase() ?? 'creation';
  if (purpose === 'creation') return {};
  const isDeletion = purpose === 'deletion' || purpose === 'cancellation';
  if (!isDeletion && purpose !== 'update')
    return message.refuse(
      { detail: `PurposeCode is ${cut(purpose)}`, expected: 'Creation, Update or Deletion' },
      message.find('MessageHeaderDocument', 'PurposeCode'),
    );
  const issued = message.find('MessageHeaderDocument', 'IssueDateTime');
  if (issued === undefined)
    return message.refuse({ detail: 'IssueDateTime is missing', expected: 'when the correction was made' });
  const revision = revisionAt(timeOf(message, issued, undefined).timeMs);
  return isDeletion ? { revision, retracted: true } : { revision };
}
