import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { countsAnywhere, testReader } from '../test-reading.js';
import { cebKinds } from './ceb-documents.js';
import { cebFormat } from './ceb-format.js';
import { fromCebTime, toCebTime } from './ceb-time.js';
import { toCeb621, toCeb622, writeCeb, type ImportList, type ListReceipt } from './ceb-messages.js';

const { context, itemsOf, eventsOf } = testReader(cebFormat, '/demo/ZZEP');

const list: ImportList = {
  appTimeMs: Date.UTC(2026, 2, 3, 1, 15),
  appStatus: '2',
  copNo: 'ZZ1',
  orderNo: 'O1',
  logisticsNo: 'L1',
  agentCode: '4101960001',
  customsCode: '4604',
  tradeMode: '1210',
  packNo: 1,
  grossWeight: '1.2345',
  lineTotals: ['0.1', '0.2', '199.995'],
};
const receipt: ListReceipt = {
  customsCode: '4604',
  agentCode: '4101960001',
  copNo: 'ZZ1',
  returnStatus: '800',
  returnTimeMs: Date.UTC(2026, 2, 3, 1, 16, 30, 250),
};
const declared = { appType: '1', appTime: '20260303091500', appStatus: '2' };

/** One entry of a message kind, with every number that its document may go by. */
function messageOf(number: string, fields: Readonly<Record<string, string>>): string {
  const kind = cebKinds.get(number)!;
  const all = {
    ...declared,
    orderNo: 'O1',
    logisticsNo: 'L1',
    copNo: 'C1',
    billNo: 'B1',
    invtNo: 'I1',
    sumNo: 'S1',
    guid: 'G1',
    agentCode: 'A1',
    payTime: '20260303091400',
    leaveTime: '20260303122000',
    logisticsTime: '20260303200000',
    logisticsStatus: 'R',
    opDate: '20260303091501250',
    decState: 'P',
    status: '1',
    returnTime: '20260303091501250',
    returnStatus: '120',
    ...fields,
  };
  return writeCeb(number, { [kind.entry]: all });
}

describe('a list', () => {
  test('is declared, with exact weight and value', () => {
    expect(eventsOf(toCeb621([list]))[0]).toMatchObject({
      type: 'landbridge.cbec.event.v1',
      subject: 'ZZ1',
      time: '2026-03-03T09:15:00+08:00',
      data: {
        classifier: 'actual',
        milestone: 'declared',
        hub: 'CGO',
        place: 'CNZGZ',
        timeZone: 'Asia/Shanghai',
        direction: 'inbound',
        corridor: 'online',
        tradeMode: '1210',
        unit: { type: 'declaration', id: 'ZZ1' },
        links: [
          { type: 'consignment', id: 'O1' },
          { type: 'parcel', id: 'L1' },
        ],
        quantities: { pieces: 1, weightGrams: 1_235, valueFen: 20_030 },
      },
    });
  });

  test('as a draft is planned, and another statement', () => {
    const [draft, list2] = eventsOf(toCeb621([{ ...list, appStatus: '1' }, list]));
    expect(draft!.data!.classifier).toBe('planned');
    expect(draft!.id).not.toBe(list2!.id);
  });

  test('that is declared again, changed or taken back replaces what was said before', () => {
    const [first, again, change, removal] = eventsOf(
      toCeb621([
        list,
        { ...list, appTimeMs: list.appTimeMs + 60_000, packNo: 2 },
        { ...list, appTimeMs: list.appTimeMs + 120_000, appType: '2' },
        { ...list, appTimeMs: list.appTimeMs + 180_000, appType: '3' },
      ]),
    );
    expect(new Set([first!.id, again!.id, change!.id, removal!.id]).size).toBe(1);
    expect(again!.revision).toBe(first!.revision! + 60);
    expect(change!.revision).toBe(first!.revision! + 120);
    expect(removal).toMatchObject({ retracted: true, revision: first!.revision! + 180 });
  });

  test.each([
    ['of another currency', toCeb621([list]).replace('<currency>142', '<currency>502')],
    ['of a line without a total', toCeb621([list]).replace(/ *<totalPrice>0.1<.*\n/, '')],
  ])('%s has no value', (_name, text) => {
    expect(eventsOf(text)[0]!.data!.quantities).toEqual({ pieces: 1, weightGrams: 1_235 });
  });

  test('of another customs district is in transit, and so is one of an unknown office', () => {
    expect(eventsOf(toCeb621([{ ...list, customsCode: '3700' }]))[0]!.data).toMatchObject({ direction: 'transit' });
    const [, unknown] = eventsOf(toCeb622([receipt, { ...receipt, customsCode: '' }]));
    expect(unknown!.data).toMatchObject({ direction: 'transit', milestone: 'released' });
    expect(countsAnywhere(unknown!)).toBe(false);
  });

  test('receipt without an office is of the one in its number', () => {
    const [event] = eventsOf(toCeb622([{ ...receipt, customsCode: '', invtNo: '46042026I000000001' }]));
    expect(event!.data).toMatchObject({ direction: 'inbound', place: 'CNZGZ' });
    expect(countsAnywhere(event!)).toBe(true);
  });

  test('with an unknown trade mode is kept without it', () => {
    expect(eventsOf(toCeb621([{ ...list, tradeMode: '0101' }]))[0]!.data!.tradeMode).toBeUndefined();
  });
});

