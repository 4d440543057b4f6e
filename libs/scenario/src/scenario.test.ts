import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import {
  allowsDirection,
  homeHub,
  isContainerNumber,
  isOneOfNine,
  isTrainNumber,
  parseTimestamp,
  portsOfEntry,
} from '@landbridge/domain';
import { demoSourcePrefix, scenarioSourcePrefix } from './event-frame.js';
import { publishedFigures } from './published-figures.js';
import { Recount } from './recount.js';
import { scenarioEvents, shuffledScenario } from './scenario.js';

/** A hundred thousand events are made and counted several times, on whatever machine is there. */
jest.setTimeout(120_000);

/**
 * SHA-256 of the stream's JSON lines. It may change only together with the ids: a data folder that already holds the scenario would
 * otherwise meet other contents under known ids.
 */
const streamDigest = 'eceac474140d3ee1f7a7eb926a6ad98447bdf5a9afda6ce4f0bb02b6ca487c64';

function recounted(events: Iterable<CanonicalEvent>): Recount {
  const recount = new Recount();
  for (const event of events) recount.add(event);
  return recount;
}

function digestOf(events: Iterable<CanonicalEvent>): string {
  const hash = createHash('sha256');
  for (const event of events) hash.update(`${JSON.stringify(event)}\n`);
  return hash.digest('hex');
}

/** What makes two events of one tenant the same event. */
const identityText = ({ source, id }: CanonicalEvent): string => `${source}\n${id}`;

