/**
 * The Redis key of a bucket of cells.
 */
import { dayKey, yearKey } from '@landbridge/contracts';
import { dayName, dayOfNumber, type ShardId, type StoredBucket } from '@landbridge/domain';

export function bucketKey(shard: ShardId, bucket: StoredBucket): string {
  return bucket.kind === 'day' ? dayKey(shard, dayName(dayOfNumber(bucket.day))) : yearKey(shard, bucket.year);
}