describe('an answer to a list', () => {
  test.each([
    ['1', 'saved'],
    ['2', 'submitted'],
    ['3', 'sent-to-customs'],
    ['4', 'sending-failed'],
    ['100', 'rejected'],
    ['120', 'accepted'],
    ['300', 'held'],
    ['399', 'examined'],
    ['500', 'held'],
    ['501', 'held'],
    ['502', 'held'],
    ['503', 'held'],
    ['599', 'held'],
    ['700', 'shipped-back'],
    ['800', 'released'],
    ['899', 'settled'],
    ['-301018', 'processing-error'],
    ['18', 'ceb-18'],
    ['异', 'ceb-none'],
  ])('%s is %s', (returnStatus, milestone) => {
    const [event] = eventsOf(toCeb622([{ ...receipt, returnStatus }]));
    expect(event).toMatchObject({ subject: 'ZZ1', time: '2026-03-03T09:16:30.250+08:00', data: { milestone } });
    expect(event!.data!.quantities).toBeUndefined();
    expect(countsAnywhere(event!)).toBe(returnStatus === '800');
  });

  test('that releases is one event whatever its time, and a rejection is one for each time', () => {
    const idsOf = (returnStatus: string): number =>
      new Set(
        eventsOf(
          toCeb622(
            [0, 1, 1].map((minutes) => ({
              ...receipt,
              returnStatus,
              returnTimeMs: receipt.returnTimeMs + minutes * 60_000,
            })),
          ),
        ).map(({ id }) => id),
      ).size;
    expect(idsOf('800')).toBe(1);
    expect(idsOf('100')).toBe(2);
  });
});

