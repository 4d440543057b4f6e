/**
 * A rebuild: the log folded from its start into a new generation beside the live one, compared with it, and made live.
 *
 * Goal: the totals can be made again at any time, after a change of the counting rules, a loss in Redis, or corrections that came too
 * late, while readers go on reading. Choice: the new generation is filled by the same `PartitionFolder`, so its position is in Redis, and a
 * rebuild that was interrupted goes on where it was. The comparison is exact: each partition is folded up to the very position at which
 * the live one was read, and compared there; what comes after is folded by the same code without a look.
 *
 *   1 the new generation is recorded as being under construction, 2 each partition is folded and compared, 3 what came in meanwhile is
 *   folded, 4 the pointer is set, 5 after a while the old generation is removed.
 * A crash before 4 costs nothing: the live view was not touched. One after 4 leaves keys that the next run removes.
 */
import { emptyReport, RebuildRun, type RebuildOptions, type RebuildParts, type RebuildReport } from './rebuild-run.js';

/** As long as the aggregator's own: `defaultMemoryLimits`. */
export const defaultWindowDays = 32;

export class Rebuild {
  constructor(private readonly parts: RebuildParts) {}

  /** Rejects when log or store cannot be read, and with `CountingRulesMismatch` when the unfinished generation has other counting rules. */
  async run(options: RebuildOptions): Promise<RebuildReport> {
    const { generations, onStep } = this.parts;
    const live = await generations.live();
    const unfinished = await generations.building();
    if (unfinished?.generation === live) {
      onStep(`generation ${live} is live already: finishing`);
      await generations.flip(live);
      const removedKeys = options.keepOld ? 0 : await this.removeAllBut(live);
      return { ...emptyReport(live, live, unfinished.windowDays), outcome: 'flipped', removedKeys };
    }
    const goesOn = unfinished !== undefined && unfinished.generation > live && !options.restart;
    if (goesOn && options.windowDays !== undefined && options.windowDays !== unfinished.windowDays)
      return { ...emptyReport(unfinished.generation, live, unfinished.windowDays), outcome: 'other-window' };
    const building = goesOn
      ? unfinished
      : {
          generation: Math.max(live, unfinished?.generation ?? 0) + 1,
          windowDays: options.windowDays ?? defaultWindowDays,
        };
    onStep(`${goesOn ? 'going on with' : 'folding the log into'} generation ${building.generation}, live is ${live}`);
    await generations.begin(building); // 1
    // A generation whose removal has begun is never folded into again: its number is not given twice.
    if (options.restart) await generations.removeOthers([live, building.generation]);
    return new RebuildRun(this.parts, options, building, live).run();
  }

  private async removeAllBut(live: number): Promise<number> {
    await this.parts.sleep(this.parts.readersDoneMs);
    return this.parts.generations.removeOthers([live]);
  }
}
