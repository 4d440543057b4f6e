/**
 * Consignments that customs release at the ports of entry: the nine of the "1+1+7" system, and the city's other three.
 *
 * Numbers, weights and values are illustrative: what is published is which ports there are. Each has consignments in every month.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { dayOfNumber, daysInMonth, type Corridor } from '@landbridge/domain';
import {
  airportPlace,
  cityPlace,
  dayText,
  frameEvent,
  scenarioSourcePrefix,
  timeText,
  type Traffic,
} from './event-frame.js';
import { planTailVisits } from './partner-tail.js';
import { SeededRandom } from './seeded-random.js';

interface PortLane {
  readonly portOfEntry: string;
  readonly direction: 'inbound' | 'outbound';
  readonly corridor: Corridor;
  readonly tradeMode: string;
  readonly partners: readonly string[];
  readonly perMonth: number;
  /** Of one consignment, in kilograms. */
  readonly kilograms: { readonly min: number; readonly max: number };
  readonly fenPerKilogram: number;
}

type Row = readonly [
  portOfEntry: string,
  direction: PortLane['direction'],
  corridor: Corridor,
  tradeMode: string,
  partners: string,
  perMonth: number,
  kilogramsMin: number,
  kilogramsMax: number,
  fenPerKilogram: number,
];

const rows: readonly Row[] = [
  ['airport', 'inbound', 'air', '0110', 'US DE JP KR NL LU', 45, 200, 9_000, 42_000],
  ['airport', 'outbound', 'air', '0110', 'US DE NL AE LU HK', 55, 300, 12_000, 56_000],
  ['bonded-zone', 'inbound', 'air', '0110', 'JP KR TW VN US', 40, 100, 6_000, 88_000],
  ['bonded-zone', 'outbound', 'land', '0110', 'DE PL CZ NL HU', 30, 400, 14_000, 61_000],
  ['meat', 'inbound', 'sea', '0110', 'BR AU NZ AR UY', 18, 18_000, 27_000, 3_400],
  ['live-cattle', 'inbound', 'air', '0110', 'AU NZ CL UY', 3, 42_000, 78_000, 2_900],
  ['fruit', 'inbound', 'air', '0110', 'CL PE NZ ZA TH VN', 26, 1_500, 24_000, 4_200],
  ['edible-aquatic', 'inbound', 'air', '0110', 'CA US AU NZ IN', 24, 300, 6_500, 14_500],
  ['chilled-aquatic', 'inbound', 'air', '0110', 'NO CL FO AU ES', 22, 500, 8_500, 9_800],
  ['mail-transit', 'outbound', 'air', '9610', 'US RU GB FR ES BR', 40, 400, 5_000, 18_000],
  ['drug-import', 'inbound', 'air', '0110', 'DE CH IE US DK', 9, 50, 1_800, 620_000],
  ['rail-putian', 'inbound', 'land', '0110', 'DE PL RU KZ BY', 16, 9_000, 25_000, 7_400],
  ['automobile', 'inbound', 'land', '0110', 'DE GB SK', 7, 16_000, 48_000, 16_000],
  ['grain', 'inbound', 'land', '0110', 'KZ RU', 5, 200_000, 900_000, 260],
];

const portLanes: readonly PortLane[] = rows.map(
  ([portOfEntry, direction, corridor, tradeMode, partnerCodes, perMonth, min, max, fenPerKilogram]) => ({
    portOfEntry,
    direction,
    corridor,
    tradeMode,
    partners: partnerCodes.split(' '),
    perMonth,
    kilograms: { min, max },
    fenPerKilogram,
  }),
);

/** What a partner of the long tail sends once a month. */
const tailLane: PortLane = {
  portOfEntry: 'airport',
  direction: 'outbound',
  corridor: 'air',
  tradeMode: '0110',
  partners: [],
  perMonth: 1,
  kilograms: { min: 20, max: 900 },
  fenPerKilogram: 31_000,
};

/** Customs officers work two shifts, from six in the morning. */
const releaseSeconds = { min: 6 * 3_600, max: 22 * 3_600 - 1 };

/** Port events by day: `perMonth` of each lane in every month, spread over its days, somewhat fewer in 2019. */
export function planPortTraffic(seed: number): Traffic {
  const tailOf = planTailVisits('port', seed);
  return (day) => [
    ...portLanes.flatMap((lane, laneIndex) =>
      Array.from({ length: countOn(day, lane.perMonth, laneIndex) }, (_, i) => {
        const random = new SeededRandom(seed, `port/${day}/${laneIndex}/${i}`);
        return toEvent(day, lane, `${laneIndex}-${i}`, random.pick(lane.partners), random);
      }),
    ),
    ...tailOf(day).map((partner) =>
      toEvent(day, tailLane, partner, partner, new SeededRandom(seed, `port/${day}/${partner}`)),
    ),
  ];
}

/** The year before had fewer consignments; by how much is not published. */
const shareIn2019 = 0.82;

/** How many of a month's consignments fall on this day: as even as whole numbers allow, and together exactly as many as there are. */
function countOn(day: number, perMonth: number, laneIndex: number): number {
  const { year, month, day: dayOfMonth } = dayOfNumber(day);
  const days = daysInMonth(year, month);
  const inMonth = year < 2020 ? Math.ceil(perMonth * shareIn2019) : perMonth;
  // Lanes begin their month on different days, so that the 1st is not the busiest.
  const turn = (dayOfMonth - 1 + laneIndex * 5) % days;
  return Math.floor(((turn + 1) * inMonth) / days) - Math.floor((turn * inMonth) / days);
}

function toEvent(day: number, lane: PortLane, serial: string, partner: string, random: SeededRandom): CanonicalEvent {
  const kilograms = random.between(lane.kilograms.min, lane.kilograms.max);
  const name = `${lane.portOfEntry}/${dayText(day)}/${serial}`;
  return frameEvent({
    system: 'port',
    reporter: `port/${lane.portOfEntry}`,
    sourcePrefix: scenarioSourcePrefix,
    id: `${name}/released`,
    time: timeText(day, random.between(releaseSeconds.min, releaseSeconds.max)),
    data: {
      classifier: 'actual',
      milestone: 'released',
      place: lane.corridor === 'air' ? airportPlace : cityPlace,
      corridor: lane.corridor,
      direction: lane.direction,
      partner,
      portOfEntry: lane.portOfEntry,
      tradeMode: lane.tradeMode,
      unit: { type: 'consignment', id: name },
      quantities: {
        pieces: random.between(1, 60),
        weightGrams: kilograms * 1_000,
        valueFen: Math.round((kilograms * lane.fenPerKilogram * random.between(70, 130)) / 100),
      },
    },
  });
}
