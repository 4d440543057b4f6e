import { describe, expect, test } from '@jest/globals';
import { BodyRoom } from './body-room.js';
import { CarrierRooms } from './carrier-rooms.js';

const nothing = (): void => undefined;
const slow = { tenant: 'zzh', carrier: 'slow' };
const other = { tenant: 'zzh', carrier: 'other' };
const namesake = { tenant: 'another', carrier: 'slow' };

/** Rooms in a lane of so many bytes, and what is held of the lane. */
function roomsOf(laneBytes: number, heldByEvents = 0) {
  let held = heldByEvents;
  const lane = {
    reserve: (bytes: number) => {
      if (held + bytes > laneBytes) return undefined;
      held += bytes;
      let released = false;
      return () => {
        if (!released) held -= bytes;
        released = true;
      };
    },
  };
  return { rooms: new CarrierRooms(lane, laneBytes), held: () => held };
}

describe('the room of one carrier', () => {
  test('leaves as much to others, and so does theirs', () => {
    const { rooms } = roomsOf(32);
    const taken = (carrier: typeof slow, bytes: number) => rooms.of(carrier).reserve(bytes) !== undefined;
    expect([8, 8, 8, 1].map((bytes) => taken(slow, bytes))).toEqual([true, true, false, false]);
    // A second one finds room for its largest body, and however many press, the next finds some.
    expect([8, 1].map((bytes) => taken(other, bytes))).toEqual([true, false]);
    expect([4, 1].map((bytes) => taken(namesake, bytes))).toEqual([true, false]);
    expect(taken({ tenant: 'zzh', carrier: 'fourth' }, 2)).toBe(true);
  });

  test('comes back with each release, once', () => {
    const { rooms, held } = roomsOf(32);
    const releases = [8, 8].map((bytes) => rooms.of(slow).reserve(bytes)!);
    releases[0]!();
    releases[0]!();
    expect(held()).toBe(8);
    expect(rooms.of(slow).reserve(8)).toBeDefined();
    expect(rooms.of(slow).reserve(1)).toBeUndefined();
  });

  test('holds for bodies that grow, and is given back with them', () => {
    const { rooms, held } = roomsOf(32);
    const growing = BodyRoom.of(rooms.of(slow), 8, nothing)!;
    expect([growing.grow(8), growing.grow(1)]).toEqual([true, false]);
    growing.release();
    expect(held()).toBe(0);
    expect(BodyRoom.of(rooms.of(slow), 8, nothing)).toBeDefined();
  });

  test('always holds one body of half the lane, and takes nothing where events fill it', () => {
    expect(roomsOf(16).rooms.of(slow).reserve(8)).toBeDefined();
    const { rooms, held } = roomsOf(16, 12);
    expect(rooms.of(slow).reserve(8)).toBeUndefined();
    expect(held()).toBe(12);
    expect(rooms.of(slow).reserve(4)).toBeDefined();
  });
});
