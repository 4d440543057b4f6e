/**
 * Messages about single wagons: yards, deliveries, interchange between railways.
 *
 * They share their parts and differ in their order from version to version, so they are read by the parts that all have: the wagon's
 * number, a location, and the first time outside of the header that is not one of the timetable. A wagon counts nowhere, because containers
 * change wagons at the gauge break; its messages serve the journeys.
 * @see ERA-TD-105, TAF TSI annex D.2 appendix F, messages 5002 to 5016
 */
import { eventTypes, type CanonicalEvent } from '@landbridge/contracts';
import type { Classifier } from '@landbridge/domain';
import { eventIdOf } from '../event-identity.js';
import type { ReadContext } from '../message-format.js';
import type { MessageEntry } from '../xml/message-entry.js';
import type { XmlElement } from '../xml/xml-tree.js';
import { timeOf } from '../xml/xml-time.js';
import { correctionOf } from './message-header.js';
import { railLocationOf } from './rail-locations.js';
import { wagonNumberOf } from './train-messages.js';

interface WagonStatement {
  readonly milestone: string;
  readonly classifier: Classifier;
}

const actual = 'actual';

/** By the name of the root element. */
export const wagonStatements: ReadonlyMap<string, WagonStatement> = new Map<string, WagonStatement>([
  ['WagonArrivalNoticeMessage', { milestone: 'arrived', classifier: actual }],
  ['WagonDepartureNoticeMessage', { milestone: 'departed', classifier: actual }],
  ['WagonYardArrivalMessage', { milestone: 'yard-arrived', classifier: actual }],
  ['WagonYardDepartureMessage', { milestone: 'yard-departed', classifier: actual }],
  ['WagonDeliveryNoticeMessage', { milestone: 'delivered', classifier: actual }],
  ['WagonReleaseNoticeMessage', { milestone: 'wagon-released', classifier: actual }],
  ['WagonInterchangeNoticeMessage', { milestone: 'interchange-offered', classifier: actual }],
  ['WagonReceivedAtInterchangeMessage', { milestone: 'interchange-received', classifier: actual }],
  ['WagonRefusedAtInterchangeMessage', { milestone: 'interchange-refused', classifier: actual }],
  ['WagonExceptionMessage', { milestone: 'discrepancy', classifier: actual }],
  ['WagonETI_ETA_Message', { milestone: 'arrived', classifier: 'estimated' }],
]);

/** The event of the one wagon of a message. Refusals: invalid_message, time_missing, invalid_time, unknown_place, check_digit. */
export function readWagonMessage(
  message: MessageEntry,
  statement: WagonStatement,
  context: ReadContext,
): CanonicalEvent {
  const body = message.element.children.filter(({ name }) => name !== 'MessageHeader');
  const holder = firstWith(body, (element) => element.children.some(({ name }) => name === 'WagonNumberFreight'));
  const wagon = wagonNumberOf(holder ? message.at(holder) : message);
  const locationElement = firstWith(body, (element) => element.children.some(({ name }) => name === 'CountryCodeISO'));
  const location = railLocationOf(locationElement ? message.at(locationElement) : message);
  const timeElement = firstWith(body, ({ name, text }) => text !== '' && eventTimeName.test(name));
  if (timeElement === undefined)
    return message.refuse({ code: 'time_missing', detail: 'no time is told', expected: 'when it happened' });
  const time = timeOf(message, timeElement, location.timeZone);
  const newestStands = statement.classifier === 'estimated';
  return {
    specversion: '1.0',
    id: eventIdOf('taf-tsi', [
      wagon,
      location.country,
      location.primaryCode,
      location.place,
      message.element.name,
      newestStands ? undefined : time.timeMs,
    ]),
    source: context.source,
    type: eventTypes.rail,
    subject: wagon,
    time: time.text,
    ...correctionOf(message, newestStands),
    data: {
      ...statement,
      hub: context.hub,
      ...(location.place === undefined ? {} : { place: location.place }),
      ...(location.timeZone === undefined ? {} : { timeZone: location.timeZone }),
      corridor: 'land',
      direction: 'transit',
      transport: { mode: 'rail' },
      unit: { type: 'wagon', id: wagon },
    },
  };
}

/** A time of what happened; those of the timetable say when it was to happen. */
const eventTimeName = /^(?!Scheduled|Booked|Referenced|Planned|Requested)[A-Za-z]*(?:DateTime|Time)$/;

/** The first element, in the order of the message, that is as asked for. The tree is at most 64 deep. */
function firstWith(elements: readonly XmlElement[], isAsked: (element: XmlElement) => boolean): XmlElement | undefined {
  for (const element of elements) {
    const found = isAsked(element) ? element : firstWith(element.children, isAsked);
    if (found) return found;
  }
  return undefined;
}
