/**
 * What the carrier of a chaos run sends: new events, and every kind of second thought about old ones.
 *
 * All is decided by a seed. Each version of an id has content of its own, so what counts in the end is a function of which versions the
 * hub has, whatever order and however often they came.
 */
import { SeededRandom } from './seeded-random.js';

/** A CloudEvents event as it is posted; plain, because the client that is tested against shall not lean on our own types. */
export interface PostedEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly revision?: number;
  readonly retracted?: true;
  readonly previoussubject?: string;
  readonly data?: EventContent;
}

interface EventContent {
  readonly classifier: string;
  readonly milestone: string;
  readonly hub: string;
  readonly corridor: string;
  readonly direction: string;
  readonly partner?: string;
  readonly brand?: string;
  readonly tradeMode?: string;
  readonly portOfEntry?: string;
  readonly transport?: { readonly mode: string; readonly carrier: string };
  readonly unit: { readonly type: string; readonly id: string };
  readonly quantities?: Readonly<Record<string, number>>;
}

/** An id whose story is not over: it may be corrected, taken back, moved, or posted again. */
interface Story {
  readonly kind: Kind;
  /** Everything posted under the id so far; the last one is the newest. */
  readonly versions: PostedEvent[];
}

/** Ids that corrections pick from; a random one makes room, so that ids of any age are among them. */
const storiesMax = 20_000;
const versionsMax = 6;
/** Originals that wait behind their own correction. */
const heldBackMax = 200;

const day = 86_400_000;
/** The busy week: most events of a hub are of the same days, and share cells. */
const busyFrom = Date.UTC(2024, 5, 3);
/** Late and old events: any hour of these years. */
const oldFrom = Date.UTC(2018, 0, 1);
const oldTo = Date.UTC(2024, 11, 31);

export class CarrierEvents {
  readonly #random: SeededRandom;
  readonly #stories: Story[] = [];
  readonly #heldBack: PostedEvent[] = [];
  #ids = 0;

  /** @param source the CloudEvents source that the carrier's key may speak for */
  constructor(
    seed: number,
    private readonly source: string,
  ) {
    this.#random = new SeededRandom(seed);
  }

  /** The next event to post. */
  next(): PostedEvent {
    const random = this.#random;
    const step = random.next();
    if (this.#stories.length > 100) {
      if (step < 0.03) return random.pick(random.pick(this.#stories).versions);
      if (step < 0.06) return this.#later(random.pick(this.#stories), 'replace');
      if (step < 0.08) return this.#retraction(random.pick(this.#stories));
      if (step < 0.09) return this.#later(random.pick(this.#stories), 'move');
      if (step < 0.11 && this.#heldBack.length > 0) return this.#takeHeldBack();
    }
    return this.#begin(step > 0.98);
  }

  /** The originals that were overtaken by their corrections and are still to come, so that the run can end. */
  rest(): PostedEvent[] {
    return this.#heldBack.splice(0);
  }

  /** A new id. `overtaken`: its correction or retraction goes first, and the original follows some seconds later. */
  #begin(overtaken: boolean): PostedEvent {
    const random = this.#random;
    const kind = random.pick(kinds);
    this.#ids += 1;
    const original: PostedEvent = {
      specversion: '1.0',
      id: `e-${this.#ids}`,
      source: this.source,
      type: kind.type,
      subject: `${kind.unit}-${random.integer(1, 2_000)}`,
      time: this.#time(),
      data: this.#content(kind),
    };
    const story: Story = { kind, versions: [original] };
    if (this.#stories.length < storiesMax) this.#stories.push(story);
    else this.#stories[random.integer(0, storiesMax - 1)] = story;
    if (!overtaken || this.#heldBack.length >= heldBackMax) return original;
    this.#heldBack.push(original);
    return random.chance(0.5) ? this.#retraction(story) : this.#later(story, 'replace');
  }

  #takeHeldBack(): PostedEvent {
    return this.#heldBack.shift()!;
  }

  /** A higher revision with other content, also of an event that was taken back: it counts again. */
  #later(story: Story, how: 'replace' | 'move'): PostedEvent {
    const { specversion, id, source, type, subject, revision = 0 } = story.versions.at(-1)!;
    const moved = `${story.kind.unit}-${this.#random.integer(2_001, 4_000)}`;
    const version: PostedEvent = {
      specversion,
      id,
      source,
      type,
      subject: how === 'move' ? moved : subject,
      ...(how === 'move' && moved !== subject ? { previoussubject: subject } : {}),
      time: this.#time(),
      revision: revision + 1,
      data: this.#content(story.kind),
    };
    return remembered(story, version);
  }

  /** Takes the newest version back; what a retraction says of the event besides is not needed, and left out half of the time. */
  #retraction(story: Story): PostedEvent {
    const { specversion, id, source, type, subject, time, revision, data } = story.versions.at(-1)!;
    const told = {
      ...(revision === undefined ? {} : { revision }),
      ...(data !== undefined && this.#random.chance(0.5) ? { data } : {}),
    };
    return remembered(story, { specversion, id, source, type, subject, time, retracted: true, ...told });
  }

  #content(kind: Kind): EventContent {
    const random = this.#random;
    const direction = random.pick(['inbound', 'outbound'] as const);
    const spread = random.next();
    // Some events are true and yet not to be counted: announced, at another milestone, or only passing through.
    const classifier = spread < 0.03 ? 'planned' : 'actual';
    const milestone = spread > 0.03 && spread < 0.06 ? 'manifested' : kind.countsAt[direction];
    return {
      classifier,
      milestone,
      hub: random.pick(['CGO', 'CGO', 'CGO', 'XIY']),
      corridor: kind.corridor,
      direction: spread > 0.06 && spread < 0.07 ? 'transit' : direction,
      ...(random.chance(0.95) ? { partner: random.pick(partners) } : {}),
      ...kind.details(random),
      unit: { type: kind.unit, id: `${kind.unit}-${this.#ids}` },
      ...(random.chance(0.98) ? { quantities: kind.quantities(random) } : {}),
    };
  }

  /** Written in one of the zones that carriers write in; the hub's own hour decides the cell. */
  #time(): string {
    const random = this.#random;
    const moment = random.chance(0.6)
      ? random.integer(busyFrom, busyFrom + 7 * day)
      : random.integer(oldFrom / day, oldTo / day) * day +
        random.pick([random.integer(0, day - 1), 57_600_000, 57_599_999]);
    const [offset, shift] = random.pick(zones);
    return `${new Date(moment + shift).toISOString().slice(0, -1)}${offset}`;
  }
}

