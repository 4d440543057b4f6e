import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { writeXml } from '../xml/xml-writing.js';
import { countsAnywhere, testReader } from '../test-reading.js';
import { tafTsiFormat } from './taf-tsi-format.js';
import { toTrainRunningForecast, toTrainRunningInformation, type TrainReport } from './train-running-message.js';
import { wagonStatements } from './wagon-messages.js';

const { eventOf, faultOf, sample } = testReader(tafTsiFormat, '/demo/CR');

/** Seconds from 2000 to when `departure` is made. */
const madeAtRevision = (Date.UTC(2026, 2, 3, 1, 16) - Date.UTC(2000, 0, 1)) / 1_000;

const departure: TrainReport = {
  train: ['0033', '------X8015', '00', '2026'],
  startDate: '2026-03-03',
  number: '8015',
  location: ['CN', '38901', 'Zhengzhou Putian'],
  locationCode: 'CNZGZ',
  status: '02',
  time: '2026-03-03T09:15:00+08:00',
  madeAt: '2026-03-03T09:16:00+08:00',
};

describe('a running train', () => {
  test('that leaves its origin at the hub counts', () => {
    const event = eventOf(toTrainRunningInformation(departure));
    expect(event).toMatchObject({
      type: 'landbridge.rail.event.v1',
      subject: 'TR/0033/------X8015/00/2026/2026-03-03',
      time: '2026-03-03T09:15:00+08:00',
      data: {
        classifier: 'actual',
        milestone: 'departed',
        place: 'CNZGZ',
        timeZone: 'Asia/Shanghai',
        corridor: 'land',
        direction: 'outbound',
        transport: { mode: 'rail', service: 'X8015' },
        unit: { type: 'train', id: 'TR/0033/------X8015/00/2026/2026-03-03' },
      },
    });
    expect(countsAnywhere(event)).toBe(true);
  });

  test.each([
    ['00', 'taf-tsi-00', 'transit'],
    ['01', 'arrived', 'inbound'],
    ['02', 'departed', 'outbound'],
    ['03', 'arrived', 'transit'],
    ['04', 'departed', 'transit'],
    ['05', 'passed', 'transit'],
    ['06', 'taf-tsi-06', 'transit'],
    ['99', 'taf-tsi-99', 'transit'],
  ])('with the status %s at the hub is %s, %s', (status, milestone, direction) => {
    const event = eventOf(toTrainRunningInformation({ ...departure, status }));
    expect(event.data).toMatchObject({ milestone, direction });
    expect(countsAnywhere(event)).toBe(direction !== 'transit');
  });

  test.each([
    [{ location: ['CN', '00001', 'Somewhere'] as const, locationCode: '' }, undefined, 'Asia/Shanghai'],
    [{ location: ['DE', '18713', 'Regensburg'] as const, locationCode: '301' }, undefined, 'Europe/Berlin'],
    [{ location: ['DE', '18713', 'Regensburg'] as const, locationCode: 'CNZGZ' }, undefined, 'Europe/Berlin'],
    [{ location: ['DE', '1105', 'Hamburg'] as const, locationCode: 'DEHAM' }, 'DEHAM', 'Europe/Berlin'],
    [{ location: ['CN', 'AKR', 'Alashankou'] as const, locationCode: '' }, 'CNAKL', 'Asia/Shanghai'],
  ])('elsewhere never counts: %j', (elsewhere, place, timeZone) => {
    for (const status of ['01', '02']) {
      const event = eventOf(toTrainRunningInformation({ ...departure, ...elsewhere, status }));
      expect(event.data!.place).toBe(place);
      expect(event.data).toMatchObject({ direction: 'transit', timeZone });
      expect(countsAnywhere(event)).toBe(false);
    }
  });

  test('is told of on the clock of the place where the time has no offset', () => {
    expect(eventOf(toTrainRunningInformation({ ...departure, time: '2026-03-03T09:15:00' })).time).toBe(
      '2026-03-03T09:15:00+08:00',
    );
    expect(faultOf(sample('time-without-zone'))).toMatchObject({ code: 'unknown_place' });
  });

  test('is the same event whatever the message is called and when it is made', () => {
    const first = eventOf(toTrainRunningInformation(departure));
    const again = toTrainRunningInformation({ ...departure, madeAt: '2026-03-03T11:00:00+08:00' });
    expect(eventOf(again.replace(/<MessageIdentifier>.*</, '<MessageIdentifier>REPLACE<'))).toEqual(first);
  });

  test.each([
    ['2', { revision: madeAtRevision }],
    ['3', { revision: madeAtRevision, retracted: true }],
  ] as const)('with the message status %s corrects its original', (messageStatus, correction) => {
    const corrected = eventOf(
      toTrainRunningInformation({ ...departure, messageStatus, time: '2026-03-03T09:20:00+08:00' }),
    );
    expect(corrected).toMatchObject(correction);
    expect(corrected.id).toBe(eventOf(toTrainRunningInformation(departure)).id);
  });

  test('without an identifier goes by its number and the day of its handover', () => {
    const text = toTrainRunningInformation(departure)
      .replace(/<TrainOperationalIdentification>.*<\/TrainOperationalIdentification>/s, '')
      .replace(
        '</OperationalTrainNumber>',
        '</OperationalTrainNumber><ScheduledTimeAtHandover>2026-03-03T09:00:00+08:00</ScheduledTimeAtHandover>',
      );
    expect(eventOf(text).subject).toBe('X8015/2026-03-03');
    expect(faultOf(sample('no-train'))).toMatchObject({ code: 'invalid_message', detail: 'no train is identified' });
  });
});

