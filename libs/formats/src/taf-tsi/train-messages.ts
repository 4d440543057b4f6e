/**
 * Messages about trains: where one is, where it will be, what it is made of, that it is ready.
 *
 * A train counts once on each side: at its departure from its origin, where that is the hub, and at its arrival at its destination. What it
 * tells from stops on the way has the same milestones but the direction transit, because "at a station" says that the hub is not its end.
 */
import { eventTypes, linksMax, type CanonicalEvent } from '@landbridge/contracts';
import { isUicWagon, type Classifier, type Direction } from '@landbridge/domain';
import { eventIdOf } from '../event-identity.js';
import { kilogram } from '../exact-quantity.js';
import type { ReadContext } from '../message-format.js';
import { headingBetween, isAtHub, placeInCountry } from '../movement-direction.js';
import type { ZonedTime } from '../places/local-time.js';
import { placeOfLocode, type Place } from '../places/places.js';
import { unknownMilestone } from '../unknown-milestone.js';
import { cut, type MessageEntry } from '../xml/message-entry.js';
import { timeOf } from '../xml/xml-time.js';
import { correctionOf, type Correction } from './message-header.js';
import { railLocationOf, type RailLocation } from './rail-locations.js';
import { trainOf, type Train } from './train-identity.js';

type EventData = NonNullable<CanonicalEvent['data']>;

interface RunningStatus {
  readonly milestone: string;
  /** Which end of the train's whole way it is; undefined on the way. */
  readonly end?: 'origin' | 'destination';
}

/** `TrainLocationStatus`. 00 says that it is not told; it and whatever railways add are kept by their number. */
const runningStatuses: ReadonlyMap<string, RunningStatus> = new Map<string, RunningStatus>([
  ['01', { milestone: 'arrived', end: 'destination' }],
  ['02', { milestone: 'departed', end: 'origin' }],
  ['03', { milestone: 'arrived' }],
  ['04', { milestone: 'departed' }],
  ['05', { milestone: 'passed' }],
]);

const endDirections = { origin: 'outbound', destination: 'inbound' } as const;

/** The `TrainLocationStatus` that is read as this milestone in this direction, or undefined. */
export function statusCodeOf(milestone: string, direction: Direction): string | undefined {
  for (const [code, status] of runningStatuses)
    if (status.milestone === milestone && (status.end ? endDirections[status.end] : 'transit') === direction)
      return code;
  return undefined;
}

/** TrainRunningInformation: what was; TrainRunningForecast: what will be, where the newest forecast stands. */
export function readTrainReport(message: MessageEntry, classifier: Classifier, context: ReadContext): CanonicalEvent {
  const train = trainOf(message);
  const report = message.part('TrainLocationReport');
  const location = railLocationOf(report.part('Location'));
  const time = timeAt(report, 'LocationDateTime', location.timeZone);
  const code = report.text('TrainLocationStatus') ?? '00';
  const status = runningStatuses.get(code) ?? { milestone: unknownMilestone('taf-tsi', code) };
  // Where a train passes twice, the booked time tells which pass is meant; the actual one may be corrected.
  const booked = report.text('BookedLocationDateTime') ?? report.text('ReferencedLocationDateTime');
  const correction = correctionOf(message, classifier === 'estimated');
  return trainEvent(context, correction, {
    id: [train.id, location.country, location.primaryCode, location.place, code, booked, classifier],
    train,
    time,
    classifier,
    milestone: status.milestone,
    location,
    direction: directionAt(context.hub, location, status.end),
  });
}

/**
 * TrainReady has no time of its own. Where the handover is scheduled, the train is announced for it: a planned event. Otherwise it is a
 * refusal, because the time at which the message was made is when it was sent.
 */
export function readTrainReady(message: MessageEntry, context: ReadContext): CanonicalEvent {
  const train = trainOf(message);
  const location = railLocationOf(message.part('TrainLocation'));
  const time = handoverOf(message, location.timeZone);
  const ready = message.text('TrainReadyStatus', 'TrainReady') ?? '1';
  if (!/^(0|1|true|false)$/.test(ready)) message.refuse({ detail: `TrainReady is ${cut(ready)}`, expected: '0 or 1' });
  return trainEvent(context, correctionOf(message, false), {
    id: [train.id, location.country, location.primaryCode, location.place, 'ready', time.timeMs],
    train,
    time,
    classifier: 'planned',
    milestone: ready === '1' || ready === 'true' ? 'ready' : 'not-ready',
    location,
    direction: 'transit',
  });
}

