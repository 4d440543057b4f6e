/**
 * Rail: China-Europe block trains, and the few boxes of the Cainiao brand on theirs.
 *
 * A train tells more than is counted: it is planned the day before, it crosses the border days after it left or before it arrives. Only
 * its actual departure (outbound) or arrival (inbound) counts, and so do its containers', one event each.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { apportion } from './apportion.js';
import { holds, weekdayOf, type Span } from './day.js';
import { cityPlace, dayText, frameEvent, scenarioSourcePrefix, timeText, type Traffic } from './event-frame.js';
import { containerNumber } from './freight-containers.js';
import { cainiaoTotals, scenarioSpan } from './published-figures.js';
import { SeededRandom } from './seeded-random.js';

interface RailService {
  readonly operator: 'zih' | 'cainiao';
  readonly brand?: string;
  readonly direction: 'inbound' | 'outbound';
  readonly numbers: readonly string[];
  readonly partners: readonly string[];
  /** Days of the week, 0 being Sunday. */
  readonly weekdays: readonly number[];
  readonly hour: number;
}

/** Four trains a week is published; 26 weeks from 1 January 2020, whichever four days, are 104 trains. */
const cainiaoService: RailService = {
  operator: 'cainiao',
  brand: 'cainiao',
  direction: 'outbound',
  numbers: ['X8015', 'X8017'],
  partners: ['BE', 'BE', 'DE'],
  weekdays: [1, 3, 5, 6],
  hour: 10,
};

/** The rest of the trains: numbers and frequencies are illustrative. */
const blockServices: readonly RailService[] = [
  {
    operator: 'zih',
    direction: 'outbound',
    numbers: ['X8001', 'X8003', 'X8005'],
    partners: ['DE', 'DE', 'PL', 'BE', 'FI', 'KZ', 'UZ', 'RU', 'IT'],
    weekdays: [0, 2, 4, 6],
    hour: 14,
  },
  {
    operator: 'zih',
    direction: 'inbound',
    numbers: ['X8002', 'X8004'],
    partners: ['DE', 'PL', 'RU', 'KZ', 'BY'],
    weekdays: [1, 5],
    hour: 6,
  },
];

/** Forty-one 40-foot boxes are a full train; some places stay empty. */
const blockTrainBoxes = { min: 38, max: 41 };
/** Days between Zhengzhou and the border station. */
const daysToBorder = 5;
/** Cargo and tare of a loaded 40-foot container, in grams. */
const boxGrams = { min: 12_400_000, max: 26_800_000 };
const teuHundredthsOf40Foot = 200;

interface Train {
  readonly service: RailService;
  readonly number: string;
  readonly partner: string;
  readonly day: number;
  readonly second: number;
  readonly boxes: number;
  /** Place of its first box in the sequence of boxes taken from the pool. */
  readonly firstBox: number;
}

/** Rail events by day. The Cainiao trains of each span carry exactly the containers of `cainiaoTotals`. */
export function planRailTraffic(seed: number): Traffic {
  let boxesTaken = 0;
  const trains = [
    ...cainiaoTotals.flatMap(({ span, containers }) => {
      const planned = trainsOf(cainiaoService, span, seed);
      const boxes = apportion(
        containers,
        planned.map((train) => train.boxes),
        1,
      );
      return planned.map((train, i) => ({ ...train, boxes: boxes[i]! }));
    }),
    ...blockServices.flatMap((service) => trainsOf(service, scenarioSpan, seed)),
  ]
    .toSorted((a, b) => a.day - b.day)
    .map((train): Train => {
      const firstBox = boxesTaken;
      boxesTaken += train.boxes;
      return { ...train, firstBox };
    });
  const trainsByDay = Map.groupBy(trains, (train) => train.day);
  const onDay = (day: number): readonly Train[] => trainsByDay.get(day) ?? [];

  return (day) => [
    ...onDay(day + 1).map(planOf),
    ...onDay(day).flatMap((train) => [trainAtHub(train), ...boxesAtHub(train, seed)]),
    ...onDay(day - daysToBorder)
      .filter((train) => train.service.direction === 'outbound')
      .map((train) => atBorder(train, day, seed)),
    ...onDay(day + daysToBorder)
      .filter((train) => train.service.direction === 'inbound')
      .map((train) => atBorder(train, day, seed)),
  ];
}

