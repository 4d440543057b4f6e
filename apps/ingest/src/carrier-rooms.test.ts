import { describe, expect, test } from '@jest/globals';
import { BodyRoom } from './body-room.js';
import { CarrierRooms } from './carrier-rooms.js';

const slow = { tenant: 'zzh', carrier: 'slow' };
const other = { tenant: 'zzh', carrier: 'other' };
const namesake = { tenant: 'another', carrier: 'slow' };

/** Rooms in a lane of so many bytes, whose largest body has 8, and what is held of the lane. */
function roomsOf(laneBytes: number) {
  let held = 0;
  const lane = {
    reserve: (bytes: number) => {
      if (held + bytes > laneBytes) return undefined;
      held += bytes;
      return () => void (held -= bytes);
    },
  };
  return { rooms: new CarrierRooms(lane, laneBytes, 8), held: () => held };
}

describe('the room of one carrier', () => {
  test('leaves that of the largest body to others, who may take it', () => {
    const { rooms } = roomsOf(32);
    const taken = [8, 8, 8, 8].map((bytes) => rooms.of(slow).reserve(bytes) !== undefined);
    expect(taken).toEqual([true, true, true, false]);
    expect(rooms.of(namesake).reserve(4)).toBeDefined();
    expect(rooms.of(other).reserve(4)).toBeDefined();
    expect(rooms.of(other).reserve(1)).toBeUndefined();
  });

  test('comes back with each release, once', () => {
    const { rooms, held } = roomsOf(32);
    const releases = [8, 8, 8].map((bytes) => rooms.of(slow).reserve(bytes)!);
    releases[0]!();
    releases[0]!();
    expect(held()).toBe(16);
    expect(rooms.of(slow).reserve(8)).toBeDefined();
    expect(rooms.of(slow).reserve(1)).toBeUndefined();
  });

  test('holds for bodies that grow, and is given back with them', () => {
    const { rooms, held } = roomsOf(32);
    const growing = BodyRoom.of(rooms.of(slow), 8)!;
    expect([growing.grow(8), growing.grow(8), growing.grow(1)]).toEqual([true, true, false]);
    growing.release();
    expect(held()).toBe(0);
    expect(BodyRoom.of(rooms.of(slow), 8)).toBeDefined();
  });

  test('always holds one body, however small the lane', () => {
    expect(roomsOf(8).rooms.of(slow).reserve(8)).toBeDefined();
  });
});
