import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WaitingRoom } from './waiting-room.js';

const air = { tenant: 'zzh', carrier: 'air' };
const rail = { tenant: 'zzh', carrier: 'rail' };
const kibibyte = 1_024;

const opened: { room: WaitingRoom; state: { nowMs: number; free: number; gone: Set<string> } }[] = [];

/** A waiting room before an intake with so much room, and what became of whom, in order. */
function open(bytesMax = 1_024 * kibibyte) {
  const state = { nowMs: 0, free: 0, gone: new Set<string>() };
  const room = new WaitingRoom({ bytesMax, waitMsMax: 1_000 }, () => state.nowMs);
  opened.push({ room, state });
  const log: string[] = [];
  const wait = (name: string, carrier = air, bytes = 0): boolean =>
    room.wait(carrier, {
      bytes,
      enter: () => {
        if (state.gone.has(name)) return 'gone';
        if (state.free === 0) return 'full';
        state.free--;
        log.push(`${name} enters`);
        return 'entered';
      },
      giveUp: () => log.push(`${name} is refused`),
    });
  const free = async (places: number): Promise<void> => {
    state.free += places;
    room.roomCameBack();
    await turn();
  };
  return { room, state, log, wait, free };
}

afterEach(async () => {
  // Everybody leaves, and with the last one the clock stops.
  for (const { room, state } of opened.splice(0)) {
    state.nowMs = Infinity;
    room.roomCameBack();
  }
  await turn();
});

describe('who waits', () => {
  test('is let in when room comes back, in the order of arrival', async () => {
    const { room, log, wait, free } = open();
    for (const name of ['first', 'second', 'third']) expect(wait(name)).toBe(true);
    expect(room.isQueued(air)).toBe(true);
    expect(room.isQueued(rail)).toBe(false);
    await free(2);
    expect(log).toEqual(['first enters', 'second enters']);
    await free(1);
    expect(log.at(-1)).toBe('third enters');
    expect(room.isQueued(air)).toBe(false);
  });

  test('takes turns with other carriers', async () => {
    const { room, log, wait, free } = open();
    for (const name of ['air 1', 'air 2', 'air 3']) wait(name, air);
    for (const name of ['rail 1', 'rail 2']) wait(name, rail);
    expect(room.requests).toBe(5);
    await free(5);
    expect(room.requests).toBe(0);
    expect(log).toEqual(['air 1 enters', 'rail 1 enters', 'air 2 enters', 'rail 2 enters', 'air 3 enters']);
  });

  test('is refused when his time is over, and not before', async () => {
    const { state, log, wait, free } = open();
    wait('early');
    state.nowMs = 500;
    wait('late');
    state.nowMs = 999;
    await free(0);
    expect(log).toEqual([]);
    state.nowMs = 1_000;
    await free(0);
    expect(log).toEqual(['early is refused']);
    await free(1);
    expect(log.at(-1)).toBe('late enters');
  });

  test('and has gone away takes no room', async () => {
    const { state, log, wait, free } = open();
    for (const name of ['gone', 'here', 'last']) wait(name);
    state.gone.add('gone');
    await free(1);
    expect(log).toEqual(['here enters']);
  });
});

test('who finds no place is refused as late as those who have one', async () => {
  const { room, state, log, wait, free } = open();
  wait('placed');
  room.refuseLate(() => log.push('unplaced is refused'));
  state.nowMs = 999;
  await free(0);
  expect(log).toEqual([]);
  state.nowMs = 1_000;
  await free(0);
  expect(log).toEqual(['placed is refused', 'unplaced is refused']);
  // There is a bound of them, beyond which it is refused at once.
  for (let n = 0; n < 4_097; n++) room.refuseLate(() => log.push(`${n} is refused`));
  expect(log.slice(2)).toEqual(['4096 is refused']);
});

describe('the places', () => {
  test('are bounded by the bytes that may have come, and shared', async () => {
    const { wait, free, state } = open(64 * kibibyte);
    const placesOf = (carrier: typeof air, bytes: number): number => {
      let places = 0;
      while (places < 100 && wait(`${carrier.carrier} ${places}`, carrier, bytes)) places++;
      return places;
    };
    // 4 KiB for each request, and 12 for its body: one carrier has half of 64, the next half of what is left.
    expect(placesOf(air, 12 * kibibyte)).toBe(2);
    expect(placesOf(rail, 0)).toBe(4);
    state.nowMs = 1_000;
    await free(0);
    // Of a large body no more is read than of a small one, so two find places in twice the room.
    const large = open(4 * 68 * kibibyte);
    expect([1, 2, 3].map((n) => large.wait(`large ${n}`, air, 8 * kibibyte * kibibyte))).toEqual([true, true, false]);
    expect(placesOf(air, 12 * kibibyte)).toBe(2);
  });
});