function trainsOf(service: RailService, span: Span, seed: number): Omit<Train, 'firstBox'>[] {
  const trains: Omit<Train, 'firstBox'>[] = [];
  for (let day = span.firstDay; day <= span.lastDay; day++) {
    if (!service.weekdays.includes(weekdayOf(day)) || !holds(scenarioSpan, day)) continue;
    const random = new SeededRandom(seed, `rail/${service.operator}/${service.direction}/${day}`);
    trains.push({
      service,
      number: service.numbers[trains.length % service.numbers.length]!,
      partner: random.pick(service.partners),
      day,
      second: service.hour * 3_600 + random.between(0, 5_400),
      boxes: random.between(blockTrainBoxes.min, blockTrainBoxes.max),
    });
  }
  return trains;
}

/** A train's number repeats, so it is named with the day it is at the hub. */
function nameOf(train: Train): string {
  return `${train.number}/${dayText(train.day)}`;
}

function milestoneAtHub(train: Train): 'departed' | 'arrived' {
  return train.service.direction === 'outbound' ? 'departed' : 'arrived';
}

/** What all events of a train and its boxes share. */
function aboutTrain(train: Train) {
  return {
    corridor: 'land',
    direction: train.service.direction,
    partner: train.partner,
    ...(train.service.brand ? { brand: train.service.brand } : {}),
    transport: { mode: 'rail', service: train.number },
  } as const;
}

function trainEvent(
  train: Train,
  said: {
    readonly id: string;
    readonly classifier: 'planned' | 'actual';
    readonly milestone: string;
    readonly time: string;
    readonly place?: string;
  },
): CanonicalEvent {
  return frameEvent({
    system: 'rail',
    reporter: `rail/${train.service.operator}`,
    sourcePrefix: scenarioSourcePrefix,
    id: `${nameOf(train)}/${said.id}`,
    time: said.time,
    data: {
      ...aboutTrain(train),
      classifier: said.classifier,
      milestone: said.milestone,
      ...(said.place ? { place: said.place } : {}),
      unit: { type: 'train', id: nameOf(train) },
    },
  });
}

function trainAtHub(train: Train): CanonicalEvent {
  const milestone = milestoneAtHub(train);
  const time = timeText(train.day, train.second);
  return trainEvent(train, { id: milestone, classifier: 'actual', milestone, time, place: cityPlace });
}

/** Said on the day before; its time is when the train is to leave or arrive, and it must not count. */
function planOf(train: Train): CanonicalEvent {
  const milestone = milestoneAtHub(train);
  const time = timeText(train.day, train.service.hour * 3_600);
  return trainEvent(train, { id: `planned-${milestone}`, classifier: 'planned', milestone, time, place: cityPlace });
}

function atBorder(train: Train, day: number, seed: number): CanonicalEvent {
  const random = new SeededRandom(seed, `rail/border/${nameOf(train)}`);
  const time = timeText(day, random.between(0, 86_399));
  return trainEvent(train, { id: 'border-crossed', classifier: 'actual', milestone: 'border-crossed', time });
}

function boxesAtHub(train: Train, seed: number): CanonicalEvent[] {
  const random = new SeededRandom(seed, `rail/boxes/${nameOf(train)}`);
  const milestone = milestoneAtHub(train);
  return Array.from({ length: train.boxes }, (_, i) => {
    const box = containerNumber(train.firstBox + i);
    return frameEvent({
      system: 'rail',
      reporter: `rail/${train.service.operator}`,
      sourcePrefix: scenarioSourcePrefix,
      id: `${nameOf(train)}/${box}/${milestone}`,
      time: timeText(train.day, train.second),
      data: {
        ...aboutTrain(train),
        classifier: 'actual',
        milestone,
        place: cityPlace,
        unit: { type: 'container', id: box },
        links: [{ type: 'train', id: nameOf(train) }],
        quantities: {
          pieces: 1,
          teuHundredths: teuHundredthsOf40Foot,
          weightGrams: random.between(boxGrams.min / 1_000, boxGrams.max / 1_000) * 1_000,
        },
      },
    });
  });
}
