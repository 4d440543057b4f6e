/**
 * The shards of the view in Redis, for the processes that fold the log into it.
 *
 * Every read is of one position, and names it: whatever was read at a position is the same whenever it was read, because the view is a
 * function of the log up to there. The compare-and-apply script then finds out whether the store is still, or again, at that position.
 */
import { idSegmentKey, unpackCellEntries, seriesKey, stateKey } from '@landbridge/contracts';
import {
  countingRulesVersion,
  CountingRulesMismatch,
  type ApplyResult,
  type ShardChange,
  type ShardId,
  type ShardImage,
  type ShardStore,
  type StoredBucket,
  type StoredCell,
} from '@landbridge/domain';
import { packChange } from './change-packer.js';
import { compareAndApplyScript } from './compare-and-apply.js';
import { loadScript } from './load-script.js';
import type { RedisConnection } from './connection.js';
import { bucketKey } from './shard-keys.js';
import { keysOfShard, removeTornScript } from './torn-shard.js';

type KeysAndArguments = (string | number | Uint8Array)[];
type LoadedBytes = [state: (Buffer | null)[], series: Buffer[], ids: Buffer[]];

interface ShardCommands {
  landbridgeApply(numberOfKeys: number, ...keysAndArguments: KeysAndArguments): Promise<string | null>;
  landbridgeRemoveTorn(numberOfKeys: number, ...keys: string[]): Promise<number>;
  landbridgeLoadBuffer(numberOfKeys: number, ...keysAndArguments: KeysAndArguments): Promise<LoadedBytes>;
}

/** Buckets read in one transaction, which holds up everybody else: some milliseconds of Redis. */
const bucketsPerReadMax = 500;

export class RedisShardStore implements ShardStore {
  private readonly commands: ShardCommands;

  /** @param redis a connection of its own in the mode `wait`: a change waits for Redis rather than be lost. */
  constructor(private readonly redis: RedisConnection) {
    redis.defineCommand('landbridgeApply', { lua: compareAndApplyScript });
    redis.defineCommand('landbridgeLoad', { lua: loadScript });
    redis.defineCommand('landbridgeRemoveTorn', { lua: removeTornScript });
    this.commands = redis as unknown as ShardCommands;
  }

  /** A shard that holds half a change is removed, and is then empty. */
  async load(shard: ShardId): Promise<ShardImage> {
    const idsPrefix = idSegmentKey(shard, 0).slice(0, -1);
    const loaded = await this.commands.landbridgeLoadBuffer(2, stateKey(shard), seriesKey(shard), idsPrefix);
    const [state, series, ids] = loaded;
    const [next, rules, newest, segments, applying] = state.map((value) => value?.toString());
    if (applying) {
      const keys = [stateKey(shard), ...(await keysOfShard(this.redis, shard))];
      await this.commands.landbridgeRemoveTorn(keys.length, ...keys);
      return this.load(shard);
    }
    if (rules && Number(rules) !== countingRulesVersion) throw new CountingRulesMismatch(rules, countingRulesVersion);
    const listed = segments ? segments.split(',').map((entry) => entry.split(':').map(Number)) : [];
    return {
      next: Number(next ?? 0),
      newestReceivedMs: Number(newest ?? 0),
      series: series.map(String),
      segments: listed.map(([number, newestReceivedMs], i) => ({
        number: number!,
        newestReceivedMs: newestReceivedMs!,
        bytes: ids[i]!,
      })),
    };
  }

  async readBuckets(
    shard: ShardId,
    next: number,
    buckets: readonly StoredBucket[],
  ): Promise<StoredCell[][] | undefined> {
    const parts: Promise<StoredCell[][] | undefined>[] = [];
    for (let from = 0; from < buckets.length; from += bucketsPerReadMax)
      parts.push(this.readTogether(shard, next, buckets.slice(from, from + bucketsPerReadMax)));
    const contents = await Promise.all(parts);
    return contents.every((part) => part !== undefined) ? contents.flat() : undefined;
  }

  async apply(shard: ShardId, change: ShardChange): Promise<ApplyResult> {
    const keys = [
      stateKey(shard),
      seriesKey(shard),
      ...change.idAppends.map(({ segment }) => idSegmentKey(shard, segment)),
      ...change.cells.filter(({ isWhole }) => !isWhole).map(({ bucket }) => bucketKey(shard, bucket)),
      ...change.cells.filter(({ isWhole }) => isWhole).map(({ bucket }) => bucketKey(shard, bucket)),
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
    const storedNext = await this.commands.landbridgeApply(keys.length, ...keys, ...values);
    return storedNext === null ? { applied: true } : { applied: false, storedNext: Number(storedNext) };
  }

  async positions(shards: readonly ShardId[]): Promise<number[]> {
    const stored = await Promise.all(shards.map((shard) => this.redis.hget(stateKey(shard), 'next')));
    return stored.map((next) => Number(next ?? 0));
  }

  private async readTogether(
    shard: ShardId,
    next: number,
    buckets: readonly StoredBucket[],
  ): Promise<StoredCell[][] | undefined> {
    const transaction = this.redis.multi().hget(stateKey(shard), 'next');
    for (const bucket of buckets) transaction.getBuffer(bucketKey(shard, bucket));
    const [position, ...contents] = answersOf(await transaction.exec());
    if (Number(position ?? 0) !== next) return undefined;
    return contents.map((bytes) => (bytes === null ? [] : unpackCellEntries(bytes as Buffer)));
  }
}

function answersOf(results: [error: Error | null, answer: unknown][] | null): unknown[] {
  if (results === null) throw new Error('redis dropped a transaction that watched nothing');
  return results.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}
