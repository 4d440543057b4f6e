/**
 * Customs trade modes (supervision codes) of cross-border e-commerce, and general trade beside them.
 *
 * A code says under which model customs let goods through, so it decides who declares, what is taxed, and which statistics a parcel is in.
 */
import type { Direction } from '../event.js';

/** Who sells to whom: `B2B2C` stocks the goods in a special zone before the sale; `general` is trade outside e-commerce. */
export type TradeModel = 'B2B2C' | 'B2C' | 'B2B' | 'general';

/** `directions`: an import is inbound, an export outbound. */
export interface TradeMode {
  readonly code: string;
  readonly name: string;
  readonly directions: readonly Exclude<Direction, 'transit'>[];
  readonly model: TradeModel;
}

export const tradeModes: readonly TradeMode[] = [
  { code: '0110', name: 'general trade', directions: ['inbound', 'outbound'], model: 'general' },
  { code: '1210', name: 'online-shopping bonded', directions: ['inbound', 'outbound'], model: 'B2B2C' },
  {
    code: '1239',
    name: 'online-shopping bonded A (outside the pilot cities)',
    directions: ['inbound'],
    model: 'B2B2C',
  },
  { code: '9610', name: 'direct purchase by parcel list', directions: ['inbound', 'outbound'], model: 'B2C' },
  { code: '9710', name: 'direct export to an overseas firm', directions: ['outbound'], model: 'B2B' },
  { code: '9810', name: 'export to an overseas warehouse', directions: ['outbound'], model: 'B2B' },
];

const byCode: ReadonlyMap<string, TradeMode> = new Map(tradeModes.map((mode) => [mode.code, mode]));

/** The trade mode with this four-digit customs code, or undefined. */
export function tradeModeByCode(code: string): TradeMode | undefined {
  return byCode.get(code);
}

/** Whether customs know goods moving this way under this trade mode; false for an unknown code, and for transit. */
export function allowsDirection(code: string, direction: Direction): boolean {
  return direction !== 'transit' && (byCode.get(code)?.directions.includes(direction) ?? false);
}
