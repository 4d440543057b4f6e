/** The text of CEB messages, for samples. Events keep too little to make such a message: `writing` in `ceb-format.ts`. */
import { writeXml, type XmlContent } from '../xml/xml-writing.js';
import { toCebTime } from './ceb-time.js';

const namespace = 'http://www.chinaport.gov.cn/ceb';
/** Of the message and its entries; nothing is told by it. */
const guid = '00000000-0000-4000-8000-000000000000';

/** Customs' answer to a list. */
export interface ListReceipt {
  /** `4604`. */
  readonly customsCode: string;
  readonly agentCode: string;
  readonly copNo: string;
  readonly preNo?: string;
  readonly invtNo?: string;
  /** `800` is released. */
  readonly returnStatus: string;
  /** Epoch milliseconds. */
  readonly returnTimeMs: number;
  readonly returnInfo?: string;
}

/** CEB622, receipts of import lists. */
export function toCeb622(receipts: readonly ListReceipt[]): string {
  return writeCeb('622', {
    InventoryReturn: receipts.map(({ returnTimeMs, returnInfo, ...fields }) => ({
      guid,
      ...fields,
      returnTime: toCebTime(returnTimeMs, 17),
      returnInfo,
    })),
  });
}

/** An import list and its lines. Amounts are decimal texts in yuan, weights in kilograms. */
export interface ImportList {
  readonly appTimeMs: number;
  /** 1 is a draft, 2 declared. */
  readonly appStatus: '1' | '2';
  /** 1 is new, 2 a change, 3 takes back. */
  readonly appType?: '1' | '2' | '3';
  readonly copNo: string;
  readonly orderNo: string;
  readonly logisticsNo: string;
  readonly agentCode: string;
  readonly customsCode: string;
  readonly tradeMode: string;
  readonly packNo: number;
  readonly grossWeight: string;
  /** Total price of each line. */
  readonly lineTotals: readonly string[];
}

/** CEB621, import lists. */
export function toCeb621(lists: readonly ImportList[]): string {
  return writeCeb('621', {
    Inventory: lists.map(({ appTimeMs, appType = '1', lineTotals, ...fields }) => ({
      InventoryHead: { guid, appType, appTime: toCebTime(appTimeMs, 14), ieFlag: 'I', ...fields },
      InventoryList: lineTotals.map((totalPrice, i) => ({ gnum: i + 1, currency: '142', totalPrice })),
    })),
  });
}

/** A message of any kind: `writeCeb('311', { Order: … })`. */
export function writeCeb(number: string, content: { readonly [entry: string]: XmlContent }): string {
  return writeXml(`CEB${number}Message`, { xmlns: namespace, guid, version: '1.0' }, content);
}
