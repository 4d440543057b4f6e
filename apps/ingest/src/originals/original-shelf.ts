/**
 * Carriers' messages, read back from the log for those who sent them.
 *
 * Reading needs a consumer, which takes seconds to join and a heartbeat to keep. Few ask for originals, so it is opened by the first who
 * does, and closed when nobody has asked for some minutes. Refused: one consumer for each question, which would pay the joining each time.
 */
import type { CarrierKey, Problem } from '@landbridge/contracts';
import { readOriginal, type KeptOriginal, type LogReader, type OriginalPlace } from '@landbridge/kafka';
import type { Logger } from '@landbridge/telemetry';
import { FairShares } from '../intake/fair-shares.js';

export type ShelfAnswer =
  /** Its place is taken until `release` is called: when the answer is out, or nobody hears it. */
  | { readonly ok: true; readonly original: KeptOriginal; readonly release: () => void }
  | { readonly ok: false; readonly problem: Problem };

/** What of a key says which originals it may read. */
type OriginalReader = Pick<CarrierKey, 'tenant' | 'carrier' | 'sandbox'>;

type Reader = Pick<LogReader, 'start' | 'stop' | 'extents' | 'read'>;

/**
 * An original has 8 MiB at most. One that waits for the log is not in memory yet; one that its reader is slow to take is, until the last
 * byte is out. Carriers share the places fairly.
 */
const placesMax = 16;
const readDeadlineMs = 8_000;
const idleMs = 300_000;

export class OriginalShelf {
  #reader: Promise<Reader> | undefined;
  #idle: NodeJS.Timeout | undefined;
  readonly #places = new FairShares();
  /** One after the other: a reader has one range a partition, and an original may be large. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param open makes a reader of the topic of originals, not started yet */
  constructor(
    private readonly open: () => Reader,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /**
   * The original at a place, for the carrier that sent it. Another's, of the same tenant too, is not found: that it exists is not told.
   * So is one from the other side of the sandbox: keys for tests are given to people who are to see no real message.
   * Problems: not_found, overloaded, log_unavailable.
   */
  async find(asker: OriginalReader, place: OriginalPlace): Promise<ShelfAnswer> {
    if (!this.#places.fits(asker, 1, placesMax))
      return refuse('overloaded', 'too many originals are asked for at a time; ask again after the stated time');
    const release = this.#places.take(asker, 1);
    let handedOut = false;
    try {
      const turn = this.#turn.then(() => this.#read(place));
      this.#turn = turn.catch(() => undefined);
      const original = await turn;
      if (original === undefined || !isOf(original, asker)) return noSuchOriginal;
      handedOut = true;
      return { ok: true, original, release };
    } catch (err) {
      this.logger.warn({ err }, 'an original could not be read');
      return refuse('log_unavailable', 'the log cannot be read now; ask again after the stated time');
    } finally {
      if (!handedOut) release();
    }
  }

  /** Leaves the log. Never rejects. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const reader = this.#reader;
    this.#reader = undefined;
    await (await reader?.catch(() => undefined))?.stop();
  }

  /** Nest's hook for the end of the process. */
  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async #read(place: OriginalPlace): Promise<KeptOriginal | undefined> {
    clearTimeout(this.#idle);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('the log did not answer in time')), readDeadlineMs);
    try {
      this.#reader ??= this.#start();
      const reader = await Promise.race([this.#reader, late.promise]);
      return await Promise.race([readOriginal(reader, place), late.promise]);
    } catch (error) {
      // The next question begins with a new one.
      void this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#idle = setTimeout(() => void this.close(), idleMs).unref();
    }
  }

  async #start(): Promise<Reader> {
    const reader = this.open();
    await reader.start();
    return reader;
  }
}

function isOf({ tenant, carrier, sandbox }: KeptOriginal, asker: OriginalReader): boolean {
  return tenant === asker.tenant && carrier === asker.carrier && sandbox === (asker.sandbox ?? false);
}

/** Of a place where nothing stands, and of one where another carrier's original does. */
export const noSuchOriginal: ShelfAnswer = {
  ok: false,
  problem: { code: 'not_found', detail: 'you have no original at this place' },
};

const refuse = (code: Problem['code'], detail: string): ShelfAnswer => ({ ok: false, problem: { code, detail } });
