/**
 * The partition of a key, as every Kafka client says it: murmur2 over the key's UTF-8 bytes. kafkajs counts the same hash with numbers of
 * 64 bits, as objects; this one needs none. A test holds the two together.
 */
import type { ICustomPartitioner } from 'kafkajs';

/** What LogWriter's producers partition by: the record's own partition, else its key's. Every record of ours has a key. */
export const keyPartitioner: ICustomPartitioner =
  () =>
  ({ partitionMetadata, message: { key, partition } }) =>
    partition ?? partitionOfKey(key ?? '', partitionMetadata.length);

/** From 0 up to, not including, `partitions`. */
export function partitionOfKey(key: string | Buffer, partitions: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions;
}

const seed = 0x9747b28c;
const mixer = 0x5bd1e995;

/** @see https://github.com/apache/kafka/blob/4.0/clients/src/main/java/org/apache/kafka/common/utils/Utils.java */
function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
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
