/**
 * Cross-border e-commerce: one manifest per day, trade mode, direction and partner, released by customs.
 *
 * Beside the lanes that run every week, every partner of the long tail gets at least one manifest a month, so that all 226 are traded
 * with in each period that a figure is published for.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { homeHub } from '@landbridge/domain';
import { apportion } from './apportion.js';
import { cbecLanes, type CbecLane } from './cbec-lanes.js';
import { busyness, holds, runsOn, type Rhythm } from './day.js';
import { cityPlace, dayText, frameEvent, scenarioSourcePrefix, timeText, type Traffic } from './event-frame.js';
import { planTailVisits } from './partner-tail.js';
import { cbecTotals } from './published-figures.js';
import { SeededRandom } from './seeded-random.js';

/** Orders pile up before weekends and at the shopping festivals of June, November and December. */
const rhythm: Rhythm = {
  weekdays: [84, 112, 106, 104, 104, 102, 88],
  months: [92, 70, 88, 94, 102, 118, 100, 104, 106, 112, 148, 126],
  peaks: { '06-16': 190, '06-18': 260, '06-19': 220, '11-11': 520, '11-12': 430, '11-13': 260, '12-12': 280 },
};

/** Customs release manifests between these seconds of the day: from seven in the morning to ten at night. */
const releaseSeconds = { min: 7 * 3_600, max: 22 * 3_600 - 1 };

/** What a partner of the long tail buys once a month. */
const tailLane: Omit<CbecLane, 'partner'> = {
  tradeMode: '9610',
  direction: 'outbound',
  share: 1,
  worth: 55,
  perWeek: 1,
};

const laneKind = (lane: Pick<CbecLane, 'tradeMode' | 'direction'>): string => `${lane.tradeMode}/${lane.direction}`;

interface Manifest {
  readonly day: number;
  readonly lane: CbecLane;
  readonly second: number;
  readonly weight: number;
  /** Value of a parcel among all parcels. */
  readonly worth: number;
}

/** Manifests by day; their parcels and fen add up to `cbecTotals` exactly, each manifest holding at least one parcel. */
export function planCbecTraffic(seed: number): Traffic {
  const tailOf = planTailVisits('cbec', seed);
  const contents = cbecTotals.flatMap(({ span, parcels, valueFen }) => {
    const manifests: Manifest[] = [];
    for (let day = span.firstDay; day <= span.lastDay; day++) manifests.push(...manifestsOf(day, tailOf(day), seed));
    const parcelShares = apportion(
      parcels,
      manifests.map((manifest) => manifest.weight),
      1,
    );
    // A parcel is worth at least a fen, and its value follows what is in it.
    const valueShares = apportion(
      valueFen,
      manifests.map((manifest, i) => parcelShares[i]! * manifest.worth),
      1,
    );
    return manifests.map((manifest, i) => ({ manifest, parcels: parcelShares[i]!, valueFen: valueShares[i]! }));
  });
  const contentsByDay = Map.groupBy(contents, (content) => content.manifest.day);
  return (day) =>
    (contentsByDay.get(day) ?? []).map(({ manifest, parcels, valueFen }) => toEvent(manifest, parcels, valueFen));
}

function manifestsOf(day: number, tailPartners: readonly string[], seed: number): Manifest[] {
  const random = new SeededRandom(seed, `cbec/${day}`);
  const busy = busyness(rhythm, day);
  const running = cbecLanes.filter(
    (lane, i) => runsOn(day, lane.perWeek, i) && (lane.open === undefined || holds(lane.open, day)),
  );
  // A partner that a lane serves today needs no visit, and would have the same manifest twice.
  const served = new Set(running.filter((lane) => laneKind(lane) === laneKind(tailLane)).map((lane) => lane.partner));
  const tail = tailPartners
    .filter((partner) => !served.has(partner))
    .map((partner): CbecLane => ({ ...tailLane, partner }));
  return [...running, ...tail].map((lane) => ({
    day,
    lane,
    second: random.between(releaseSeconds.min, releaseSeconds.max),
    weight: Math.ceil((lane.share * busy * random.between(70, 130)) / 1_000),
    worth: lane.worth * random.between(80, 120),
  }));
}

function toEvent({ day, lane, second }: Manifest, parcels: number, valueFen: number): CanonicalEvent {
  const { tradeMode, direction, partner } = lane;
  const name = `${homeHub}-${tradeMode}-${direction === 'inbound' ? 'I' : 'E'}-${partner}/${dayText(day)}`;
  return frameEvent({
    system: 'cbec',
    reporter: `cbec/${tradeMode}`,
    sourcePrefix: scenarioSourcePrefix,
    id: `${name}/released`,
    time: timeText(day, second),
    data: {
      classifier: 'actual',
      milestone: 'released',
      place: cityPlace,
      corridor: 'online',
      direction,
      partner,
      tradeMode,
      unit: { type: 'manifest', id: name },
      quantities: { parcels, valueFen },
    },
  });
}
