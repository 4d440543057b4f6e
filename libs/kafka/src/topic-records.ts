/**
 * The records of one topic in one send, as kafkajs takes them, grouped by partition in one pass.
 *
 * kafkajs 2.2.4 groups them with `messages.reduce(...)` whose step copies all earlier records of a partition for each new one, and all
 * partitions with it: a twentieth of what a loaded door does. The array that it is given is ours, so its `reduce` is too: the step
 * says the partition of a record, and the record is put beside the others.
 */
import type { Message } from 'kafkajs';

/** By partition, in order. */
type Grouped = Record<string, Message[]>;

export class TopicRecords extends Array<Message> {
  /** Arrays made from this one, by `map` for instance, are plain. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** What kafkajs' own step would give. @param step adds a message to the group of its partition */
  override reduce<U>(step: (groups: U, message: Message, at: number, all: Message[]) => U, groups?: U): U {
    const grouped = groups as Grouped;
    for (let at = 0; at < this.length; at++) {
      const message = this[at]!;
      const single = step({} as U, message, at, this) as Grouped;
      for (const partition in single) (grouped[partition] ??= []).push(message);
    }
    return groups!;
  }
}
