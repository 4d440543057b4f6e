/**
 * The room in the lane that the bodies of one carrier may hold at a time. A chunked body takes the room of the largest for as long as its
 * sender takes over it, so a few slow senders could fill the intake for all tenants; by fair shares no number of carriers can.
 */
import type { CarrierName } from '@landbridge/contracts';
import type { LogWriter } from '@landbridge/kafka';
import { FairShares } from './fair-shares.js';

type Lane = Pick<LogWriter, 'reserve'>;

export class CarrierRooms {
  readonly #bytes = new FairShares();

  constructor(
    private readonly lane: Lane,
    private readonly laneBytesMax: number,
  ) {}

  /** The lane as one carrier sees it: full for it when its share is. */
  of(carrier: CarrierName): Lane {
    return { reserve: (bytes) => this.#reserve(carrier, bytes) };
  }

  #reserve(carrier: CarrierName, bytes: number): (() => void) | undefined {
    if (!this.#bytes.fits(carrier, bytes, this.laneBytesMax)) return undefined;
    const release = this.lane.reserve(bytes);
    if (release === undefined) return undefined;
    const giveBack = this.#bytes.take(carrier, bytes);
    // Both may be called again, and both ignore it.
    return () => {
      release();
      giveBack();
    };
  }
}
