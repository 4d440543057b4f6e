/**
 * The messages of China customs' cross-border e-commerce system, as a table: which document each one carries, for import or export, and
 * whether the enterprise sends it or customs answer with it.
 *
 * The subject is what both the document and its receipt carry. For a list that is `copNo`, the declarant's own number: `preNo` and `invtNo`
 * are given by customs later, and receipts carry no order number. Orders and payments go by their order, waybills by their own number.
 * @see General Administration of Customs, interface specification of the unified cross-border e-commerce system, edition 202205
 */
import type { UnitType } from '@landbridge/domain';

interface CebDocument {
  readonly unit: UnitType;
  /** The field that names the unit; the first one that is given. */
  readonly subject: readonly string[];
  /** What declaring it means. Undefined where the enterprise never sends it. */
  readonly milestone: string | undefined;
  /** When that was, the first field that is given. A document without a time of its own happens when it is declared. */
  readonly time: readonly string[];
  /** Further fields that tell two statements about one unit apart. */
  readonly identity: readonly string[];
  /** Stands before the milestones of its receipts, so that a cancellation that is sent back is not a list that is. */
  readonly receiptPrefix: string;
}

const plain = { time: ['appTime'], identity: [], receiptPrefix: '' } as const;

const documents = {
  order: { ...plain, unit: 'consignment', subject: ['orderNo'], milestone: 'declared' },
  payment: {
    unit: 'consignment',
    subject: ['orderNo'],
    milestone: 'paid',
    time: ['payTime', 'accountingDate'],
    identity: ['payTransactionId', 'payNo'],
    receiptPrefix: 'payment-',
  },
  waybill: { ...plain, unit: 'parcel', subject: ['logisticsNo'], milestone: 'declared', identity: ['orderNo'] },
  waybillStatus: {
    unit: 'parcel',
    subject: ['logisticsNo'],
    milestone: undefined,
    time: ['logisticsTime'],
    identity: ['logisticsStatus'],
    receiptPrefix: 'status-',
  },
  arrival: { ...plain, unit: 'manifest', subject: ['copNo', 'billNo'], milestone: 'arrived' },
  departure: { ...plain, unit: 'manifest', subject: ['copNo', 'billNo'], milestone: 'departed', time: ['leaveTime'] },
  list: { ...plain, unit: 'declaration', subject: ['copNo'], milestone: 'declared' },
  cancellation: {
    ...plain,
    unit: 'declaration',
    subject: ['copNo'],
    milestone: 'cancel-declared',
    receiptPrefix: 'cancel-',
  },
  masterBill: { ...plain, unit: 'manifest', subject: ['copNo', 'billNo'], milestone: 'manifested' },
  refund: { ...plain, unit: 'declaration', subject: ['copNo'], milestone: 'return-declared', receiptPrefix: 'return-' },
  summary: {
    ...plain,
    unit: 'declaration',
    subject: ['copNo', 'sumNo'],
    milestone: 'summary-declared',
    receiptPrefix: 'summary-',
  },
  summaryResult: {
    unit: 'declaration',
    subject: ['sumNo'],
    milestone: undefined,
    time: ['opDate'],
    identity: ['declSeqNo'],
    receiptPrefix: 'summary-',
  },
  warehouseIn: {
    ...plain,
    unit: 'manifest',
    subject: ['copNo', 'billNo'],
    milestone: 'warehouse-in',
    receiptPrefix: 'warehouse-',
  },
  tax: {
    ...plain,
    unit: 'declaration',
    subject: ['invtNo'],
    milestone: undefined,
    identity: ['taxNo'],
    receiptPrefix: 'tax-',
  },
  unreadable: {
    ...plain,
    unit: 'declaration',
    subject: ['oriCopMsgId', 'guid'],
    milestone: undefined,
    receiptPrefix: 'message-',
  },
} as const satisfies Record<string, CebDocument>;

type CebDocumentName = keyof typeof documents;

/** How a document is read. */
export function documentOf(name: CebDocumentName): CebDocument {
  return documents[name];
}

export interface CebKind {
  /** `621` of `CEB621Message`. */
  readonly number: string;
  readonly document: CebDocumentName;
  readonly isReceipt: boolean;
  /** Undefined for 900, which answers both. */
  readonly trade: 'import' | 'export' | undefined;
  /** Local name of the elements that each hold one document. */
  readonly entry: string;
}

const rows: readonly (readonly [sent: string, receipt: string, CebDocumentName, 'import' | 'export', entry: string])[] =
  [
    ['311', '312', 'order', 'import', 'Order'],
    ['411', '412', 'payment', 'import', 'Payment'],
    ['511', '512', 'waybill', 'import', 'Logistics'],
    ['513', '514', 'waybillStatus', 'import', 'LogisticsStatus'],
    ['621', '622', 'list', 'import', 'Inventory'],
    ['623', '624', 'cancellation', 'import', 'InvtCancel'],
    ['625', '626', 'refund', 'import', 'InvtRefund'],
    ['711', '712', 'warehouseIn', 'import', 'Delivery'],
    ['303', '304', 'order', 'export', 'Order'],
    ['403', '404', 'payment', 'export', 'Receipts'],
    ['505', '506', 'waybill', 'export', 'Logistics'],
    ['507', '508', 'arrival', 'export', 'Arrival'],
    ['509', '510', 'departure', 'export', 'Departure'],
    ['603', '604', 'list', 'export', 'Inventory'],
    ['605', '606', 'cancellation', 'export', 'InvtCancel'],
    ['607', '608', 'masterBill', 'export', 'WayBill'],
    ['701', '702', 'summary', 'export', 'SummaryApply'],
  ];

const kinds: readonly CebKind[] = [
  ...rows.flatMap(([sent, receipt, documentName, trade, entry]): CebKind[] => [
    { number: sent, document: documentName, isReceipt: false, trade, entry },
    { number: receipt, document: documentName, isReceipt: true, trade, entry: receiptEntry(entry) },
  ]),
  { number: '792', document: 'summaryResult', isReceipt: true, trade: 'export', entry: 'SummaryResult' },
  { number: '816', document: 'tax', isReceipt: true, trade: 'import', entry: 'Tax' },
  { number: '818', document: 'tax', isReceipt: true, trade: 'import', entry: 'Tax' },
  { number: '900', document: 'unreadable', isReceipt: true, trade: undefined, entry: 'MessageReturn' },
];

/** Every message kind by its number. */
export const cebKinds: ReadonlyMap<string, CebKind> = new Map(kinds.map((kind) => [kind.number, kind]));

/** A receipt's element has the document's name with `Return` behind it, but for the summary. */
function receiptEntry(entry: string): string {
  return entry === 'SummaryApply' ? 'SummaryReturn' : `${entry}Return`;
}