test('a forecast is an estimate of its own, of which the newest stands', () => {
  const first = eventOf(toTrainRunningForecast(departure));
  const second = eventOf(
    toTrainRunningForecast({ ...departure, time: '2026-03-03T09:45:00+08:00', madeAt: '2026-03-03T09:17:00+08:00' }),
  );
  expect(first.data!.classifier).toBe('estimated');
  expect(first.id).toBe(second.id);
  expect(second.revision).toBe(first.revision! + 60);
  expect(first.id).not.toBe(eventOf(toTrainRunningInformation(departure)).id);
  expect(countsAnywhere(first)).toBe(false);
});

describe('a composition', () => {
  test('is planned, with its wagons and their loads', () => {
    expect(eventOf(sample('composition'))).toMatchObject({
      time: '2026-03-03T09:00:00+08:00',
      data: {
        classifier: 'planned',
        milestone: 'composed',
        place: 'CNZGZ',
        direction: 'outbound',
        partner: 'DE',
        links: [
          { type: 'wagon', id: '218124712173' },
          { type: 'wagon', id: '518008430010' },
        ],
        quantities: { weightGrams: 24_500_000 },
      },
    });
  });

  test('with a wagon number that fails is a fault at the wagon', () => {
    expect(faultOf(sample('wagon-check-digit'))).toMatchObject({
      code: 'check_digit',
      path: expect.stringMatching(/^line 28, /),
    });
  });

  test('without a handover has no time', () => {
    expect(faultOf(sample('composition').replace(/ *<ScheduledTimeAtHandover>.*\n/, ''))).toMatchObject({
      code: 'time_missing',
    });
  });
});

describe('a train that is ready', () => {
  const ready = (number: object): string =>
    writeXml(
      'taf:TrainReadyMessage',
      { 'xmlns:taf': 'http://taf-jsg.info/schemes' },
      {
        MessageHeader: { MessageReference: { MessageDateTime: '2026-03-03T08:30:00+08:00' } },
        MessageStatus: '1',
        TransportOperationalIdentifiers: {
          ObjectType: 'TR',
          Company: '0033',
          Core: '43521',
          Variant: '00',
          TimetableYear: '2026',
          StartDate: '2026-03-03+08:00',
        },
        OperationalTrainNumberIdentifier: { OperationalTrainNumber: '43521', ...number },
        TrainLocation: { CountryCodeISO: 'CN', LocationPrimaryCode: 'ZZF' },
        TrainReadyStatus: { TrainReady: '1' },
      },
    );

  test('is announced for its handover', () => {
    expect(eventOf(ready({ ScheduledTimeAtHandover: '2026-03-03T09:00:00+08:00' }))).toMatchObject({
      subject: 'TR/0033/43521/00/2026/2026-03-03',
      time: '2026-03-03T09:00:00+08:00',
      data: { classifier: 'planned', milestone: 'ready' },
    });
  });

  test('has no time where no handover is told: the message time is when it was sent', () => {
    expect(faultOf(ready({}))).toMatchObject({ code: 'time_missing' });
  });
});

describe('a wagon message', () => {
  const wagon = (root: string, number: string): string =>
    writeXml(
      root,
      { xmlns: 'http://taf-jsg.info/schemes' },
      {
        MessageHeader: { MessageReference: { MessageDateTime: '2026-03-18T20:00:00Z' } },
        MessageStatus: '1',
        Wagon: { WagonNumberFreight: number },
        Location: { CountryCodeISO: 'PL', LocationPrimaryCode: '51', PrimaryLocationName: 'Malaszewicze' },
        ScheduledDateTime: '2026-03-17T10:00:00Z',
        EventDateTime: '2026-03-18T10:00:00Z',
      },
    );

  test.each([...wagonStatements])('%s is told of the wagon', (root, { milestone, classifier }) => {
    const event = eventOf(wagon(root, '2181 2471 217-3'));
    expect(event).toMatchObject({
      subject: '218124712173',
      time: '2026-03-18T10:00:00Z',
      data: { milestone, classifier, direction: 'transit', unit: { type: 'wagon', id: '218124712173' } },
    });
    expect(countsAnywhere(event)).toBe(false);
  });

  test('of a 1520 mm wagon has a number of eight digits, and a wrong one of twelve is a fault', () => {
    expect(eventOf(wagon('WagonYardArrivalMessage', '52345678')).subject).toBe('52345678');
    expect(faultOf(wagon('WagonYardArrivalMessage', '218124712174'))).toMatchObject({ code: 'check_digit' });
  });
});

test('what is written reads back', () => {
  const report = fc.record({
    status: fc.constantFrom('01', '02', '03', '04', '05'),
    startDate: fc.constantFrom('2026-03-03', '2026-12-31'),
    minute: fc.integer({ min: 10, max: 59 }),
    core: fc.stringMatching(/^[A-Z0-9-]{4,12}$/),
  });
  fc.assert(
    fc.property(report, ({ minute, core, ...fields }) => {
      const time = `2026-03-03T09:${minute}:00+08:00`;
      const event = eventOf(
        toTrainRunningInformation({ ...departure, ...fields, train: ['0033', core, '00', '2026'], time }),
      );
      expect([event.subject, event.time]).toEqual([`TR/0033/${core}/00/2026/${fields.startDate}`, time]);
    }),
    { numRuns: 100 },
  );
});
