import { describe, expect, it } from '@jest/globals';
import { checkEvent, type CanonicalEvent } from '@landbridge/contracts';
import { counts, meters, type EventFacts } from '@landbridge/domain';
import { airEvent, type AirReport } from './air-event.js';
import { airStatusCodeOf, airStatuses, airStatusOf } from './air-statuses.js';
import { isAtHub } from './movement-direction.js';
import { placeOfIata, placeOfLocode } from './places/places.js';

const airport = (iata: string) => placeOfIata(iata)!;
const airCargo = meters.find(({ name }) => name === 'air-cargo')!;
const countsIn = ({ data }: CanonicalEvent) => counts(airCargo, 'air', data as EventFacts);

function eventAt(hub: string, iata: string, changes: Partial<AirReport> = {}): CanonicalEvent {
  const context = { source: '/carriers/cv', hub, receivedAtMs: 0, eventsMax: 1 };
  return airEvent(context, {
    id: 'one',
    time: '2026-03-03T12:14:00+08:00',
    awb: '172-41002312',
    status: airStatuses.DEP,
    place: airport(iata),
    origin: airport('CGO'),
    destination: airport('LUX'),
    ...changes,
  });
}

describe('airEvent', () => {
  it('says only what is known, and passes the check', () => {
    const event = eventAt('CGO', 'CGO');
    expect(checkEvent(event)).toMatchObject({ ok: true });
    expect(Object.keys(event.data!).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'classifier',
      'corridor',
      'direction',
      'hub',
      'milestone',
      'partner',
      'place',
      'timeZone',
      'unit',
    ]);
    expect(
      eventAt('CGO', 'CGO', { weightGrams: 0, revision: 3, reason: 'OFLD', classifier: 'estimated' }),
    ).toMatchObject({
      revision: 3,
      reason: 'OFLD',
      data: { classifier: 'estimated', quantities: { weightGrams: 0 } },
    });
  });

  it('counts at a hub whose places are not listed, and not elsewhere on the way from it', () => {
    const origin = airport('PVG');
    expect(eventAt('PVG', 'PVG', { origin }).data).toMatchObject({ direction: 'outbound', partner: 'LU' });
    expect(countsIn(eventAt('PVG', 'PVG', { origin }))).toBe(true);
    expect(countsIn(eventAt('PVG', 'BUD', { origin }))).toBe(false);
    expect(countsIn(eventAt('CGO', 'BUD'))).toBe(false);
  });

  it('names no partner that is none', () => {
    const destination = airport('PRN'); // Kosovo has no ISO code.
    expect(eventAt('CGO', 'CGO', { destination }).data).not.toHaveProperty('partner');
    expect(eventAt('CGO', 'CGO', { destination: airport('PVG') }).data?.partner).toBe('CN');
  });

  it('is in transit where both ends of the way are at the hub', () => {
    expect(eventAt('CGO', 'CGO', { destination: airport('CGO') }).data?.direction).toBe('transit');
  });
});

describe('isAtHub', () => {
  it('knows a hub by its airport and by its UN/LOCODEs', () => {
    expect(['CNCGO', 'CNZGZ', 'CNZZZ', 'CNCGZ'].map((code) => isAtHub('CGO', placeOfLocode(code)))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(isAtHub('PVG', placeOfLocode('CNPVG'))).toBe(true);
    expect(isAtHub('PVG', placeOfLocode('CNCGO'))).toBe(false);
    expect(isAtHub('XXX', airport('CGO'))).toBe(false);
    expect(isAtHub('CGO', undefined)).toBe(false);
  });
});

describe('airStatusOf', () => {
  it('goes back and forth between codes and milestones', () => {
    for (const code of [...Object.keys(airStatuses), 'XRY'])
      expect(airStatusCodeOf(airStatusOf(code).milestone)).toBe(code);
    expect(airStatusCodeOf('gate-in')).toBeUndefined();
  });
});
