/**
 * The long tail of trade partners: 226 countries and regions are traded with, and most of them seldom.
 *
 * Every partner is visited once a month by one system, also those that regular lanes serve: then the number does not hang on the lanes.
 */
import { dayOfNumber, daysInMonth, partners } from '@landbridge/domain';
import { scenarioSpan } from './published-figures.js';
import { SeededRandom } from './seeded-random.js';

/** Two of three partners buy parcels; the rest send consignments through a port of entry. */
const systemOf = (partnerIndex: number): 'cbec' | 'port' => (partnerIndex % 3 === 2 ? 'port' : 'cbec');

/** In 2019 one in nine partners was not traded with yet; only the number for 2020 is published. */
const newIn2020 = (partnerIndex: number): boolean => partnerIndex % 9 === 4;

/** By day, the partners of the tail that have an event of this system: each exactly one in every month of the scenario. */
export function planTailVisits(system: 'cbec' | 'port', seed: number): (day: number) => readonly string[] {
  const visits: { readonly day: number; readonly partner: string }[] = [];
  for (let day = scenarioSpan.firstDay; day <= scenarioSpan.lastDay;) {
    const { year, month } = dayOfNumber(day);
    const days = daysInMonth(year, month);
    partners.forEach(({ code }, i) => {
      if (systemOf(i) !== system || (year < 2020 && newIn2020(i))) return;
      const random = new SeededRandom(seed, `tail/${code}/${year}-${month}`);
      visits.push({ day: day + random.between(0, days - 1), partner: code });
    });
    day += days;
  }
  const visitsByDay = Map.groupBy(visits, (visit) => visit.day);
  return (day) => (visitsByDay.get(day) ?? []).map((visit) => visit.partner);
}
