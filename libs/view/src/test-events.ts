/** Records of the air topic for this room's tests. */
import { eventTypes } from '@landbridge/contracts';

export interface TestRecord {
  readonly value: Buffer | null;
  readonly timestamp: string;
}

/** A departed flight of one kilogram on 30 June 2020, as a record; `change` replaces attributes, and its `data` members of the data. */
export function flightRecord(
  id: string,
  change: { readonly data?: object; readonly [name: string]: unknown } = {},
  receivedMs = 0,
): TestRecord {
  const { data, ...attributes } = change;
  const event = {
    specversion: '1.0',
    id,
    source: '/test/CV',
    tenant: 'test',
    subject: id,
    time: '2020-06-30T23:30:00+08:00',
    type: eventTypes.air,
    ...attributes,
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'air',
      direction: 'outbound',
      partner: 'LU',
      transport: { mode: 'air', carrier: 'CV' },
      unit: { type: 'flight', id: 'CV1' },
      quantities: { pieces: 1, weightGrams: 1_000 },
      ...data,
    },
  };
  return { value: Buffer.from(JSON.stringify(event)), timestamp: String(receivedMs) };
}
