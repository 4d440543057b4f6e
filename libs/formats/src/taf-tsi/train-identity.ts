/**
 * Which train a message is about.
 *
 * The TAF TSI identifier of type TR, with its start date, is one train of one day: `TR/0081/43521/00/2026/2026-08-07`. Railways that do not
 * give it out yet send the operational number and when the train is handed over, which is its key then: `43521/2026-08-07`. Identifiers of
 * paths, routes and cases are those of plans and not of the train.
 */
import { canonicalTrainNumber } from '@landbridge/domain';
import { cut, type MessageEntry } from '../xml/message-entry.js';

export interface Train {
  readonly id: string;
  /** Operational number; with its X for a China-Europe train. */
  readonly service?: string;
  /** RICS code of the railway undertaking. */
  readonly carrier?: string;
}

/** Reads the train of a message. Refusal: invalid_message. */
export function trainOf(message: MessageEntry): Train {
  const number = message.text('OperationalTrainNumberIdentifier', 'OperationalTrainNumber');
  const handover = message.text('OperationalTrainNumberIdentifier', 'ScheduledTimeAtHandover');
  const service = number === undefined ? undefined : (canonicalTrainNumber(number) ?? number);
  const carrier = message.text('ResponsibleRU');
  return {
    id: identifierOf(message, handover) ?? numberedOf(message, number, handover),
    ...(service !== undefined && /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(service) ? { service } : {}),
    ...(carrier !== undefined && /^[A-Z0-9]{2,4}$/.test(carrier) ? { carrier } : {}),
  };
}

const holders = ['TrainOperationalIdentification', 'Identifiers', 'PlannedTransportIdentifiers'];

function identifierOf(message: MessageEntry, handover: string | undefined): string | undefined {
  const places = [message, ...holders.flatMap((name) => message.all(name))];
  const identifiers = places.flatMap((place) => place.all('TransportOperationalIdentifiers'));
  const train = identifiers.find((identifier) => identifier.text('ObjectType') === 'TR');
  if (!train) return undefined;
  const parts = ['Company', 'Core', 'Variant', 'TimetableYear'].map((name) => {
    const part = train.text(name);
    if (part !== undefined && /^[A-Za-z0-9*-]{1,12}$/.test(part)) return part;
    return train.refuse({ detail: `${name} is ${cut(part ?? '')}`, expected: 'letters and digits' }, train.find(name));
  });
  const date = dateOf(train.text('StartDate')) ?? dateOf(handover);
  if (date !== undefined) return ['TR', ...parts, date].join('/');
  return train.refuse({ detail: 'StartDate is missing', expected: 'a date such as 2026-08-07' });
}

function numberedOf(message: MessageEntry, number: string | undefined, handover: string | undefined): string {
  const date = dateOf(handover);
  if (number !== undefined && /^[A-Za-z0-9-]{1,20}$/.test(number) && date !== undefined)
    return `${canonicalTrainNumber(number) ?? number}/${date}`;
  return message.refuse({
    detail: 'no train is identified',
    expected: 'TransportOperationalIdentifiers of type TR, or OperationalTrainNumber with ScheduledTimeAtHandover',
  });
}

/** The day of a date or date-time, both of which may carry an offset: it is the day that the sender calls it. */
function dateOf(text: string | undefined): string | undefined {
  return /^\d{4}-\d\d-\d\d(?![0-9])/.exec(text ?? '')?.[0];
}
