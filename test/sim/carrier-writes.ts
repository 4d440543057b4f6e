/**
 * What carriers write in a simulation: first reports, retries, replacements, retractions, moves between subjects, and records that
 * nobody can use. Every choice is the seed's. Some writes come late, so that each kind of correction also arrives before its original.
 */
import { eventTypes, type CanonicalEvent, type EventData, type ProblemCode } from '@landbridge/contracts';
import { containerCheckDigit, systems, type System } from '@landbridge/domain';
import type { SeededRandom } from '../chaos/seeded-random.js';

/** A partition of the simulated log; the index counts over all topics. */
export interface SimulatedShard {
  readonly index: number;
  readonly system: System;
  readonly topic: string;
  readonly partition: number;
}

/** A record on its way to a partition: an event, or the reason why it is a dead letter. */
export interface CarrierWrite {
  readonly shard: number;
  readonly value: Buffer | null;
  readonly meaning: { readonly event: CanonicalEvent } | { readonly poison: ProblemCode };
}

/** The newest version of an event as its carrier knows it, and all that was written of it. */
interface Reported {
  readonly system: System;
  shard: number;
  event: CanonicalEvent;
  readonly written: CarrierWrite[];
}

/** Positions that a late write comes after its turn. */
const lateMax = 40;
const revisionStepMax = 3;

/** Writes in the order in which the log takes them; at least `count`. */
export function carrierWrites(random: SeededRandom, shards: readonly SimulatedShard[], count: number): CarrierWrite[] {
  const carriers = new Carriers(random, shards);
  const turns: { readonly turn: number; readonly write: CarrierWrite }[] = [];
  while (turns.length < count)
    for (const write of carriers.next())
      turns.push({ turn: turns.length + (random.chance(0.2) ? random.integer(1, lateMax) : 0), write });
  return turns.toSorted((a, b) => a.turn - b.turn).map(({ write }) => write);
}

class Carriers {
  private readonly reported: Reported[] = [];
  private ids = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly shards: readonly SimulatedShard[],
  ) {}

  next(): CarrierWrite[] {
    const { random } = this;
    const dice = this.reported.length === 0 ? 0 : random.next();
    if (dice < 0.4) return [this.report()];
    const known = random.pick(this.reported);
    if (dice < 0.55) return [random.pick(known.written)]; // a carrier's retry, at any age
    if (dice < 0.68) return [this.replace(known)];
    if (dice < 0.77) return [this.retract(known, known.event.revision ?? 0)];
    if (dice < 0.82) return [this.retract(known, Math.max(0, (known.event.revision ?? 0) - 1))]; // of a replaced version
    if (dice < 0.86) return [this.contradict(known)];
    if (dice < 0.93) return this.move(known);
    return [poisoned(random, random.pick(this.shards), known.event)];
  }

  private report(): CarrierWrite {
    const { random } = this;
    const { system, index } = random.pick(this.shards);
    const id = this.ids++;
    const event: CanonicalEvent = {
      specversion: '1.0',
      // Few ids and several sources and tenants: equal ids of different senders are different events.
      id: `event-${id >> 1}`,
      source: `/sim/${id & 1 ? 'CV' : 'CZ'}`,
      ...(random.chance(0.9) && { tenant: random.pick(['sim', 'other']) + (id >> 1) }),
      subject: `subject-${id}`,
      time: someTime(random),
      type: eventTypes[system],
      data: someData(random, system),
    };
    const known: Reported = { system, shard: index, event, written: [] };
    this.reported.push(known);
    return this.write(known, event);
  }

  private replace(known: Reported): CarrierWrite {
    const { random } = this;
    const revision = (known.event.revision ?? 0) + random.integer(1, revisionStepMax);
    known.event = { ...known.event, revision, ...someChange(random, known) };
    return this.write(known, known.event);
  }

  private retract(known: Reported, revision: number): CarrierWrite {
    const { data, previoussubject: _, ...attributes } = known.event;
    const event = { ...attributes, revision, retracted: true };
    return this.write(known, this.random.chance(0.5) && data ? { ...event, data } : event);
  }

  /** Another content under the revision that was given already: the first one stands. */
  private contradict(known: Reported): CarrierWrite {
    return this.write(known, { ...known.event, ...someChange(this.random, known) });
  }

  /** As ingest writes it: what was reported under the old subject is retracted there, one rank below the event under the new one. */
  private move(known: Reported): CarrierWrite[] {
    const others = this.shards.filter(({ system }) => system === known.system);
    const revision = (known.event.revision ?? 0) + 1;
    const { data: _data, previoussubject: _subject, ...attributes } = known.event;
    const retraction = this.write(known, { ...attributes, revision: revision - 1, retracted: true });
    known.shard = this.random.pick(others).index;
    known.event = {
      ...known.event,
      revision,
      subject: `${known.event.subject}+`,
      previoussubject: known.event.subject,
    };
    return [retraction, this.write(known, known.event)];
  }

  private write(known: Reported, event: CanonicalEvent): CarrierWrite {
    const write = { shard: known.shard, value: toBytes(this.random, event), meaning: { event } };
    known.written.push(write);
    return write;
  }
}

function someChange(random: SeededRandom, { system }: Reported): Pick<CanonicalEvent, 'time' | 'data'> {
  return { time: someTime(random), data: someData(random, system) };
}

