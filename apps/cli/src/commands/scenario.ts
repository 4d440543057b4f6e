import type { CanonicalEvent } from '@landbridge/contracts';
import { measures } from '@landbridge/domain';
import { publishedFigures, Recount, scenarioEvents, shuffledScenario, type ScenarioRange } from '@landbridge/scenario';
import { exitCodes, UsageFault, type Arguments, type Command } from '../command.js';
import { postingKey } from '../data-folder.js';
import { postWithProgress, tellResult } from '../posting.js';
import { ingestOption, keyOptions, serviceUrl } from '../service-addresses.js';
import { count, type Terminal } from '../terminal.js';

export const scenario: Command = {
  description: [
    'Posts the events of 2019 and 2020 whose totals are the published figures, through the front door, as carriers do.',
    'Posting them again, in whole or in part, in any order, changes no figure.',
  ].join('\n'),
  options: {
    url: ingestOption,
    ...keyOptions,
    from: { type: 'string', value: 'DAY', help: 'first day, YYYY-MM-DD (2019-01-01)' },
    to: { type: 'string', value: 'DAY', help: 'last day (2020-12-31)' },
    shuffle: { type: 'string', value: 'SEED', help: 'post in the order of this seed, not of time' },
    limit: { type: 'string', value: 'COUNT', help: 'post only this many events' },
    'dry-run': { type: 'boolean', help: 'post nothing: count the events, and the figures that they make' },
    json: { type: 'boolean', help: 'the result as JSON' },
  },
  async run({ arguments: args, env, terminal, signal }) {
    const chosen = choiceOf(args);
    if (args.flag('dry-run')) {
      tellFigures(eventsOf(chosen), args.flag('json'), terminal);
      return exitCodes.ok;
    }
    const url = serviceUrl(args, 'url', 'ingest', env);
    const key = postingKey(args.text('key'), args.text('key-file'), env);
    const events = [...eventsOf(chosen)];
    const posting = { url, key, what: 'scenario', events, total: events.length, signal };
    const { result, seconds } = await postWithProgress(posting, terminal);
    return tellResult(result, seconds, args.flag('json'), terminal);
  },
};

/** Which events the options choose, and in which order. */
interface Choice {
  readonly range: ScenarioRange;
  readonly shuffleSeed: number | undefined;
  readonly limit: number;
}

/** Reads the options. Throws a `UsageFault` on a day that is none or a number outside its range. */
function choiceOf(args: Arguments): Choice {
  const [from, to] = [args.text('from'), args.text('to')];
  const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  try {
    scenarioEvents(range);
  } catch (error) {
    throw new UsageFault(`--from and --to are days like 2020-06-30: ${(error as Error).message}`, { cause: error });
  }
  return {
    range,
    shuffleSeed: args.integer('shuffle', 0, 2 ** 31),
    limit: args.integer('limit', 1, 1_000_000_000) ?? Number.POSITIVE_INFINITY,
  };
}

function* eventsOf({ range, shuffleSeed, limit }: Choice): Generator<CanonicalEvent> {
  let taken = 0;
  for (const event of shuffleSeed === undefined ? scenarioEvents(range) : shuffledScenario(shuffleSeed, range)) {
    yield event;
    if (++taken >= limit) return;
  }
}

function tellFigures(events: Iterable<CanonicalEvent>, json: boolean, terminal: Terminal): void {
  const recount = new Recount();
  const types = new Map<string, number>();
  for (const event of events) {
    recount.add(event);
    const kind = `${event.type.split('.')[1] ?? ''} ${event.data?.unit.type ?? ''}`;
    types.set(kind, (types.get(kind) ?? 0) + 1);
  }
  const figures = publishedFigures.map(({ measure, period, filters, says }) => ({
    measure,
    unit: measures[measure].unit,
    period,
    filters,
    ...recount.figure(measure, period, filters),
    says,
  }));
  if (json) {
    terminal.printJson({ events: recount.events, byKind: Object.fromEntries(types), figures });
    return;
  }
  terminal.print(`${count(recount.events)} events`);
  for (const [kind, number] of types) terminal.print(`  ${kind.padEnd(18)} ${count(number).padStart(9)}`);
  terminal.print('They count up to:');
  for (const { measure, unit, period, filters, value, growth, says } of figures) {
    const filterText = Object.entries(filters).map(([name, filter]) => ` ${name}=${filter}`);
    const growthText = growth === null ? '' : `, ${growth >= 0 ? '+' : ''}${(growth * 100).toFixed(2)} %`;
    terminal.print(
      `  ${measure} ${period}${filterText.join('')}: ${terminal.style('bold', value)} ${unit}${growthText}`,
    );
    terminal.print(`    ${terminal.style('dim', says)}`);
  }
}
