/**
 * The shards of the view in Redis, for the processes that fold the log into it.
 *
 * Reads are not one snapshot, and need not be: whoever folds on a torn read is refused by the compare-and-apply script, because the
 * position moved, and loads again.
 */
import { idSegmentKey, parseCellField, seriesKey, stateKey } from '@landbridge/contracts';
import {
  countingRulesVersion,
  CountingRulesMismatch,
  type ApplyResult,
  type Segment,
  type ShardChange,
  type ShardId,
  type ShardImage,
  type ShardStore,
  type StoredBucket,
  type StoredCell,
} from '@landbridge/domain';
import type { Redis } from 'ioredis';
import { parseAmounts } from './cell-text.js';
import { packChange } from './change-packer.js';
import { compareAndApplyScript } from './compare-and-apply.js';
import { bucketKey } from './shard-keys.js';

type ApplyCommand = (
  numberOfKeys: number,
  ...keysAndArguments: (string | number | Uint8Array)[]
) => Promise<string | null>;

export class RedisShardStore implements ShardStore {
  private readonly applyCommand: ApplyCommand;

  /** @param redis a connection of its own in the mode `wait`: a change waits for Redis rather than be lost. */
  constructor(private readonly redis: Redis) {
    redis.defineCommand('landbridgeApply', { lua: compareAndApplyScript });
    this.applyCommand = (redis as unknown as { landbridgeApply: ApplyCommand }).landbridgeApply.bind(redis);
  }

  async load(shard: ShardId): Promise<ShardImage> {
    const [next, rules, newest, segments] = await this.redis.hmget(
      stateKey(shard),
      'next',
      'rules',
      'newest',
      'segments',
    );
    if (rules && Number(rules) !== countingRulesVersion) throw new CountingRulesMismatch(rules, countingRulesVersion);
    const series = await this.redis.lrange(seriesKey(shard), 0, -1);
    return {
      next: Number(next ?? 0),
      newestReceivedMs: Number(newest ?? 0),
      series,
      segments: await this.readSegments(shard, segments ?? ''),
    };
  }

  async readBuckets(shard: ShardId, buckets: readonly StoredBucket[]): Promise<StoredCell[][]> {
    const hashes = await Promise.all(buckets.map((bucket) => this.redis.hgetall(bucketKey(shard, bucket))));
    return hashes.map((hash) =>
      Object.entries(hash).map(([field, text]) => {
        const place = parseCellField(field);
        if (!place) throw new Error(`not the field of a cell: ${field.slice(0, 80)}`);
        return { ...place, amounts: parseAmounts(text) };
      }),
    );
  }

  async apply(shard: ShardId, change: ShardChange): Promise<ApplyResult> {
    const keys = [
      stateKey(shard),
      seriesKey(shard),
      ...change.idAppends.map(({ segment }) => idSegmentKey(shard, segment)),
      ...change.cells.map(({ bucket }) => bucketKey(shard, bucket)),
      ...change.droppedSegments.map((segment) => idSegmentKey(shard, segment)),
    ];
    const values = [
      change.expectedNext,
      countingRulesVersion,
      change.next,
      change.newestReceivedMs,
      change.segments.map(({ number, newestReceivedMs }) => `${number}:${newestReceivedMs}`).join(','),
      packChange(change),
    ];
    const storedNext = await this.applyCommand(keys.length, ...keys, ...values);
    return storedNext === null ? { applied: true } : { applied: false, storedNext: Number(storedNext) };
  }

  async positions(shards: readonly ShardId[]): Promise<number[]> {
    const stored = await Promise.all(shards.map((shard) => this.redis.hget(stateKey(shard), 'next')));
    return stored.map((next) => Number(next ?? 0));
  }

  private async readSegments(shard: ShardId, listed: string): Promise<Segment[]> {
    const entries = listed === '' ? [] : listed.split(',').map((entry) => entry.split(':').map(Number));
    const contents = await Promise.all(entries.map(([number]) => this.redis.getBuffer(idSegmentKey(shard, number!))));
    return entries.map(([number, newestReceivedMs], i) => ({
      number: number!,
      newestReceivedMs: newestReceivedMs!,
      bytes: contents[i] ?? new Uint8Array(),
    }));
  }
}