describe('the scenario', () => {
  let events: readonly CanonicalEvent[];
  let recount: Recount;
  beforeAll(() => {
    events = [...scenarioEvents()];
    recount = recounted(events);
  });

  test.each(publishedFigures)(
    'counts up to the published figure: $says',
    ({ measure, period, filters, value, growth }) => {
      const figure = recount.figure(measure, period, filters);
      expect(figure.value).toBe(String(value));
      if (growth !== undefined) expect(figure.growth!.toFixed(4)).toBe(growth.toFixed(4));
    },
  );

  test('has base years to the base unit: a year before, tonnes to the gram and yuan to the fen', () => {
    expect(recount.figure('air.weight', '2019-H1').value).toBe('209876.54321');
    expect(recount.figure('air.weight', '2019-H1', { flow: 'international' }).value).toBe('120000');
    expect(recount.figure('cbec.parcels', '2019-01/2019-08').value).toBe('34986494');
    expect(recount.figure('cbec.value', '2019-01/2019-08').value).toBe('3438372767.03');
  });

  test('comes to the same figures with another seed', () => {
    const other = recounted(scenarioEvents({ seed: 77 }));
    for (const { measure, period, filters, value } of publishedFigures)
      expect(other.figure(measure, period, filters).value).toBe(String(value));
  });

  test('comes to the same figures in any order', () => {
    const shuffled = shuffledScenario(5);
    expect(shuffled).not.toEqual(events);
    const other = recounted(shuffled);
    expect(other.events).toBe(recount.events);
    for (const { measure, period, filters } of publishedFigures)
      expect(other.figure(measure, period, filters)).toEqual(recount.figure(measure, period, filters));
  });

  test('trades with 226 partners in every period that a figure is published for', () => {
    for (const period of ['2020', '2020-H1', '2020-01/2020-08', '2020-02'])
      expect(recount.figure('partners.count', period).value).toBe('226');
    expect(Number(recount.figure('partners.count', '2019').value)).toBeLessThan(226);
  });

  test('has consignments at each port of entry in every month, all nine of 1+1+7 among them', () => {
    expect(portsOfEntry.filter(isOneOfNine)).toHaveLength(9);
    for (const { code } of portsOfEntry)
      for (let month = 1; month <= 12; month++) {
        const period = `2020-${String(month).padStart(2, '0')}`;
        expect(Number(recount.figure('port.consignments', period, { portOfEntry: code }).value)).toBeGreaterThan(0);
      }
  });

  test('moves goods on all four corridors', () => {
    const corridors = new Set(events.map((event) => event.data?.corridor));
    expect(corridors).toEqual(new Set(['air', 'land', 'online', 'sea']));
  });

  test('is of a size that looks real and is posted in seconds, each event once', () => {
    expect(events.length).toBeGreaterThanOrEqual(60_000);
    expect(events.length).toBeLessThanOrEqual(120_000);
    expect(new Set(events.map(identityText)).size).toBe(events.length);
  });

  test('passes the check of the front door, event by event', () => {
    const refused = events.flatMap((event) => {
      const checked = checkEvent(event);
      return checked.ok ? [] : [checked.problem];
    });
    expect(refused).toEqual([]);
  });

  test('speaks for the home hub, under the source of the demo key', () => {
    const foreign = events.filter(
      ({ source, time, data }) =>
        !source.startsWith(scenarioSourcePrefix) || data?.hub !== homeHub || !time.endsWith('+08:00'),
    );
    expect(foreign).toEqual([]);
    expect(scenarioSourcePrefix.startsWith(demoSourcePrefix)).toBe(true);
    expect(new Set(events.map((event) => event.source)).size).toBeGreaterThan(30);
  });

  test('comes in the order of time, plans aside, which are told before', () => {
    const times = events.filter(({ data }) => data?.classifier === 'actual').map(({ time }) => parseTimestamp(time)!);
    expect(times.filter((timeMs, i) => i > 0 && timeMs < times[i - 1]!)).toEqual([]);
  });

  test('loads trains with valid 40-foot containers that name their train', () => {
    const trains = new Set(events.filter((event) => event.data?.unit.type === 'train').map((event) => event.subject));
    const boxes = events.filter((event) => event.data?.unit.type === 'container');
    expect([...trains].filter((train) => !isTrainNumber(train.split('/')[0]!))).toEqual([]);
    const wrong = boxes.filter(
      ({ data }) =>
        !isContainerNumber(data!.unit.id) ||
        !trains.has(data!.links![0]!.id) ||
        data!.quantities!.teuHundredths !== 200 ||
        data!.quantities!.weightGrams! < 1_000_000,
    );
    expect(wrong).toEqual([]);
    expect(boxes.length).toBeGreaterThan(20_000);
  });

  test('never has one box on two trains within the same fortnight', () => {
    const lastMs = new Map<string, number>();
    const soon: string[] = [];
    for (const { data, subject, time } of events) {
      if (data?.unit.type !== 'container') continue;
      const timeMs = parseTimestamp(time)!;
      if (timeMs - (lastMs.get(subject) ?? 0) < 14 * 86_400_000) soon.push(subject);
      lastMs.set(subject, timeMs);
    }
    expect(soon).toEqual([]);
  });

  test('uses trade modes only in the directions that customs know', () => {
    const wrong = events.filter(({ data }) => data?.tradeMode && !allowsDirection(data.tradeMode, data.direction));
    expect(wrong).toEqual([]);
  });

  test('runs four Cainiao trains in each of the 26 weeks of the first half of 2020', () => {
    const weeks = new Map<number, number>();
    const startMs = parseTimestamp('2020-01-01T00:00:00+08:00')!;
    for (const { data, time } of events) {
      if (data?.brand !== 'cainiao' || data.unit.type !== 'train' || data.milestone !== 'departed') continue;
      if (data.classifier !== 'actual') continue;
      const week = Math.floor((parseTimestamp(time)! - startMs) / (7 * 86_400_000));
      weeks.set(week, (weeks.get(week) ?? 0) + 1);
    }
    for (let week = 0; week < 26; week++) expect(weeks.get(week)).toBe(4);
  });

  test('tells also what does not count: plans and border crossings', () => {
    const uncounted = events.filter(
      ({ data }) => data?.classifier === 'planned' || data?.milestone === 'border-crossed',
    );
    expect(recounted(uncounted).figure('rail.trains', '2020').value).toBe('0');
    expect(uncounted.length).toBeGreaterThan(1_000);
  });

  test('is the same stream in every run and every release', () => {
    expect(digestOf(scenarioEvents())).toBe(digestOf(events));
    expect(digestOf(events)).toBe(streamDigest);
  });

  test('gives a part of the days when asked, and refuses a day that is none', () => {
    const day = [...scenarioEvents({ from: '2020-03-01', to: '2020-03-01' })];
    const whole = events.map(identityText);
    const first = whole.indexOf(identityText(day[0]!));
    expect(day).toEqual(events.slice(first, first + day.length));
    expect(day.length).toBeGreaterThan(50);
    expect([...scenarioEvents({ from: '2021-01-01' })]).toEqual([]);
    for (const from of ['2020-02-30', '2020-13-01', '2020-1-1', ''])
      expect(() => scenarioEvents({ from })).toThrow(RangeError);
  });
});