function remembered(story: Story, version: PostedEvent): PostedEvent {
  story.versions.push(version);
  if (story.versions.length > versionsMax) story.versions.shift();
  return version;
}

const zones = [
  ['Z', 0],
  ['+08:00', 28_800_000],
  ['-05:00', -18_000_000],
] as const;

const partners = ['CN', 'CN', 'DE', 'LU', 'US', 'NL', 'PL', 'KZ', 'JP', 'RU'];

interface Kind {
  readonly type: string;
  readonly unit: string;
  readonly corridor: string;
  readonly countsAt: { readonly inbound: string; readonly outbound: string };
  readonly details: (random: SeededRandom) => Partial<EventContent>;
  readonly quantities: (random: SeededRandom) => Record<string, number>;
}

const travels = { inbound: 'arrived', outbound: 'departed' };
const isReleased = { inbound: 'released', outbound: 'released' };

const kinds: readonly Kind[] = [
  {
    type: 'landbridge.air.event.v1',
    unit: 'flight',
    corridor: 'air',
    countsAt: travels,
    details: (random) => ({ transport: { mode: 'air', carrier: random.pick(['CV', 'CA', 'CX']) } }),
    quantities: (random) => ({ pieces: random.integer(1, 900), weightGrams: random.integer(1, 100_000_000) }),
  },
  {
    type: 'landbridge.rail.event.v1',
    unit: 'train',
    corridor: 'land',
    countsAt: travels,
    details: (random) => (random.chance(0.2) ? { brand: 'cainiao' } : {}),
    quantities: (random) => ({ weightGrams: random.integer(1, 2_000_000) }),
  },
  {
    type: 'landbridge.port.event.v1',
    unit: 'consignment',
    corridor: 'land',
    countsAt: isReleased,
    details: (random) => ({ tradeMode: '0110', portOfEntry: random.pick(['meat', 'fruit', 'automobile']) }),
    quantities: (random) => ({ weightGrams: random.integer(1, 30_000_000), valueFen: random.integer(1, 90_000_000) }),
  },
  {
    type: 'landbridge.cbec.event.v1',
    unit: 'manifest',
    corridor: 'online',
    countsAt: isReleased,
    details: (random) => ({ tradeMode: random.pick(['1210', '9610']) }),
    quantities: (random) => ({ parcels: random.integer(1, 5_000), valueFen: random.integer(1, 90_000_000) }),
  },
  {
    type: 'landbridge.cbec.event.v1',
    unit: 'declaration',
    corridor: 'online',
    countsAt: isReleased,
    details: () => ({ tradeMode: '9610' }),
    quantities: (random) => ({ parcels: random.integer(1, 9) }),
  },
];
