/**
 * Lanes of cross-border e-commerce: under which trade mode goods go, in which direction, with whom, how much of it.
 *
 * Shares and values are illustrative; only the totals are published. Trade modes and their directions stand in the domain.
 */
import { spanOf, type Span } from './day.js';

export interface CbecLane {
  readonly tradeMode: string;
  readonly direction: 'inbound' | 'outbound';
  readonly partner: string;
  /** Weight of the lane's parcels among all lanes. */
  readonly share: number;
  /** Weight of one parcel's value among all parcels. */
  readonly worth: number;
  readonly perWeek: number;
  /** When the trade mode was open at the hub; absent for always. */
  readonly open?: Span;
}

/** Exports to firms and to overseas warehouses have been trade modes of their own since 1 July 2020. */
const sinceB2b = spanOf('2020-07-01', '2020-12-31');

type PartnerShare = readonly [partner: string, share: number];

function lanes(
  common: Omit<CbecLane, 'partner' | 'share'>,
  partnerShares: readonly PartnerShare[],
): readonly CbecLane[] {
  return partnerShares.map(([partner, share]) => ({ ...common, partner, share }));
}

export const cbecLanes: readonly CbecLane[] = [
  ...lanes({ tradeMode: '1210', direction: 'inbound', worth: 130, perWeek: 7 }, [
    ['JP', 190],
    ['KR', 150],
    ['AU', 120],
    ['NZ', 70],
    ['US', 90],
    ['FR', 80],
    ['DE', 75],
    ['NL', 60],
    ['GB', 40],
    ['IT', 25],
  ]),
  ...lanes({ tradeMode: '1210', direction: 'outbound', worth: 60, perWeek: 5 }, [
    ['RU', 40],
    ['US', 35],
    ['HK', 30],
  ]),
  ...lanes({ tradeMode: '9610', direction: 'inbound', worth: 180, perWeek: 6 }, [
    ['JP', 14],
    ['KR', 12],
    ['HK', 18],
    ['US', 10],
    ['ES', 5],
  ]),
  ...lanes({ tradeMode: '9610', direction: 'outbound', worth: 45, perWeek: 7 }, [
    ['US', 260],
    ['RU', 170],
    ['GB', 120],
    ['FR', 80],
    ['DE', 75],
    ['BR', 60],
    ['CA', 40],
    ['ES', 45],
    ['IL', 20],
    ['SA', 22],
    ['AE', 18],
    ['CL', 14],
    ['BE', 25],
    ['PL', 20],
  ]),
  ...lanes({ tradeMode: '9710', direction: 'outbound', worth: 220, perWeek: 5, open: sinceB2b }, [
    ['US', 18],
    ['DE', 9],
    ['MY', 6],
  ]),
  ...lanes({ tradeMode: '9810', direction: 'outbound', worth: 240, perWeek: 4, open: sinceB2b }, [
    ['US', 16],
    ['BE', 10],
    ['HU', 6],
  ]),
];
