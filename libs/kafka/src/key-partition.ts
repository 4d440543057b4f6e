/**
 * The partition of a key, as every Kafka client says it: murmur2 over the key's UTF-8 bytes. kafkajs counts the same hash with numbers of
 * 64 bits, as objects; this one needs none. A test holds the two together.
 */
import type { ICustomPartitioner, Message } from 'kafkajs';

/** What LogWriter's producers partition by. */
export const keyPartitioner: ICustomPartitioner =
  () =>
  ({ partitionMetadata, message }) => {
    if (message instanceof PartitionCount) message.partitions = partitionMetadata.length;
    return partitionOf(message, partitionMetadata.length);
  };

/**
 * Handed to kafkajs in the place of a message, it learns how many partitions the topic has: kafkajs says that to nobody but its
 * partitioner.
 */
export class PartitionCount implements Message {
  readonly value = null;
  /** 0 until `keyPartitioner` was asked where it goes. */
  partitions = 0;
}

/** The record's own partition, else its key's. Every record of ours has a key. */
export function partitionOf({ key, partition }: Message, partitions: number): number {
  return partition ?? partitionOfKey(key ?? '', partitions);
}

/** From 0 up to, not including, `partitions`. */
export function partitionOfKey(key: string | Buffer, partitions: number): number {
  const hash = typeof key === 'string' ? murmur2OfText(key) : murmur2OfBytes(key);
  return (hash & 0x7fffffff) % partitions;
}

/** Where keys are hashed, but long ones and those beyond ASCII: a buffer for each costs more than its hash. */
const scratch = Buffer.alloc(128);

function murmur2OfText(key: string): number {
  const { length } = key;
  for (let at = 0; at < length; at++) {
    const code = key.charCodeAt(at);
    if (code > 0x7f || at === scratch.length) return murmur2OfBytes(Buffer.from(key));
    scratch[at] = code;
  }
  return murmur2(scratch, length);
}

function murmur2OfBytes(bytes: Uint8Array): number {
  return murmur2(bytes, bytes.length);
}

const seed = 0x9747b28c;
const mixer = 0x5bd1e995;

/** @see https://github.com/apache/kafka/blob/4.0/clients/src/main/java/org/apache/kafka/common/utils/Utils.java */
function murmur2(bytes: Uint8Array, length: number): number {
  const whole = length & ~3;
  let hash = seed ^ length;
  for (let at = 0; at < whole; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    word = Math.imul(word, mixer);
    word = Math.imul(word ^ (word >>> 24), mixer);
    hash = Math.imul(hash, mixer) ^ word;
  }
  const left = length - whole;
  if (left === 3) hash ^= bytes[whole + 2]! << 16;
  if (left >= 2) hash ^= bytes[whole + 1]! << 8;
  if (left >= 1) hash = Math.imul(hash ^ bytes[whole]!, mixer);
  hash = Math.imul(hash ^ (hash >>> 13), mixer);
  return hash ^ (hash >>> 15);
}
