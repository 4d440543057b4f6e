import { describe, expect, test } from '@jest/globals';
import { EventsUnderWay } from './events-under-way.js';

const air = { tenant: 'zzh', carrier: 'air' };
const rail = { tenant: 'zzh', carrier: 'rail' };
const port = { tenant: 'zzh', carrier: 'port' };

function open() {
  const clock = { ms: 0 };
  return {
    clock,
    underWay: new EventsUnderWay({ eventsMax: 1_000, eventsMin: 100, waitMsMax: 2_000 }, () => clock.ms),
  };
}

const hasRoom = ({ underWay }: Opened, carrier: typeof air): boolean => {
  const places = underWay.expect(carrier, 0);
  places?.();
  return places !== undefined;
};

type Opened = ReturnType<typeof open>;

/** Lets requests of ten events in for as long as there is room; their ends. */
function fill({ underWay }: Opened, carrier = air): ((confirmed: boolean) => void)[] {
  const ends: ((confirmed: boolean) => void)[] = [];
  for (let places = underWay.expect(carrier, 4_000); places !== undefined; places = underWay.expect(carrier, 4_000)) {
    places();
    ends.push(underWay.enter(carrier, 10, 4_000));
  }
  return ends;
}

describe('the events of one carrier', () => {
  test('take half of the room, those of the second half of the rest, and there is always some', () => {
    const opened = open();
    expect(fill(opened, air)).toHaveLength(50);
    expect(fill(opened, rail)).toHaveLength(25);
    expect(hasRoom(opened, port)).toBe(true);
    expect(hasRoom(opened, { ...air, tenant: 'another' })).toBe(true);
    expect(hasRoom(opened, air)).toBe(false);
  });

  test('leave room for others while a body of any length is being read', () => {
    const opened = open();
    const giveBack = opened.underWay.expect(air, 8 * 1_048_576);
    expect(hasRoom(opened, rail)).toBe(true);
    expect(hasRoom(opened, air)).toBe(false);
    giveBack?.();
    expect(opened.underWay.events).toBe(0);
  });

  test('come to equal shares when all press', () => {
    const opened = open();
    const carriers = [air, rail, port];
    const ends = new Map(carriers.map((carrier) => [carrier, fill(opened, carrier)]));
    // Each time what has waited longest is written, and then every carrier asks.
    for (let round = 0; round < 200; round++) {
      for (const carrier of carriers) ends.get(carrier)!.shift()?.(true);
      for (const carrier of carriers) ends.get(carrier)!.push(...fill(opened, carrier));
    }
    for (const carrier of carriers) expect(ends.get(carrier)!.length * 10).toBeCloseTo(250, -2);
  });

  test('are let in however many they are, when nothing else is under way', () => {
    const opened = open();
    const { underWay } = opened;
    expect(hasRoom(opened, air)).toBe(true);
    const leave = underWay.enter(air, 5_000);
    expect(hasRoom(opened, rail)).toBe(false);
    leave(true);
    leave(true);
    expect(underWay.events).toBe(0);
    expect(hasRoom(opened, rail)).toBe(true);
  });
});

describe('events that are not read yet', () => {
  /** Bodies of so many bytes that are let in before one of them is read. */
  const bodies = ({ underWay }: Opened, bytes: number | undefined): (() => void)[] => {
    const found: (() => void)[] = [];
    for (let places = underWay.expect(air, bytes); places && found.length < 5_000; places = underWay.expect(air, bytes))
      found.push(places);
    return found;
  };

  test('are guessed from the length, so that a rush is not let in at once', () => {
    // 100 events each.
    expect(bodies(open(), 40_000)).toHaveLength(5);
  });

  test('are guessed by those that came before', () => {
    const opened = open();
    for (let n = 0; n < 100; n++) opened.underWay.enter(air, 10, 40_000)(true);
    expect(bodies(opened, 40_000)).toHaveLength(50);
    for (let n = 0; n < 100; n++) opened.underWay.enter(air, 0, 40_000)(true);
    expect(opened.underWay.events).toBe(500);
  });

  test('are one for a body of unknown length, and give their places back once', () => {
    const opened = open();
    const found = bodies(opened, undefined);
    expect(found).toHaveLength(500);
    for (const giveBack of found) giveBack();
    found[0]!();
    expect(opened.underWay.events).toBe(0);
  });
});

describe('the limit', () => {
  test('falls to what a slow log writes in good time', () => {
    const opened = open();
    const ends = fill(opened);
    // Fifty events a second: the last of 500 waits ten seconds.
    for (const end of ends) {
      opened.clock.ms += 200;
      end(true);
    }
    expect(opened.underWay.limit).toBe(100);
    const again = fill(opened);
    expect(again).toHaveLength(5);
    for (const end of again) {
      opened.clock.ms += 200;
      end(true);
    }
    expect(opened.clock.ms).toBe(11_000);
  });

  test('is where the log’s pace says, when that is above the least', () => {
    const opened = open();
    const ends = fill(opened);
    opened.clock.ms += 4_000;
    // 500 in four seconds, so 250 in two.
    ends.at(-1)!(true);
    expect(opened.underWay.limit).toBe(250);
  });

  test('falls by what was never confirmed as well', () => {
    const opened = open();
    const ends = fill(opened);
    opened.clock.ms += 10_000;
    for (const end of ends) end(false);
    expect(opened.underWay.limit).toBe(100);
  });

  test('comes back while the log is quick, and not by refusals that are quick', () => {
    const opened = open();
    opened.clock.ms += 10_000;
    const [first = () => undefined] = fill(opened);
    opened.clock.ms += 10_000;
    first(false);
    expect(opened.underWay.limit).toBe(100);
    for (let n = 0; n < 200; n++) opened.underWay.enter(rail, 10)(false);
    expect(opened.underWay.limit).toBe(100);
    for (let n = 0; n < 200; n++) opened.underWay.enter(rail, 10)(true);
    expect(opened.underWay.limit).toBe(1_000);
  });
});
