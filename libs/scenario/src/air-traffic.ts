/**
 * Air: one event per flight and direction, with the tonnage that the airline's load report states.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { airRoutes, type AirRoute } from './air-routes.js';
import { apportion } from './apportion.js';
import { busyness, runsOn, type Rhythm } from './day.js';
import { airportPlace, dayText, frameEvent, scenarioSourcePrefix, timeText, type Traffic } from './event-frame.js';
import { airTotals } from './published-figures.js';
import { SeededRandom } from './seeded-random.js';

/** Freighters fill up before the weekend and towards the end of the year; Chinese New Year empties February. */
const rhythm: Rhythm = {
  weekdays: [92, 88, 100, 104, 106, 108, 102],
  months: [96, 74, 98, 102, 106, 108, 96, 98, 104, 108, 112, 104],
};

/** Time on the ground in which a freighter is unloaded and loaded, in seconds. */
const turnaroundSeconds = { min: 7_200, max: 11_400 };
/** Cargo pieces weigh this much on average on one flight: parcels and pallets differ. */
const gramsPerPiece = { min: 90_000, max: 380_000 };

interface Leg {
  readonly day: number;
  readonly route: AirRoute;
  readonly direction: 'inbound' | 'outbound';
  readonly second: number;
  readonly gramsPerPiece: number;
  readonly weight: number;
}

/** Air events by day; their grams add up to `airTotals` exactly, international and domestic each. */
export function planAirTraffic(seed: number): Traffic {
  const loads = airTotals.flatMap(({ span, internationalGrams, domesticGrams }) => {
    const legs: Leg[] = [];
    for (let day = span.firstDay; day <= span.lastDay; day++) legs.push(...legsOf(day, seed));
    return [
      ...loaded(
        legs.filter((leg) => leg.route.partner !== 'CN'),
        internationalGrams,
      ),
      ...loaded(
        legs.filter((leg) => leg.route.partner === 'CN'),
        domesticGrams,
      ),
    ];
  });
  const loadsByDay = Map.groupBy(loads, (load) => load.leg.day);
  return (day) => (loadsByDay.get(day) ?? []).map(({ leg, grams }) => toEvent(leg, grams));
}

function loaded(legs: readonly Leg[], totalGrams: number): { readonly leg: Leg; readonly grams: number }[] {
  const shares = apportion(
    totalGrams,
    legs.map((leg) => leg.weight),
  );
  return legs.map((leg, i) => ({ leg, grams: shares[i]! }));
}

function legsOf(day: number, seed: number): Leg[] {
  const random = new SeededRandom(seed, `air/${day}`);
  const busy = busyness(rhythm, day);
  return airRoutes.flatMap((route, i): Leg[] => {
    if (!runsOn(day, route.perWeek, i)) return [];
    const arrival = route.arrivalHour * 3_600 + random.between(0, 2_400);
    const departure = arrival + random.between(turnaroundSeconds.min, turnaroundSeconds.max);
    const leg = (direction: Leg['direction'], second: number, fillMin: number): Leg => ({
      day,
      route,
      direction,
      second,
      gramsPerPiece: random.between(gramsPerPiece.min, gramsPerPiece.max),
      weight: route.payloadTonnes * busy * random.between(fillMin, 100),
    });
    // China exports more by air than it imports, so outbound aircraft are fuller.
    return [leg('inbound', arrival, 50), leg('outbound', departure, 72)];
  });
}

function toEvent(leg: Leg, weightGrams: number): CanonicalEvent {
  const { carrier, flight, partner } = leg.route;
  const outbound = leg.direction === 'outbound';
  const service = `${carrier}${outbound ? flight : flight + 1}`;
  const date = dayText(leg.day);
  return frameEvent({
    system: 'air',
    reporter: `air/${carrier}`,
    sourcePrefix: scenarioSourcePrefix,
    id: `${service}/${date}/${outbound ? 'departed' : 'arrived'}`,
    time: timeText(leg.day, leg.second),
    data: {
      classifier: 'actual',
      milestone: outbound ? 'departed' : 'arrived',
      place: airportPlace,
      corridor: 'air',
      direction: leg.direction,
      partner,
      transport: { mode: 'air', carrier, service },
      // A flight number repeats every day; the aircraft that flies it does not.
      unit: { type: 'flight', id: `${service}/${date}` },
      quantities: { weightGrams, pieces: Math.max(1, Math.round(weightGrams / leg.gramsPerPiece)) },
    },
  });
}
