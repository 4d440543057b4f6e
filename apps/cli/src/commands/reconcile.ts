import { setImmediate } from 'node:timers/promises';
import { kafkaSlice, redisSlice } from '@landbridge/config';
import { eventTopicPartitions, eventTopics } from '@landbridge/contracts';
import { defaultMemoryLimits } from '@landbridge/domain';
import { mergeComparisons, reconcileShard, type RecountLog, type ShardReconciliation } from '@landbridge/view';
import { comparisonJson, tellComparison } from '../comparison-table.js';
import { exitCodes, type Command, type ExitCode } from '../command.js';
import { withKafka } from '../kafka-failure.js';
import { Interrupted, tellStop, withLog } from '../log-access.js';
import { count, type Terminal } from '../terminal.js';
import { readToolSettings } from '../tool-settings.js';
import { withView, type ViewAccess } from '../view-access.js';

/** Ids held at a time, some 300 bytes each; a partition with more records is read once for each so many. */
const idsMax = 1_000_000;

export const reconcile: Command = {
  description: [
    'Counts the whole log again, in a plain way that shares no code with the fold, up to where the view stands, and',
    'compares every month of every series. Exit code 1 when anything differs, or could not be compared.',
    'The aggregator does the same in the background all the time.',
  ].join('\n'),
  options: { json: { type: 'boolean', help: 'the result as JSON' } },
  async run({ arguments: args, env, terminal, signal }) {
    const { kafka, redis } = readToolSettings(env, [kafkaSlice, redisSlice]);
    return withKafka(kafka, terminal, () =>
      withView(redis, terminal, async (view) => {
        const plan = {
          settings: kafka,
          topics: Object.values(eventTopics),
          groupIdPrefix: 'landbridge-recount',
          signal,
        };
        try {
          const shards = await withLog(plan, (log) => reconcileAll(view, log, terminal));
          return tell(shards, args.flag('json'), terminal);
        } catch (error) {
          if (error instanceof Interrupted) terminal.note('interrupted: nothing is known yet');
          else tellStop('the recount', error, terminal);
          return exitCodes.failed;
        }
      }),
    );
  },
};

/** Partition after partition, so that only one partition's ids are held. */
async function reconcileAll(
  { generations, snapshots, store }: ViewAccess,
  log: RecountLog,
  terminal: Terminal,
): Promise<ShardReconciliation[]> {
  const generation = await generations.live();
  const shards = Object.values(eventTopics).flatMap((topic) =>
    Array.from({ length: eventTopicPartitions }, (_, partition) => ({ generation, topic, partition })),
  );
  const positions = await store.positions(shards);
  const progress = terminal.progress(
    'reconcile',
    positions.reduce((sum, next) => sum + next, 0),
  );
  let read = 0;
  // Room for heartbeats, between two looks at the clock of a hundred records.
  const pace = async (records: number): Promise<void> => {
    progress.update((read += records));
    await setImmediate();
  };
  const results: ShardReconciliation[] = [];
  try {
    for (const shard of shards)
      results.push(
        await reconcileShard(shard, log, snapshots, { idsMax, windowMs: defaultMemoryLimits.windowMs, pace }),
      );
  } finally {
    progress.end();
  }
  return results;
}

const reasons: Readonly<Record<Exclude<ShardReconciliation['outcome'], 'compared' | 'no-view'>, string>> = {
  'log-cut': 'the log no longer holds its first records',
  'log-short': 'the view is ahead of the log: it was folded from another one',
};

function tell(shards: readonly ShardReconciliation[], json: boolean, terminal: Terminal): ExitCode {
  const comparison = mergeComparisons(shards.map((shard) => shard.comparison));
  const records = shards.reduce((sum, { covered }) => sum + covered, 0);
  const late = shards.reduce((sum, { lateVersions }) => sum + lateVersions, 0);
  const unknown = shards.filter(({ outcome }) => outcome === 'log-cut' || outcome === 'log-short');
  const ok = comparison.differingCells === 0 && unknown.length === 0;
  if (json) {
    const partitions = shards.map(({ topic, partition, outcome, covered }) => ({ topic, partition, outcome, covered }));
    terminal.printJson({ ok, records, ...comparisonJson(comparison), lateVersions: late, partitions });
  } else {
    tellComparison(comparison, { view: 'view', recounted: 'recount' }, terminal);
    terminal.print(`${count(records)} records recounted, in ${shards.length} partitions`);
    for (const { topic, partition, outcome } of unknown)
      terminal.print(`  ${topic}:${partition} was not compared: ${reasons[outcome as keyof typeof reasons]}`);
  }
  if (late > 0 && comparison.differingCells > 0)
    terminal.note(
      `${count(late)} versions came when the view may have forgotten their ids: \`landbridge rebuild --window-days\` repairs that`,
    );
  return ok ? exitCodes.ok : exitCodes.failed;
}
