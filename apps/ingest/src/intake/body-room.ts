/**
 * The room in the lane that one request's body holds. A compressed body grows while it is expanded, so its room does too, piece by piece:
 * setting the largest size aside for each would let four small compressed posts fill the intake.
 */
import type { LogWriter } from '@landbridge/kafka';

type Lane = Pick<LogWriter, 'reserve'>;

export class BodyRoom {
  readonly #held: (() => void)[];
  #released = false;

  private constructor(
    private readonly lane: Lane,
    first: () => void,
    private readonly giveEventsBack: () => void,
  ) {
    this.#held = [first];
  }

  /**
   * Room for so many bytes; undefined when the lane is full.
   * @param giveEventsBack gives back the places of the body's events, as they were guessed; it may be called again
   */
  static of(lane: Lane, bytes: number, giveEventsBack: () => void): BodyRoom | undefined {
    const release = lane.reserve(bytes);
    return release === undefined ? undefined : new BodyRoom(lane, release, giveEventsBack);
  }

  /** Room for more bytes; false when the lane is full, or when this room was given back meanwhile. */
  grow(bytes: number): boolean {
    const release = this.#released ? undefined : this.lane.reserve(bytes);
    if (release === undefined) return false;
    this.#held.push(release);
    return true;
  }

  /** Gives back what was first set aside, when the compressed bytes are done with and their expansion has its own room. */
  releaseFirst(): void {
    this.#held.shift()?.();
  }

  /** Gives the places of its events back, when they are known and counted. */
  releaseEvents(): void {
    this.giveEventsBack();
  }

  /** Gives all of it back; calls after the first do nothing. A property, so that it can be handed on as a listener. */
  readonly release = (): void => {
    this.#released = true;
    for (const release of this.#held.splice(0)) release();
    this.giveEventsBack();
  };
}
