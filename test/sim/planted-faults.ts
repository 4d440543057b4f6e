/**
 * Faults that the fold could have, planted from outside: each stands between the real folder and the real store, or changes what the
 * folder reads. A simulation that does not notice one of them would not notice its like in our code either.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import type { ShardChange, ShardStore } from '@landbridge/domain';
import type { SeededRandom } from '../chaos/seeded-random.js';
import type { PlantedFault } from './hub-simulation.js';
import type { LogEntry } from './planned-log.js';

export const plantedFaults: Readonly<Record<string, PlantedFault>> = {
  'a store that applies a change whatever its position is': {
    store: (store) =>
      instead(store, {
        apply: async (shard, change) => {
          const [expectedNext] = await store.positions([shard]);
          return store.apply(shard, { ...change, expectedNext: expectedNext! });
        },
      }),
  },
  'a store that takes a position without its ids': changing((change) => ({ ...change, idAppends: [] })),
  'a store that takes a position with half of its cells': changing((change) => ({
    ...change,
    cells: change.cells.slice(0, change.cells.length >> 1),
  })),
  'a store that takes cells and ids without their position': changing((change) => ({
    ...change,
    next: change.expectedNext,
  })),
  'a store that reads cells wherever it is': {
    store: (store) =>
      instead(store, {
        readBuckets: async (shard, _next, buckets) => {
          const [next] = await store.positions([shard]);
          return store.readBuckets(shard, next!, buckets);
        },
      }),
  },
  'a memory that forgets ids at random': {
    store: (store, random) =>
      instead(store, {
        load: async (shard) => {
          const image = await store.load(shard);
          if (!random.chance(0.3)) return image;
          return { ...image, segments: image.segments.map((one) => ({ ...one, bytes: new Uint8Array() })) };
        },
      }),
  },
  'a folder that drops a record': {
    records: (entries, random) => {
      const dropped = random.chance(0.1) ? random.integer(0, entries.length - 1) : -1;
      return entries.filter((_, i) => i !== dropped);
    },
  },
  'a folder that counts the amounts of a record twice': reading((event) => ({
    ...event,
    data: event.data && { ...event.data, quantities: doubled(event.data.quantities ?? {}) },
  })),
  'a folder that counts a record in the hour after': reading((event) => ({
    ...event,
    time: new Date(Date.parse(event.time) + 3_600_000).toISOString(),
  })),
  'a folder that does not see revisions': reading(
    ({ revision: _revision, previoussubject: _subject, ...event }) => event,
  ),
  'a folder that does not see retractions': reading(({ retracted, ...event }) =>
    event.data ? event : { ...event, retracted },
  ),
  'a folder that goes on without its dead letters': { losesDeadLetters: true },
};

/** One change in ten is spoilt on its way to the real store. */
function changing(spoil: (change: ShardChange) => ShardChange): PlantedFault {
  return {
    store: (store, random) =>
      instead(store, {
        apply: (shard, change) => store.apply(shard, random.chance(0.1) ? spoil(change) : change),
      }),
  };
}

/** One event in twenty is read wrongly, or as many as the share says. */
function reading(misread: (event: CanonicalEvent) => CanonicalEvent, share = 0.05): PlantedFault {
  const read = (entry: LogEntry, random: SeededRandom): LogEntry => {
    if ('poison' in entry.meaning || !random.chance(share)) return entry;
    const value = Buffer.from(JSON.stringify(misread(entry.meaning.event)));
    return { ...entry, message: { ...entry.message, value } as LogEntry['message'] };
  };
  return { records: (entries, random) => entries.map((entry) => read(entry, random)) };
}

function doubled(amounts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, 2 * amount]));
}

function instead(store: ShardStore, other: Partial<ShardStore>): ShardStore {
  return {
    load: (shard) => store.load(shard),
    readBuckets: (...asked) => store.readBuckets(...asked),
    apply: (...asked) => store.apply(...asked),
    positions: (shards) => store.positions(shards),
    ...other,
  };
}
