/**
 * Periods and hours on the hub's clock, and the stored buckets that add up to a period.
 *
 * The hub's zone is Asia/Shanghai. China has kept UTC+8 without daylight saving since 1991 and our events begin in 2000, so adding eight
 * hours is exact and no time-zone database is asked. Every year, half, quarter, month and range of months is a whole number of months,
 * so a reader sums month buckets for those, and hour buckets of one day for a day or an hour.
 */
import { dayName, dayNumberOf, dayOfNumber, daysInMonth, monthName, type Day, type Month } from './calendar.js';

/** The zone in which hours, days and months are cut. */
export const hubZone = 'Asia/Shanghai';

const hourMs = 3_600_000;
const hoursPerDay = 24;
const hubOffsetHours = 8;

/** First and last year that a period may name: before 2000 the hub has no events, and 2100 catches a mistyped year. */
export const periodYearMin = 2000;
export const periodYearMax = 2100;

/** Longest range: a hundred years of month buckets is the most that one answer reads. */
export const periodMonthsMax = 1_200;

/** A span of the hub's calendar that a figure can be asked for. A range holds both of its months. */
export type Period =
  | { readonly kind: 'year'; readonly year: number }
  | { readonly kind: 'half'; readonly year: number; readonly half: 1 | 2 }
  | { readonly kind: 'quarter'; readonly year: number; readonly quarter: 1 | 2 | 3 | 4 }
  | ({ readonly kind: 'month' } & Month)
  | ({ readonly kind: 'day' } & Day)
  | ({ readonly kind: 'hour' } & DayHour)
  | { readonly kind: 'range'; readonly from: Month; readonly to: Month };

/** An hour of the hub's clock; `hour` is 0..23. */
export interface DayHour extends Day {
  readonly hour: number;
}

export type PeriodResult =
  | { readonly ok: true; readonly period: Period }
  | { readonly ok: false; readonly reason: string };

const singleForm = /^(\d{4})(?:-H([12])|-Q([1-4])|-(\d{2})(?:-(\d{2})(?:T(\d{2}))?)?)?$/;
const rangeForm = /^(\d{4})-(\d{2})\/(\d{4})-(\d{2})$/;
const forms = '2020, 2020-H1, 2020-Q2, 2020-06, 2020-06-30, 2020-06-30T14 or 2020-01/2020-08';

/** Reads a period of the public contract, exactly; the reason of a refusal is fit to be shown to whoever asked. */
export function parsePeriod(text: string): PeriodResult {
  const range = rangeForm.exec(text);
  if (range) return rangeOf(monthOf(range[1], range[2]), monthOf(range[3], range[4]));
  const single = singleForm.exec(text);
  if (!single) return refused(`a period is written like ${forms}`);

  const [, yearText, half, quarter, monthText, dayText, hourText] = single;
  const year = Number(yearText);
  const month = Number(monthText ?? 1);
  const fault = faultOf({ year, month });
  if (fault) return refused(fault);
  if (half) return accepted({ kind: 'half', year, half: Number(half) as 1 | 2 });
  if (quarter) return accepted({ kind: 'quarter', year, quarter: Number(quarter) as 1 | 2 | 3 | 4 });
  if (!monthText) return accepted({ kind: 'year', year });
  if (!dayText) return accepted({ kind: 'month', year, month });

  const day = Number(dayText);
  if (day < 1 || day > daysInMonth(year, month)) return refused(`${monthName({ year, month })} has no day ${dayText}`);
  if (!hourText) return accepted({ kind: 'day', year, month, day });
  const hour = Number(hourText);
  if (hour >= hoursPerDay) return refused(`an hour is 00 to 23, not ${hourText}`);
  return accepted({ kind: 'hour', year, month, day, hour });
}

function rangeOf(from: Month, to: Month): PeriodResult {
  const fault = faultOf(from) ?? faultOf(to);
  if (fault) return refused(fault);
  const months = monthIndexOf(to) - monthIndexOf(from) + 1;
  if (months < 1) return refused('the range ends before it begins');
  if (months > periodMonthsMax)
    return refused(`a range holds at most ${periodMonthsMax} months, this one has ${months}`);
  return accepted({ kind: 'range', from, to });
}

function faultOf({ year, month }: Month): string | undefined {
  if (year < periodYearMin || year > periodYearMax)
    return `a year is ${periodYearMin} to ${periodYearMax}, not ${year}`;
  if (month < 1 || month > 12) return `a month is 01 to 12, not ${String(month).padStart(2, '0')}`;
  return undefined;
}

function monthOf(year: string | undefined, month: string | undefined): Month {
  return { year: Number(year), month: Number(month) };
}

function accepted(period: Period): PeriodResult {
  return { ok: true, period };
}

function refused(reason: string): PeriodResult {
  return { ok: false, reason };
}

