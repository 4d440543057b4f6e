/**
 * The envelope that all scenario and live events share, and the times in it.
 */
import { eventTypes, type CanonicalEvent, type EventData } from '@landbridge/contracts';
import { dayName, dayOfNumber, homeHub, hubByCode, hubZone, type System } from '@landbridge/domain';

/** One key whose source is this prefix may post the scenario and the live events. */
export const demoSourcePrefix = '/demo/';
export const scenarioSourcePrefix = `${demoSourcePrefix}scenario/`;
export const liveSourcePrefix = `${demoSourcePrefix}live/`;

const hub = hubByCode(homeHub)!;
/** UN/LOCODEs of the hub's airport and of its city, where the railway port and the bonded zones are. */
export const airportPlace = hub.airportUnLocode!;
export const cityPlace = hub.unLocode!;

export interface EventFrame {
  readonly system: System;
  /** Who reports, below the prefix: `air/CV`. */
  readonly reporter: string;
  readonly sourcePrefix: string;
  readonly id: string;
  /** RFC 3339, see `timeText`. */
  readonly time: string;
  readonly data: Omit<EventData, 'hub' | 'timeZone'>;
}

/** A canonical event of the home hub, its subject being the unit that it tells of. */
export function frameEvent(frame: EventFrame): CanonicalEvent {
  return {
    specversion: '1.0',
    id: frame.id,
    source: frame.sourcePrefix + frame.reporter,
    type: eventTypes[frame.system],
    subject: frame.data.unit.id,
    time: frame.time,
    datacontenttype: 'application/json',
    data: { ...frame.data, hub: homeHub, timeZone: hubZone },
  };
}

/** `2020-03-01T14:05:09+08:00`, from a day and the seconds since its midnight on the hub's clock (0 to 86,399). */
export function timeText(day: number, second: number): string {
  const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
  const hour = Math.floor(second / 3_600);
  const minute = Math.floor(second / 60) % 60;
  return `${dayName(dayOfNumber(day))}T${two(hour)}:${two(minute)}:${two(second % 60)}+08:00`;
}

/** `2020-03-01` for a day: in ids and in the names of units that repeat, such as flights. */
export function dayText(day: number): string {
  return dayName(dayOfNumber(day));
}

/** The events of one system on a day, in no particular order; a pure function of the day. */
export type Traffic = (day: number) => readonly CanonicalEvent[];
