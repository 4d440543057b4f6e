/** A small canonical event for this room's tests: valid, and different for every number. */
import type { CanonicalEvent } from '@landbridge/contracts';

export function eventOf(number: number): CanonicalEvent {
  return {
    specversion: '1.0',
    id: `e-${number}`,
    source: '/test/airline',
    type: 'landbridge.air.event.v1',
    subject: `CV974${number % 10}/2020-03-01`,
    time: '2020-03-01T10:00:00+08:00',
    data: {
      classifier: 'actual',
      milestone: 'departed',
      hub: 'CGO',
      corridor: 'air',
      direction: 'outbound',
      partner: 'LU',
      unit: { type: 'flight', id: `CV974${number % 10}/2020-03-01` },
      quantities: { weightGrams: 1_000 + number },
    },
  };
}
