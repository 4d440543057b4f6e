import { kafkaSlice, laneSlice, redisSlice } from '@landbridge/config';
import { eventTopics } from '@landbridge/contracts';
import { CountingRulesMismatch } from '@landbridge/domain';
import { DeadLetters } from '@landbridge/kafka';
import { defaultWindowDays, Rebuild, type RebuildLog, type RebuildOptions, type RebuildReport } from '@landbridge/view';
import { setTimeout as sleep } from 'node:timers/promises';
import { comparisonJson, tellComparison } from '../comparison-table.js';
import { exitCodes, type Arguments, type Command, type ExitCode } from '../command.js';
import { withKafka } from '../kafka-failure.js';
import { Interrupted, tellStop, withLog, withWriter } from '../log-access.js';
import { count, type Progress, type Terminal } from '../terminal.js';
import { readToolSettings } from '../tool-settings.js';
import { withView, type ViewAccess } from '../view-access.js';

/** Longer than a reader takes for one answer, and than an aggregator needs to see the flip. */
const readersDoneMs = 5_000;
/** A live view that was wiped moves within seconds, or nobody is folding it. */
const liveStandsMs = 5_000;
/** A dead letter that is not confirmed by then ends the run; the next one goes on before it. */
const deadLetterDeadlineMs = 20_000;
/** A century: the whole log. */
const windowDaysMax = 36_500;

export const rebuild: Command = {
  description: [
    'Folds the log from its start into a new generation of the view, beside the live one, which readers go on reading.',
    'Then compares the two at equal positions, cell by cell, makes the new one live, and removes the old one.',
    'The aggregator and the readers follow by themselves. It can be interrupted: the same command goes on where it was.',
    'Where the two differ it stops before the flip and says how; after a change of the counting rules that is expected.',
  ].join('\n'),
  options: {
    'accept-differences': { type: 'boolean', help: 'make the new generation live also where it differs' },
    'window-days': {
      type: 'string',
      value: 'DAYS',
      help: `remember ids for so long (${defaultWindowDays}): more repairs late corrections`,
    },
    'keep-old': { type: 'boolean', help: 'leave the old generation in Redis; the next rebuild removes it' },
    restart: { type: 'boolean', help: 'leave an unfinished rebuild and begin anew' },
    'accept-gap': { type: 'boolean', help: 'begin where the log begins, when it has lost its first records' },
    json: { type: 'boolean', help: 'the result as JSON' },
  },
  async run({ arguments: args, env, terminal, signal }) {
    const { kafka, redis, lane } = readToolSettings(env, [kafkaSlice, redisSlice, laneSlice]);
    const options = optionsOf(args);
    return withKafka(kafka, terminal, () =>
      withView(redis, terminal, async (view) => {
        const plan = {
          settings: kafka,
          topics: Object.values(eventTopics),
          groupIdPrefix: 'landbridge-rebuild',
          signal,
        };
        const run = new RebuildProgress(terminal);
        try {
          const report = await withLog(plan, (log) =>
            withWriter({ kafka, lane }, (writer) =>
              run.rebuild(view, { log, letters: new DeadLetters(writer) }, options, signal),
            ),
          );
          return tell(report, run.seconds, args.flag('json'), terminal);
        } catch (error) {
          run.end();
          return tellFailure(error, terminal);
        }
      }),
    );
  },
};

function optionsOf(args: Arguments): RebuildOptions {
  const windowDays = args.integer('window-days', 1, windowDaysMax);
  return {
    ...(windowDays === undefined ? {} : { windowDays }),
    acceptDifferences: args.flag('accept-differences'),
    acceptGap: args.flag('accept-gap'),
    keepOld: args.flag('keep-old'),
    restart: args.flag('restart'),
  };
}

/** A rebuild with its progress line, which begins where an earlier run had stopped. */
class RebuildProgress {
  readonly #startMs = performance.now();
  #line: Progress | undefined;

  constructor(private readonly terminal: Terminal) {}

