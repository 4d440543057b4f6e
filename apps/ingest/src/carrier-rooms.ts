/**
 * The room in the lane that the bodies of one carrier may hold at a time: all but what the largest body needs.
 *
 * A chunked body takes the room of the largest for as long as its sender takes over it, so four slow senders of one carrier would fill
 * the intake for all tenants. Whatever one carrier does, a body of another finds room.
 */
import type { CarrierKey } from '@landbridge/contracts';
import type { LogWriter } from '@landbridge/kafka';

type Lane = Pick<LogWriter, 'reserve'>;

export class CarrierRooms {
  /** Bytes that are held now, by carrier; those that hold nothing are not in it. */
  readonly #held = new Map<string, number>();
  readonly #bytesMax: number;

  constructor(
    private readonly lane: Lane,
    laneBytesMax: number,
    bodyBytesMax: number,
  ) {
    this.#bytesMax = Math.max(bodyBytesMax, laneBytesMax - bodyBytesMax);
  }

  /** The lane as one carrier sees it: full for it when its share is. */
  of({ tenant, carrier }: Pick<CarrierKey, 'tenant' | 'carrier'>): Lane {
    const owner = JSON.stringify([tenant, carrier]);
    return { reserve: (bytes) => this.#reserve(owner, bytes) };
  }

  #reserve(owner: string, bytes: number): (() => void) | undefined {
    const held = (this.#held.get(owner) ?? 0) + bytes;
    if (held > this.#bytesMax) return undefined;
    const release = this.lane.reserve(bytes);
    if (release === undefined) return undefined;
    this.#held.set(owner, held);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      release();
      const left = this.#held.get(owner)! - bytes;
      if (left > 0) this.#held.set(owner, left);
      else this.#held.delete(owner);
    };
  }
}
