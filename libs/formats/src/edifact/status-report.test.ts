import { describe, expect, it } from '@jest/globals';
import { eventsOf, faultsOf, message, status } from './test-messages.js';

describe('status reports', () => {
  it('takes the equipment of the status, not what the header refers to', () => {
    const text = message(
      'IFTSTA',
      'BGM+23+1+9',
      'RFF+EQ:TCLU4265243',
      'CNI+1',
      'STS+1+24',
      'DTM+334:202603030915:203',
      'LOC+175+CNZGZ',
      'EQD+CN+APZU4812090',
    );
    expect(eventsOf(text).map(({ subject }) => subject)).toEqual(['APZU4812090']);
  });

  it.each([
    [['RFF+EQ:APZU4812090'], { type: 'container', id: 'APZU4812090' }],
    [['RFF+AWB:02012345675'], { type: 'awb', id: '020-12345675' }],
    [['RFF+BM:BILL1'], { type: 'consignment', id: 'C1' }],
  ])('names the unit by %p where there is no equipment', (references, unit) => {
    expect(eventsOf(status('1+24', ...references))[0]!.data!.unit).toEqual(unit);
  });

  it('refuses a status of nothing', () => {
    const text = message('IFTSTA', 'BGM+23+1+9', 'CNI+1', 'STS+1+24', 'DTM+334:202603030915:203', 'LOC+175+CNZGZ');
    expect(faultsOf(text)).toEqual([expect.objectContaining({ code: 'invalid_message', path: 'line 4, column 1' })]);
  });

  it('reads an airport by its IATA code where LOC says so', () => {
    const text = message(
      'IFTSTA',
      'BGM+23+1+9',
      'CNI+1+020-12345675',
      'STS+1+24',
      'DTM+334:202603030915:203',
      'LOC+175+CGO::3',
    );
    expect(eventsOf(text)[0]).toMatchObject({
      type: 'landbridge.air.event.v1',
      data: { place: 'CNCGO', corridor: 'air' },
    });
  });
});
