import { describe, expect, test } from '@jest/globals';
import { endsOfStatus, headingOf } from './movement-direction.js';

describe('headingOf', () => {
  test.each([
    [
      { origin: 'CNCGO', destination: 'DEHAM' },
      { direction: 'outbound', partner: 'DE' },
    ],
    [
      { origin: 'PLMAL', destination: 'CNZGZ' },
      { direction: 'inbound', partner: 'PL' },
    ],
    [
      { origin: 'CNZGZ', destination: 'CNTAO' },
      { direction: 'outbound', partner: 'CN' },
    ],
    [
      { origin: 'CNZGZ', destination: 'DE' },
      { direction: 'outbound', partner: 'DE' },
    ],
    [{ origin: 'CN', destination: 'DE' }, { direction: 'transit' }],
    [{ origin: 'CNZGZ' }, { direction: 'outbound' }],
    [{ destination: 'CNZGZ' }, { direction: 'inbound' }],
    [{ origin: 'CNZGZ', destination: 'CNZZZ' }, { direction: 'transit' }],
    [{ origin: 'DEHAM', destination: 'PLMAL' }, { direction: 'transit' }],
    [{ origin: 'CNZGZ', destination: 'XXXXX' }, { direction: 'outbound' }],
    [{}, { direction: 'transit' }],
  ])('of %j is %j', (ends, heading) => {
    expect(headingOf('CGO', ends)).toEqual(heading);
  });

  test('knows no places of a hub that lists none', () => {
    expect(headingOf('XIY', { origin: 'CNCGO', destination: 'DEHAM' })).toEqual({ direction: 'transit' });
  });
});

test('endsOfStatus: what is loaded leaves, what is discharged comes, what is inspected does neither', () => {
  expect(endsOfStatus('loaded', 'CNZGZ')).toEqual({ origin: 'CNZGZ' });
  expect(endsOfStatus('discharged', 'CNZGZ')).toEqual({ destination: 'CNZGZ' });
  expect(endsOfStatus('dcsa-insp', 'CNZGZ')).toEqual({});
});