/** Most events in the door's form, which consumers cut out of their bytes; some as another writer would send them. */
function toBytes(random: SeededRandom, event: CanonicalEvent): Buffer {
  const { specversion, id, source, tenant, subject, time, type, data, ...others } = event;
  const inOrder = { specversion, id, source, tenant, subject, time, ...others, type, data };
  if (random.chance(0.85)) return Buffer.from(JSON.stringify(inOrder));
  const other = Object.fromEntries(Object.entries(inOrder).toReversed());
  return Buffer.from(random.chance(0.5) ? JSON.stringify(inOrder, null, 1) : JSON.stringify(other));
}

const hourMs = 3_600_000;
/** Midnight of New Year on the hub's clock: days, months and years all change there. */
const newYearMs = Date.UTC(2019, 11, 31, 16);

/** A time around New Year 2020, written with one of several offsets. */
function someTime(random: SeededRandom): string {
  const edge = random.chance(0.3);
  const ms = edge ? newYearMs + random.integer(-1, 1) : newYearMs + random.integer(-30 * hourMs, 30 * hourMs);
  const [suffix, minutes] = random.pick([
    ['Z', 0],
    ['+08:00', 480],
    ['-05:30', -330],
  ] as const);
  return new Date(ms + minutes * 60_000).toISOString().replace('Z', suffix);
}

const containers = ['CSQU305438', 'MSKU601167', 'TEMU000001'].map((body) => `${body}${containerCheckDigit(body)}`);

/** Mostly what counts; also plans, transit, other milestones and absent dimensions, which count elsewhere or not at all. */
function someData(random: SeededRandom, system: System): EventData {
  const unit = random.pick(unitsOf[system]);
  const direction = random.chance(0.9) ? random.pick(['inbound', 'outbound'] as const) : 'transit';
  const moving = direction === 'outbound' ? 'departed' : 'arrived';
  const counting = system === 'air' || system === 'rail' ? moving : 'released';
  return {
    classifier: random.chance(0.9) ? 'actual' : 'planned',
    milestone: random.chance(0.85) ? counting : random.pick(['booked', 'departed', 'teleported']),
    hub: random.chance(0.9) ? 'CGO' : 'PVG',
    corridor: random.pick(['air', 'land']),
    direction,
    ...(random.chance(0.9) && { partner: random.pick(['LU', 'DE', 'CN']) }),
    ...(random.chance(0.5) && { brand: 'cainiao' }),
    ...(random.chance(0.5) && { tradeMode: random.pick(['1210', '9610']) }),
    ...(random.chance(0.3) && { portOfEntry: random.pick(['airport', 'meat']) }),
    ...(random.chance(0.7) && { transport: { mode: 'air', carrier: random.pick(['CV', 'CZ']) } as const }),
    unit: { type: unit, id: unit === 'container' ? random.pick(containers) : `${unit}-${random.integer(1, 99)}` },
    ...(random.chance(0.9) && { quantities: someQuantities(random) }),
  };
}

const unitsOf: Readonly<Record<System, readonly EventData['unit']['type'][]>> = {
  air: ['flight'],
  rail: ['train', 'container'],
  port: ['consignment', 'manifest'],
  cbec: ['manifest', 'parcel', 'declaration'],
};

function someQuantities(random: SeededRandom): NonNullable<EventData['quantities']> {
  return {
    ...(random.chance(0.7) && { pieces: random.integer(0, 500) }),
    ...(random.chance(0.8) && { weightGrams: random.chance(0.1) ? 1_000_000_000_000 : random.integer(0, 1_000_000) }),
    ...(random.chance(0.5) && { valueFen: random.integer(0, 100_000) }),
    ...(random.chance(0.5) && { parcels: random.integer(0, 20) }),
    ...(random.chance(0.3) && { teuHundredths: random.pick([100, 200, 225]) }),
  };
}

/** A record that is a dead letter, made from an event that was reported: were it counted, its id would be known. */
function poisoned(random: SeededRandom, shard: SimulatedShard, known: CanonicalEvent): CarrierWrite {
  const type = eventTypes[shard.system];
  const data = someData(random, shard.system);
  const event = { ...known, type, data, revision: 9 };
  const foreignType = eventTypes[random.pick(systems.filter((system) => system !== shard.system))];
  const [poison, value] = random.pick<readonly [ProblemCode, unknown]>([
    ['unreadable_record', null],
    ['unreadable_record', ''],
    ['unreadable_record', '{"specversion":'],
    ['invalid_event', '42'],
    ['invalid_event', { ...event, id: '' }],
    ['unknown_hub', { ...event, data: { ...data, hub: 'ZZZ' } }],
    ['wrong_topic', { ...event, type: foreignType }],
    ['unknown_partner', { ...event, data: { ...data, partner: 'XX' } }],
    ['check_digit', { ...event, data: { ...data, unit: { type: 'container', id: 'CSQU3054384' } } }],
    ['invalid_time', { ...event, time: '1999-12-31T23:00:00Z' }],
    ['quantity_out_of_range', { ...event, data: { ...data, quantities: { weightGrams: -1 } } }],
    ['data_missing', { ...event, data: undefined, retracted: undefined }],
    ['revision_missing', { ...event, revision: undefined, previoussubject: 'elsewhere' }],
  ]);
  const text = typeof value === 'string' || value === null ? value : JSON.stringify(value);
  return { shard: shard.index, value: text === null ? null : Buffer.from(text), meaning: { poison } };
}
