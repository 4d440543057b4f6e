/** Messages that show a format: for its tests, for the conformance kit, and as examples in the documentation. */

export interface FormatSample {
  /** Unique within its format, in kebab case. */
  readonly name: string;
  /** Whether every event of it is accepted. */
  readonly valid: boolean;
  /** What the message says or, where it is not valid, what is wrong with it: one sentence. */
  readonly says: string;
  readonly text: string;
  /** How many events are accepted, where that is neither none nor told by `valid`: some of a partly valid message. */
  readonly eventsAccepted?: number;
}
