/**
 * Days as numbers (0 is 1970-01-01, on the hub's calendar), and how busy a day is.
 */
import { dayName, dayNumberOf, dayOfNumber } from '@landbridge/domain';

/** A run of days, both included. */
export interface Span {
  readonly firstDay: number;
  readonly lastDay: number;
}

/** The days from one `YYYY-MM-DD` to another, both included. */
export function spanOf(from: string, to: string): Span {
  return { firstDay: dayNumberFrom(from), lastDay: dayNumberFrom(to) };
}

export function holds(span: Span, day: number): boolean {
  return day >= span.firstDay && day <= span.lastDay;
}

/** The number of the day that `YYYY-MM-DD` names. Throws a RangeError where it names none. */
export function dayNumberFrom(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const number = match ? dayNumberOf(Number(match[1]), Number(match[2]), Number(match[3])) : Number.NaN;
  // The way back finds 30 February and month 13, which the formula turns into other days.
  if (!match || dayName(dayOfNumber(number)) !== text) throw new RangeError(`not a day: ${JSON.stringify(text)}`);
  return number;
}

/** 0 is Sunday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (day + 4) % 7;
}

/**
 * Whether something that happens `perWeek` times happens on this day: spread as evenly over the week as whole days allow.
 * `offset` keeps services apart that have the same frequency. Seven is daily, more is not possible.
 */
export function runsOn(day: number, perWeek: number, offset: number): boolean {
  return ((day + offset) * perWeek) % 7 < perWeek;
}

/** A rhythm: weights by weekday (Sunday first) and by month (January first), each about 100. */
export interface Rhythm {
  readonly weekdays: readonly number[];
  readonly months: readonly number[];
  /** Weights of single days of the year by `MM-DD`, in place of 100: shopping festivals. */
  readonly peaks?: Readonly<Record<string, number>>;
}

/** How busy a day is under a rhythm: an integer weight. */
export function busyness(rhythm: Rhythm, day: number): number {
  const date = dayOfNumber(day);
  const peak = rhythm.peaks?.[dayName(date).slice(5)] ?? 100;
  return rhythm.weekdays[weekdayOf(day)]! * rhythm.months[date.month - 1]! * peak;
}
