/**
 * The records of one topic in one send, as kafkajs takes them, grouped by partition in one pass.
 *
 * kafkajs 2.2.4 groups them with `messages.reduce(...)` whose step copies all earlier records of a partition for each new one, and all
 * partitions with it. The array that it is given is ours, so its `reduce` is too. The step is asked once, for the number of partitions
 * (`PartitionCount`), and not for each record: the five objects that it makes for one were as much garbage as the record itself.
 */
import type { Message } from 'kafkajs';
import { PartitionCount, partitionOf } from './key-partition.js';

/** By partition, in order. */
type Grouped = Record<number, Message[]>;

export class TopicRecords extends Array<Message> {
  /** Arrays made from this one, by `map` for instance, are plain. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /**
   * What kafkajs' own step would give. Throws where that does not ask `keyPartitioner`, which is a bug.
   * @param step adds a message to the group of its partition
   */
  override reduce<U>(step: (groups: U, message: Message, at: number, all: Message[]) => U, groups?: U): U {
    const count = new PartitionCount();
    step({} as U, count, 0, this);
    if (count.partitions === 0) throw new Error('these records are grouped by keyPartitioner only');
    const grouped = groups as Grouped;
    for (let at = 0; at < this.length; at++) {
      const message = this[at]!;
      (grouped[partitionOf(message, count.partitions)] ??= []).push(message);
    }
    return groups!;
  }
}
