/**
 * A trickle of events of now, so that dashboards move. They are of another source than the scenario's and of the present day, so the
 * published figures do not change.
 */
import type { CanonicalEvent, EventData } from '@landbridge/contracts';
import { airRoutes } from './air-routes.js';
import { cbecLanes } from './cbec-lanes.js';
import { airportPlace, cityPlace, frameEvent, liveSourcePrefix, type EventFrame } from './event-frame.js';
import { containerNumber } from './freight-containers.js';
import { SeededRandom } from './seeded-random.js';

/** One live event in fifty is reported hours late, as in life: lateness is measured, not refused. */
const lateOneIn = 50;
const latenessSecondsMax = 6 * 3_600;
/** The others are reported within these seconds. */
const promptSecondsMax = 20;

/**
 * Plausible events of now: `count` of them, a pure function of its arguments.
 * @param nowMs epoch milliseconds; it is part of the ids, so that a restarted sequence does not repeat them.
 * @param sequence the number of this call since the start.
 */
export function liveEvents(nowMs: number, sequence: number, count = 1): CanonicalEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const key = `${nowMs}-${sequence}-${i}`;
    const random = new SeededRandom(sequence, `live/${key}`);
    const ageSeconds =
      random.between(1, lateOneIn) === 1
        ? random.between(promptSecondsMax, latenessSecondsMax)
        : random.between(0, promptSecondsMax);
    const time = new Date(nowMs - ageSeconds * 1_000).toISOString();
    return frameEvent({
      ...makers[(sequence * count + i) % makers.length]!(random, key),
      sourcePrefix: liveSourcePrefix,
      id: key,
      time,
    });
  });
}

type LiveDraft = Omit<EventFrame, 'sourcePrefix' | 'id' | 'time'>;
type LiveMaker = (random: SeededRandom, key: string) => LiveDraft;

const flight: LiveMaker = (random, key) => {
  const { carrier, flight, partner, payloadTonnes } = random.pick(airRoutes);
  const outbound = random.next() < 0.5;
  const weightGrams = payloadTonnes * random.between(500_000, 1_000_000);
  return {
    system: 'air',
    reporter: `air/${carrier}`,
    data: {
      classifier: 'actual',
      milestone: outbound ? 'departed' : 'arrived',
      place: airportPlace,
      corridor: 'air',
      direction: outbound ? 'outbound' : 'inbound',
      partner,
      transport: { mode: 'air', carrier, service: `${carrier}${outbound ? flight : flight + 1}` },
      unit: { type: 'flight', id: `${carrier}${flight}/${key}` },
      quantities: { weightGrams, pieces: Math.ceil(weightGrams / 210_000) },
    },
  };
};

const railBasics = (
  random: SeededRandom,
): Pick<EventData, 'classifier' | 'milestone' | 'place' | 'corridor' | 'direction' | 'partner'> & {
  brand?: string;
} => {
  const outbound = random.next() < 0.7;
  return {
    classifier: 'actual',
    milestone: outbound ? 'departed' : 'arrived',
    place: cityPlace,
    corridor: 'land',
    direction: outbound ? 'outbound' : 'inbound',
    partner: random.pick(['BE', 'DE', 'KZ', 'PL', 'RU']),
    ...(random.next() < 0.2 ? { brand: 'cainiao' } : {}),
  };
};

const train: LiveMaker = (random, key) => ({
  system: 'rail',
  reporter: 'rail/zih',
  data: {
    ...railBasics(random),
    transport: { mode: 'rail', service: 'X8001' },
    unit: { type: 'train', id: `X8001/${key}` },
  },
});

const box: LiveMaker = (random) => ({
  system: 'rail',
  reporter: 'rail/zih',
  data: {
    ...railBasics(random),
    transport: { mode: 'rail', service: 'X8001' },
    unit: { type: 'container', id: containerNumber(random.between(0, 7_999)) },
    quantities: { pieces: 1, teuHundredths: 200, weightGrams: random.between(12_400, 26_800) * 1_000 },
  },
});

const manifest: LiveMaker = (random, key) => {
  const { tradeMode, direction, partner } = random.pick(cbecLanes);
  const parcels = random.between(40, 900);
  return {
    system: 'cbec',
    reporter: `cbec/${tradeMode}`,
    data: {
      classifier: 'actual',
      milestone: 'released',
      place: cityPlace,
      corridor: 'online',
      direction,
      partner,
      tradeMode,
      unit: { type: 'manifest', id: `${tradeMode}/${key}` },
      quantities: { parcels, valueFen: parcels * random.between(4_000, 14_000) },
    },
  };
};

const consignment: LiveMaker = (random, key) => {
  const portOfEntry = random.pick(['airport', 'bonded-zone', 'fruit', 'chilled-aquatic', 'mail-transit', 'meat']);
  const kilograms = random.between(100, 9_000);
  return {
    system: 'port',
    reporter: `port/${portOfEntry}`,
    data: {
      classifier: 'actual',
      milestone: 'released',
      place: airportPlace,
      corridor: portOfEntry === 'meat' ? 'sea' : 'air',
      direction: portOfEntry === 'mail-transit' ? 'outbound' : 'inbound',
      partner: random.pick(['CL', 'NO', 'JP', 'US', 'AU', 'DE']),
      portOfEntry,
      tradeMode: portOfEntry === 'mail-transit' ? '9610' : '0110',
      unit: { type: 'consignment', id: `${portOfEntry}/${key}` },
      quantities: { pieces: random.between(1, 60), weightGrams: kilograms * 1_000, valueFen: kilograms * 21_000 },
    },
  };
};

/** Taken in turn: parcels and boxes are more frequent than trains. */
const makers: readonly LiveMaker[] = [manifest, flight, box, manifest, consignment, box, flight, manifest, box, train];
