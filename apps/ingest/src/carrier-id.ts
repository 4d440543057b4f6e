import type { CarrierName } from '@landbridge/contracts';

/** One text for a carrier and no other: a tenant's name holds no slash, whatever the carrier's does. */
export function carrierId({ tenant, carrier }: CarrierName): string {
  return `${tenant}/${carrier}`;
}
