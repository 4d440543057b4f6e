/**
 * Flights of the scenario: who flies where, how often, with what.
 *
 * The airlines serve Zhengzhou; their frequencies and tonnages here are illustrative and ours. Only the totals are published.
 */
export interface AirRoute {
  /** IATA designator of the airline. */
  readonly carrier: string;
  /** Number of the outbound flight; the inbound one is the next number. */
  readonly flight: number;
  /** ISO 3166-1 alpha-2 of the other end; CN is domestic. */
  readonly partner: string;
  /** What the aircraft usually carries one way, in tonnes: a weight among the flights and not a tonnage. */
  readonly payloadTonnes: number;
  readonly perWeek: number;
  /** Hour of arrival on the hub's clock; it leaves again some three hours later, on the same day. */
  readonly arrivalHour: number;
}

type Row = readonly [
  carrier: string,
  flight: number,
  partner: string,
  payload: number,
  perWeek: number,
  arrivalHour: number,
];

const rows: readonly Row[] = [
  ['CV', 9745, 'LU', 102, 7, 1],
  ['CV', 9747, 'LU', 98, 6, 13],
  ['CX', 3281, 'HK', 84, 7, 19],
  ['RU', 391, 'RU', 96, 6, 4],
  ['7L', 611, 'AZ', 90, 4, 8],
  ['5Y', 8141, 'US', 88, 6, 15],
  ['PO', 921, 'US', 86, 4, 10],
  ['K4', 557, 'US', 84, 3, 17],
  ['ET', 3728, 'ET', 72, 4, 6],
  ['EK', 9817, 'AE', 82, 4, 12],
  ['QR', 8417, 'QA', 80, 3, 2],
  ['TK', 6563, 'TR', 64, 3, 16],
  ['KE', 9313, 'KR', 58, 5, 9],
  ['NH', 8549, 'JP', 40, 4, 14],
  ['SQ', 7863, 'SG', 62, 3, 18],
  ['MH', 6163, 'MY', 44, 2, 7],
  ['LH', 8447, 'DE', 88, 5, 5],
  ['MP', 8377, 'NL', 90, 3, 11],
  ['AI', 8211, 'IN', 38, 2, 3],
  ['VN', 3161, 'VN', 30, 3, 20],
  ['O3', 6803, 'CN', 26, 7, 0],
  ['O3', 6815, 'CN', 25, 7, 3],
  ['O3', 6841, 'CN', 24, 6, 19],
  ['CF', 9013, 'CN', 22, 7, 1],
  ['CF', 9027, 'CN', 21, 7, 4],
  ['YG', 9083, 'CN', 18, 6, 2],
  ['CK', 257, 'CN', 30, 4, 18],
  ['CZ', 3101, 'CN', 9, 7, 9],
  ['CZ', 3973, 'CN', 8, 7, 13],
  ['CZ', 6281, 'CN', 7, 7, 17],
  ['MU', 5391, 'CN', 7, 7, 11],
  ['CA', 1325, 'CN', 8, 7, 15],
  ['PN', 6227, 'CN', 5, 7, 8],
  ['HU', 7337, 'CN', 6, 5, 20],
];

export const airRoutes: readonly AirRoute[] = rows.map(
  ([carrier, flight, partner, payloadTonnes, perWeek, arrivalHour]) => ({
    carrier,
    flight,
    partner,
    payloadTonnes,
    perWeek,
    arrivalHour,
  }),
);
