/**
 * Days of the Gregorian calendar by arithmetic, with no time zone and no clock.
 *
 * Every event passes through here, so the conversions are closed formulas over integers ("days from civil", by Howard Hinnant: years
 * begin in March, so that the leap day is the last day of a year) and not `Date` objects or `Intl`.
 * @see https://howardhinnant.github.io/date_algorithms.html
 */

/** A month of the calendar; `month` is 1..12. */
export interface Month {
  readonly year: number;
  readonly month: number;
}

/** A day of the calendar; `day` is 1..31. */
export interface Day extends Month {
  readonly day: number;
}

/** The number of days of a month, 28..31. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const daysPerEra = 146_097; // 400 Gregorian years
const daysFromEraToEpoch = 719_468; // 0000-03-01 to 1970-01-01

/** The day's number, 0 being 1970-01-01. The day must exist: a day past the end of its month is not checked here. */
export function dayNumberOf(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * daysPerEra + dayOfEra - daysFromEraToEpoch;
}

/** The day that has this number, 0 being 1970-01-01. */
export function dayOfNumber(dayNumber: number): Day {
  const sinceEraZero = dayNumber + daysFromEraToEpoch;
  const era = Math.floor(sinceEraZero / daysPerEra);
  const dayOfEra = sinceEraZero - era * daysPerEra;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month > 2 ? 0 : 1), month, day };
}

/** `YYYY-MM`, for years 0..9999. */
export function monthName({ year, month }: Month): string {
  return `${String(year).padStart(4, '0')}-${month < 10 ? '0' : ''}${month}`;
}

/** `YYYY-MM-DD`, for years 0..9999. */
export function dayName(day: Day): string {
  return `${monthName(day)}-${day.day < 10 ? '0' : ''}${day.day}`;
}