/** The one spelling of a period, the inverse of `parsePeriod`. */
export function formatPeriod(period: Period): string {
  switch (period.kind) {
    case 'year':
      return String(period.year);
    case 'half':
      return `${period.year}-H${period.half}`;
    case 'quarter':
      return `${period.year}-Q${period.quarter}`;
    case 'month':
      return monthName(period);
    case 'day':
      return dayName(period);
    case 'hour':
      return `${dayName(period)}T${String(period.hour).padStart(2, '0')}`;
    case 'range':
      return `${monthName(period.from)}/${monthName(period.to)}`;
  }
}

/**
 * The same period one year earlier, for year-on-year growth. 29 February, and an hour of it, maps to 28 February, because a day must
 * be compared with a day. From 2000 it leads to 1999: no text parses to that, but it has bounds and a cover, and nothing is in it.
 */
export function previousYear(period: Period): Period {
  switch (period.kind) {
    case 'year':
    case 'half':
    case 'quarter':
    case 'month':
      return { ...period, year: period.year - 1 };
    case 'day':
    case 'hour': {
      const year = period.year - 1;
      return { ...period, year, day: Math.min(period.day, daysInMonth(year, period.month)) };
    }
    case 'range':
      return {
        kind: 'range',
        from: { year: period.from.year - 1, month: period.from.month },
        to: { year: period.to.year - 1, month: period.to.month },
      };
  }
}

/** Where a period begins and ends, in epoch milliseconds; the end is not part of it. */
export function periodBounds(period: Period): { readonly startMs: number; readonly endMs: number } {
  const cover = coverOf(period);
  if (cover.kind === 'months') {
    const first = cover.months[0]!;
    const last = cover.months.at(-1)!;
    const lastDay = { ...last, day: daysInMonth(last.year, last.month) };
    return { startMs: instantOf({ ...first, day: 1 }, 0), endMs: instantOf(lastDay, hoursPerDay) };
  }
  return { startMs: instantOf(cover.day, cover.fromHour), endMs: instantOf(cover.day, cover.toHour) };
}

/** Epoch milliseconds at which an hour of a day begins on the hub's clock; hour 24 is the end of the day. */
function instantOf({ year, month, day }: Day, hour: number): number {
  return (dayNumberOf(year, month, day) * hoursPerDay + hour - hubOffsetHours) * hourMs;
}

/** The buckets whose sum is a period: whole months in order, or the hours `fromHour` up to, not including, `toHour` of one day. */
export type Cover =
  | { readonly kind: 'months'; readonly months: readonly Month[] }
  | { readonly kind: 'hours'; readonly day: Day; readonly fromHour: number; readonly toHour: number };

/** The buckets that add up to a period: never more than `periodMonthsMax` months, or the hours of one day. */
export function coverOf(period: Period): Cover {
  switch (period.kind) {
    case 'year':
      return monthsFrom(period.year, 1, 12);
    case 'half':
      return monthsFrom(period.year, period.half * 6 - 5, 6);
    case 'quarter':
      return monthsFrom(period.year, period.quarter * 3 - 2, 3);
    case 'month':
      return monthsFrom(period.year, period.month, 1);
    case 'range':
      return monthsFrom(period.from.year, period.from.month, monthIndexOf(period.to) - monthIndexOf(period.from) + 1);
    case 'day':
      return { kind: 'hours', day: onlyDay(period), fromHour: 0, toHour: hoursPerDay };
    case 'hour':
      return { kind: 'hours', day: onlyDay(period), fromHour: period.hour, toHour: period.hour + 1 };
  }
}

function monthsFrom(year: number, month: number, count: number): Cover {
  const first = monthIndexOf({ year, month });
  const months = Array.from({ length: count }, (_, i) => ({
    year: Math.floor((first + i) / 12),
    month: ((first + i) % 12) + 1,
  }));
  return { kind: 'months', months };
}

/** Months since January of year 0: consecutive months differ by one. */
function monthIndexOf({ year, month }: Month): number {
  return year * 12 + month - 1;
}

function onlyDay({ year, month, day }: Day): Day {
  return { year, month, day };
}

/** Hours of the hub's clock since its 1970-01-01T00, for an instant in epoch milliseconds: the number of an event's hour bucket. */
export function hourIndexOf(epochMs: number): number {
  return Math.floor(epochMs / hourMs) + hubOffsetHours; // exact, because the zone is a whole number of hours from UTC
}

/** The day and hour on the hub's clock that an hour index counts to. */
export function dayHourOf(hourIndex: number): DayHour {
  const dayNumber = Math.floor(hourIndex / hoursPerDay);
  const { year, month, day } = dayOfNumber(dayNumber);
  return { year, month, day, hour: hourIndex - dayNumber * hoursPerDay };
}

/** The day and hour on the hub's clock of an instant in epoch milliseconds. */
export function localDayHour(epochMs: number): DayHour {
  return dayHourOf(hourIndexOf(epochMs));
}