describe('message kind', () => {
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['303', 'consignment', 'O1', 'declared'],
    ['304', 'consignment', 'O1', 'accepted'],
    ['311', 'consignment', 'O1', 'declared'],
    ['312', 'consignment', 'O1', 'accepted'],
    ['403', 'consignment', 'O1', 'paid'],
    ['404', 'consignment', 'O1', 'payment-accepted'],
    ['411', 'consignment', 'O1', 'paid'],
    ['412', 'consignment', 'O1', 'payment-accepted'],
    ['505', 'parcel', 'L1', 'declared'],
    ['506', 'parcel', 'L1', 'accepted'],
    ['507', 'manifest', 'C1', 'arrived'],
    ['508', 'manifest', 'C1', 'accepted'],
    ['509', 'manifest', 'C1', 'departed'],
    ['510', 'manifest', 'C1', 'accepted'],
    ['511', 'parcel', 'L1', 'declared'],
    ['512', 'parcel', 'L1', 'accepted'],
    ['513', 'parcel', 'L1', 'delivered'],
    ['514', 'parcel', 'L1', 'status-accepted'],
    ['603', 'declaration', 'C1', 'declared'],
    ['604', 'declaration', 'C1', 'accepted'],
    ['605', 'declaration', 'C1', 'cancel-declared'],
    ['606', 'declaration', 'C1', 'cancel-accepted'],
    ['607', 'manifest', 'C1', 'manifested'],
    ['608', 'manifest', 'C1', 'accepted'],
    ['621', 'declaration', 'C1', 'declared'],
    ['622', 'declaration', 'C1', 'accepted'],
    ['623', 'declaration', 'C1', 'cancel-declared'],
    ['624', 'declaration', 'C1', 'cancel-accepted'],
    ['625', 'declaration', 'C1', 'return-declared'],
    ['626', 'declaration', 'C1', 'return-accepted'],
    ['701', 'declaration', 'C1', 'summary-declared'],
    ['702', 'declaration', 'C1', 'summary-accepted'],
    ['711', 'manifest', 'C1', 'warehouse-in'],
    ['712', 'manifest', 'C1', 'warehouse-accepted'],
    ['792', 'declaration', 'S1', 'ceb-summary-p'],
    ['816', 'declaration', 'I1', 'tax-issued'],
    ['818', 'declaration', 'I1', 'tax-issued'],
    ['900', 'declaration', 'G1', 'message-accepted'],
  ];

  test('each is in the table below', () => {
    expect(rows.map(([number]) => number)).toEqual([...cebKinds.keys()].toSorted());
  });

  test.each(rows)('%s is about a %s %s: %s', (number, type, id, milestone) => {
    const [event] = eventsOf(messageOf(number, {}));
    expect(event).toMatchObject({ subject: id, data: { milestone, unit: { type, id } } });
    expect(countsAnywhere(event!)).toBe(false);
  });

  test.each(
    rows.filter(([number]) => Number(number) % 2 === 0 && !['604', '622', '792', '816', '818'].includes(number)),
  )('%s never releases anything', (number) => {
    const [event] = eventsOf(messageOf(number, { returnStatus: '800', customsCode: '4604' }));
    expect(event!.data!.milestone).toBe('ceb-800');
    expect(countsAnywhere(event!)).toBe(false);
  });

  test('513 with another status than R is kept by its letter', () => {
    expect(eventsOf(messageOf('513', { logisticsStatus: 'S' }))[0]!.data!.milestone).toBe('ceb-waybill-s');
  });

  test('509 happens when the goods leave, and 411 when it was paid', () => {
    expect(eventsOf(messageOf('509', {}))[0]!.time).toBe('2026-03-03T12:20:00+08:00');
    expect(eventsOf(messageOf('411', {}))[0]!.time).toBe('2026-03-03T09:14:00+08:00');
    const without = itemsOf(messageOf('509', { leaveTime: '' }));
    expect(without[0]).toMatchObject({ ok: false, fault: { code: 'time_missing' } });
  });

  test('a document of many waybills links as many as an event may', () => {
    const lines = Array.from({ length: 300 }, (_, i) => ({ logisticsNo: `L${i}` }));
    const text = writeCeb('507', {
      Arrival: { ArrivalHead: { ...declared, copNo: 'C1' }, ArrivalList: lines },
    });
    expect(eventsOf(text)[0]!.data!.links).toHaveLength(200);
  });

  test('identical entries are one event', () => {
    const [first, second] = eventsOf(toCeb621([list, list]));
    expect(second).toEqual(first);
  });

  test('more entries than allowed are refused together', () => {
    const many = Array.from({ length: 1_001 }, () => list);
    expect(cebFormat.read(Buffer.from(toCeb621(many)), context)).toMatchObject({
      ok: false,
      fault: { code: 'too_many_events' },
    });
  });
});

test('faults name the rule and the field', () => {
  const [item] = itemsOf(toCeb621([{ ...list, grossWeight: '1,5' }]));
  expect(item).toEqual({
    ok: false,
    id: null,
    fault: {
      code: 'invalid_message',
      detail: 'grossWeight is no quantity: "1,5"',
      path: 'line 17, column 7',
      rule: 'CEB 202205, CEB621 Inventory',
      expected: 'a decimal number',
    },
  });
});

test('receipts read back as they were written', () => {
  const number = fc.stringMatching(/^[A-Za-z0-9]{1,20}$/);
  const receipts = fc.record({
    customsCode: fc.constantFrom('4600', '4604', '3700'),
    agentCode: number,
    copNo: number,
    returnStatus: fc.constantFrom('1', '100', '800', '-5'),
    returnTimeMs: fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2090, 0, 1) }),
  });
  fc.assert(
    fc.property(fc.array(receipts, { minLength: 1, maxLength: 5 }), (written) => {
      const events = eventsOf(toCeb622(written));
      expect(events.map(({ subject, time }) => [subject, Date.parse(time)])).toEqual(
        written.map(({ copNo, returnTimeMs }) => [copNo, returnTimeMs]),
      );
    }),
    { numRuns: 100 },
  );
});

test('customs times are of 14 or 17 digits, on days that there are', () => {
  expect(fromCebTime('20240229235959')?.text).toBe('2024-02-29T23:59:59+08:00');
  for (const bad of ['', '20240229', '20230229000000', '20240101240000', '2024010100000', '2024010100000000000'])
    expect(fromCebTime(bad)).toBeUndefined();
  expect(toCebTime(fromCebTime('20260303091500007')!.timeMs, 17)).toBe('20260303091500007');
});
