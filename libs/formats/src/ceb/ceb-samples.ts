/** CEB messages that show the format, and one for each kind of fault. */
import type { FormatSample } from '../format-sample.js';
import { toCeb621, toCeb622, writeCeb, type ImportList, type ListReceipt } from './ceb-messages.js';

const list: ImportList = {
  appTimeMs: Date.UTC(2026, 2, 3, 1, 15),
  appStatus: '2',
  copNo: 'ZZ20260303001',
  orderNo: 'ZZO20260303001',
  logisticsNo: 'ZZL20260303001',
  agentCode: '4101960001',
  customsCode: '4604',
  tradeMode: '1210',
  packNo: 1,
  grossWeight: '1.25',
  lineTotals: ['199.90', '59.5'],
};
const receipt: ListReceipt = {
  customsCode: '4604',
  agentCode: '4101960001',
  copNo: 'ZZ20260303001',
  preNo: 'B20260303000000001',
  invtNo: '46042026I000000001',
  returnStatus: '800',
  returnTimeMs: Date.UTC(2026, 2, 3, 1, 16, 30, 250),
};
const lists = toCeb621([list]);
const receipts = toCeb622([receipt]);

const declared = { appType: '1', appTime: '20260303091500', appStatus: '2' };
const order = writeCeb('311', {
  Order: {
    OrderHead: {
      ...declared,
      orderNo: 'ZZO20260303001',
      goodsValue: '259.40',
      currency: '142',
    },
  },
});

const invalid = (name: string, says: string, text: string): FormatSample => ({ name, valid: false, says, text });

export const cebSamples: readonly FormatSample[] = [
  { name: 'import-list', valid: true, says: 'An import list of 259.40 yuan is declared at Zhengzhou.', text: lists },
  { name: 'list-released', valid: true, says: 'Customs released the list: it counts.', text: receipts },
  {
    name: 'list-in-all-states',
    valid: true,
    says: 'Customs held, examined, released and settled the list.',
    text: toCeb622(
      ['2', '120', '500', '399', '800', '899'].map((returnStatus, i) => ({
        ...receipt,
        returnStatus,
        returnTimeMs: receipt.returnTimeMs + i * 60_000,
      })),
    ),
  },
  { name: 'import-order', valid: true, says: 'An order of 259.40 yuan is declared.', text: order },
  {
    name: 'payment',
    valid: true,
    says: 'The order is paid.',
    text: writeCeb('411', {
      Payment: {
        PaymentHead: {
          ...declared,
          payTransactionId: 'ZZP1',
          orderNo: 'ZZO20260303001',
          amountPaid: '259.40',
          currency: '142',
          payTime: '20260303091400',
        },
      },
    }),
  },
  {
    name: 'export-departure',
    valid: true,
    says: 'Two parcels left Zhengzhou for abroad.',
    text: writeCeb('509', {
      Departure: {
        DepartureHead: {
          ...declared,
          customsCode: '4604',
          copNo: 'ZZD20260303001',
          trafMode: '5',
          voyageNo: 'CV9727',
          billNo: '172-12345675',
          leaveTime: '20260303122000',
        },
        DepartureList: [{ logisticsNo: 'ZZL1' }, { logisticsNo: 'ZZL2' }],
      },
    }),
  },
  {
    name: 'one-list-of-two',
    valid: false,
    says: 'The second list has no number; the first stands.',
    text: toCeb621([list, { ...list, copNo: '' }]),
    eventsAccepted: 1,
  },
  invalid('not-closed', 'The document ends before its elements do.', lists.slice(0, 500)),
  invalid('with-doctype', 'A DOCTYPE is not taken.', lists.replace('<CEB621', '<!DOCTYPE a>\n<CEB621')),
  invalid('time-missing', 'The receipt has no time.', receipts.replace(/ *<returnTime>.*\n/, '')),
  invalid(
    'bad-time',
    'The time of the receipt has a month 13.',
    receipts.replace('<returnTime>202603', '<returnTime>202613'),
  ),
  invalid('status-missing', 'The receipt has no status.', receipts.replace(/ *<returnStatus>.*\n/, '')),
  invalid('bad-status', 'appStatus is 1 or 2.', lists.replace('<appStatus>2', '<appStatus>9')),
  invalid('bad-amount', 'A line total is no number.', toCeb621([{ ...list, lineTotals: ['199,90'] }])),
  invalid('too-heavy', 'No list weighs a billion kilograms.', toCeb621([{ ...list, grossWeight: '1000000001' }])),
  invalid('no-entry', 'The message has no list.', lists.replaceAll('Inventory>', 'Invoice>')),
  invalid('other-message', 'CEB213 tells no events here.', lists.replaceAll('CEB621', 'CEB213')),
];