/** TrainComposition, of one section of the journey: a plan until the train leaves, with its wagons as links. */
export function readComposition(message: MessageEntry, section: MessageEntry, context: ReadContext): CanonicalEvent {
  const train = trainOf(message);
  const journey = section.part('JourneySection');
  const origin = railLocationOf(journey.part('JourneySectionOrigin'));
  const destination = railLocationOf(journey.part('JourneySectionDestination'));
  const time = handoverOf(message, origin.timeZone);
  const wagons = section.all('WagonData');
  const numbers = wagons.map(wagonNumberOf);
  const loads = wagons.flatMap((wagon) => wagon.quantity(kilogram, 'WagonOperationalData', 'TotalLoadWeight') ?? []);
  const { direction, partner } = headingBetween(context.hub, placeOf(origin), placeOf(destination));
  const event = trainEvent(context, correctionOf(message, false), {
    id: [train.id, origin.country, origin.primaryCode, origin.place, 'composed'],
    train,
    time,
    classifier: 'planned',
    milestone: 'composed',
    location: origin,
    direction,
  });
  const data: EventData = { ...event.data!, ...(partner === undefined ? {} : { partner }) };
  if (loads.length > 0) data.quantities = { weightGrams: loads.reduce((sum, load) => sum + load, 0) };
  if (numbers.length > 0) data.links = numbers.slice(0, linksMax).map((id) => ({ type: 'wagon', id }));
  return { ...event, data };
}

interface TrainStatement {
  readonly id: readonly (string | number | undefined)[];
  readonly train: Train;
  readonly time: ZonedTime;
  readonly classifier: Classifier;
  readonly milestone: string;
  readonly location: RailLocation;
  readonly direction: Direction;
}

function trainEvent(context: ReadContext, correction: Correction, statement: TrainStatement): CanonicalEvent {
  const { train, location } = statement;
  return {
    specversion: '1.0',
    id: eventIdOf('taf-tsi', statement.id),
    source: context.source,
    type: eventTypes.rail,
    subject: train.id,
    time: statement.time.text,
    ...correction,
    data: {
      classifier: statement.classifier,
      milestone: statement.milestone,
      hub: context.hub,
      ...(location.place === undefined ? {} : { place: location.place }),
      ...(location.timeZone === undefined ? {} : { timeZone: location.timeZone }),
      corridor: 'land',
      direction: statement.direction,
      transport: {
        mode: 'rail',
        ...(train.carrier === undefined ? {} : { carrier: train.carrier }),
        ...(train.service === undefined ? {} : { service: train.service }),
      },
      unit: { type: 'train', id: train.id },
    },
  };
}

function timeAt(entry: MessageEntry, name: string, zone: string | undefined): ZonedTime {
  const element = entry.find(name);
  if (element === undefined || element.text === '')
    return entry.refuse({ code: 'time_missing', detail: `${name} is missing`, expected: 'when it happened' });
  return timeOf(entry, element, zone);
}

function handoverOf(message: MessageEntry, zone: string | undefined): ZonedTime {
  const element = message.find('OperationalTrainNumberIdentifier', 'ScheduledTimeAtHandover');
  if (element === undefined || element.text === '')
    return message.refuse({
      code: 'time_missing',
      detail: 'the message tells no time but when it was made',
      expected: 'ScheduledTimeAtHandover',
    });
  return timeOf(message, element, zone);
}

function directionAt(hub: string, location: RailLocation, end: RunningStatus['end']): Direction {
  if (end === undefined || !isAtHub(hub, placeOf(location))) return 'transit';
  return endDirections[end];
}

function placeOf({ place, country }: RailLocation): Place {
  return (place === undefined ? undefined : placeOfLocode(place)) ?? placeInCountry(country);
}

/** A wagon's number; 12 digits have a check digit, the 8 of 1520 mm wagons are not checked. Refusal: check_digit. */
export function wagonNumberOf(wagon: MessageEntry): string {
  const number = wagon.unitId('WagonNumberFreight').replaceAll(/[ -]/g, '');
  if (number.length !== 12 || isUicWagon(number)) return number;
  return wagon.refuse(
    {
      code: 'check_digit',
      detail: `${cut(number)} is no wagon number`,
      expected: '12 digits of which the last is the check digit',
    },
    wagon.find('WagonNumberFreight'),
  );
}
