/**
 * The real Redis of a simulation: two generations of which one is live, and what may befall them. A rebuild fills the other one and makes
 * it live; a failover or a restart brings back what was there at an earlier moment; a wipe leaves nothing.
 */
import type { ViewLimits } from '@landbridge/domain';
import type { DeadRecord } from '@landbridge/view';
import type { Redis } from 'ioredis';
import type { SeededRandom } from '../chaos/seeded-random.js';
import type { SimulatedShard } from './carrier-writes.js';
import type { PlannedPartition } from './planned-log.js';
import { foldStraight } from './straight-fold.js';
import { readContent, restore, takeSnapshot, wipe, type Snapshot, type ViewContent } from './view-content.js';

/** Generations that a simulation writes to: the two, and one that is folded straight through for comparison. */
export const generationsEach = 3;

/** Where a simulation may write: its generations begin with this one. */
export interface Ground {
  readonly redis: Redis;
  readonly generation: number;
}

/** What Redis held once: both generations, and which of them was live. */
interface Moment {
  readonly live: number;
  readonly snapshots: readonly [Snapshot, Snapshot];
}

const momentsMax = 3;

export class LiveView {
  /** The generation that processes are to fold into. */
  private live: number;
  private readonly moments: Moment[] = [];

  constructor(
    private readonly ground: Ground,
    private readonly random: SeededRandom,
    private readonly log: readonly PlannedPartition[],
    private readonly limits: ViewLimits,
    private readonly onDead: (dead: readonly DeadRecord[]) => void,
  ) {
    this.live = ground.generation;
  }

  get generation(): number {
    return this.live;
  }

  content(): Promise<ViewContent> {
    return readContent(this.ground.redis, this.live);
  }

  /** Keeps what there is now, as a replica or a file would. */
  async keep(): Promise<void> {
    const { redis, generation } = this.ground;
    const snapshots = [await takeSnapshot(redis, generation), await takeSnapshot(redis, generation + 1)] as const;
    this.moments.unshift({ live: this.live, snapshots });
    this.moments.splice(momentsMax);
  }

  get mayGoBack(): boolean {
    return this.moments.length > 0;
  }

  /** Redis is as it was, the pointer to the live generation too; or one partition is: a part of a cluster has failed over. */
  goBack(only: SimulatedShard | undefined): Promise<void> {
    return this.put(this.random.pick(this.moments), only);
  }

  loseEverything(): Promise<void> {
    return this.put({ live: this.ground.generation, snapshots: [[], []] }, undefined);
  }

  /**
   * Folds the other generation up to ends by index, mostly anew, and makes it the live one; the old one may go at once. Unlike a real
   * rebuild it need not be near the old one's position: processes must cope with either side of it.
   */
  async rebuild(ends: readonly number[]): Promise<void> {
    const { redis, generation } = this.ground;
    const [old, other] = [this.live, this.live === generation ? generation + 1 : generation];
    if (this.random.chance(0.7)) await wipe(redis, other);
    await this.foldStraight(other, ends);
    this.live = other;
    if (this.random.chance(0.5)) await wipe(redis, old);
  }

  /** The content that the log gives when nothing goes wrong. */
  async straightContent(): Promise<ViewContent> {
    const generation = this.ground.generation + generationsEach - 1;
    await this.foldStraight(
      generation,
      this.log.map(({ end }) => end),
    );
    return readContent(this.ground.redis, generation);
  }

  private foldStraight(generation: number, ends: readonly number[]): Promise<void> {
    const { limits, onDead } = this;
    return foldStraight(this.random, this.log, ends, { redis: this.ground.redis, generation, limits, onDead });
  }

  private async put({ live, snapshots }: Moment, only: SimulatedShard | undefined): Promise<void> {
    const { redis, generation } = this.ground;
    if (!only) this.live = live;
    await restore(redis, generation, snapshots[0], only);
    await restore(redis, generation + 1, snapshots[1], only);
  }
}

/** Removes what a simulation has written, or one before it that was cut off. */
export async function clear({ redis, generation }: Ground): Promise<void> {
  for (let n = 0; n < generationsEach; n++) await wipe(redis, generation + n);
}