  get seconds(): number {
    return (performance.now() - this.#startMs) / 1_000;
  }

  async rebuild(
    { store, generations, snapshots }: ViewAccess,
    { log, letters }: { readonly log: RebuildLog; readonly letters: DeadLetters },
    options: RebuildOptions,
    signal: AbortSignal,
  ): Promise<RebuildReport> {
    const rebuild = new Rebuild({
      log,
      store,
      generations,
      snapshots,
      topics: Object.values(eventTopics),
      publishDead: (dead) => letters.publish(dead, deadLetterDeadlineMs),
      onProgress: (done, total) => {
        this.#line ??= this.terminal.progress('rebuild', total, done);
        this.#line.update(done, total);
      },
      onStep: (step) => {
        this.end();
        this.terminal.note(step);
      },
      sleep: (milliseconds) => sleep(milliseconds, undefined, { signal }),
      readersDoneMs,
      liveStandsMs,
    });
    const report = await rebuild.run(options);
    this.end();
    return report;
  }

  end(): void {
    this.#line?.end();
    this.#line = undefined;
  }
}

function tell(report: RebuildReport, seconds: number, json: boolean, terminal: Terminal): ExitCode {
  const { outcome, comparison } = report;
  if (json)
    terminal.printJson({ ...report, comparison: comparisonJson(comparison), seconds: Number(seconds.toFixed(3)) });
  else if (outcome !== 'log-cut' && outcome !== 'other-window') tellReport(report, seconds, terminal); // else nothing was folded
  const advice = advices[outcome];
  if (advice !== undefined) terminal.note(advice);
  return outcome === 'flipped' ? exitCodes.ok : exitCodes.failed;
}

/** What to do where the new generation was not made live. */
const advices: Readonly<Record<RebuildReport['outcome'], string | undefined>> = {
  flipped: undefined,
  differs:
    'not made live: is it meant that these differ or cannot be compared (other counting rules, late corrections, an accepted gap)? ' +
    'Then run it again with --accept-differences',
  'log-cut':
    'the log no longer holds its first records, so what they counted would be lost: --accept-gap begins where the log begins now, ' +
    'together with --restart where a rebuild is unfinished',
  'other-window':
    'the unfinished rebuild remembers ids for another time: leave --window-days out, or begin anew with --restart',
  lost: 'Redis went back, or another rebuild was begun, while this one ran: nothing was made live; run it again',
};

function tellReport(report: RebuildReport, seconds: number, terminal: Terminal): void {
  const { generation, previousGeneration, windowDays, records, comparison, verdicts, refused, removedKeys } = report;
  const rate = seconds > 0 ? `, ${count(Math.round(records / seconds))}/s` : '';
  terminal.print(
    `generation ${generation} (ids remembered for ${windowDays} days): ${count(records)} records folded in ${seconds.toFixed(1)} s${rate}`,
  );
  for (const [code, number] of Object.entries(refused)) terminal.print(`  ${count(number)} no events: ${code}`);
  tellComparison(
    comparison,
    { view: `generation ${previousGeneration}`, recounted: `generation ${generation}` },
    terminal,
  );
  const behind = verdicts.filter(({ compared }) => compared === 'behind');
  for (const { topic, partition } of behind)
    terminal.print(`  ${topic}:${partition} was not compared: the live view never came to the same position`);
  const empty = verdicts.filter(({ compared }) => compared === 'empty').length;
  if (empty > 0) terminal.print(`${empty} of ${verdicts.length} partitions had no live view to compare with`);
  if (report.outcome === 'flipped')
    terminal.print(`live: generation ${generation}; ${count(removedKeys)} old keys removed`);
}

function tellFailure(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof Interrupted) terminal.note('interrupted: the same command goes on from here');
  else if (error instanceof CountingRulesMismatch)
    terminal.note(
      `the unfinished rebuild has other counting rules (version ${error.stored}): begin anew with --restart`,
    );
  else tellStop('the rebuild', error, terminal);
  return exitCodes.failed;
}
