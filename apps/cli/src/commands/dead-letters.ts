import { kafkaSlice, laneSlice, type KafkaSettings } from '@landbridge/config';
import { deadLetterTopic, eventTopics, problems } from '@landbridge/contracts';
import { exitCodes, UsageFault, type Arguments, type Command, type CommandOption, type ExitCode } from '../command.js';
import {
  findLetter,
  listLetters,
  problemNow,
  redriveLetters,
  type Letter,
  type LetterFilter,
  type LetterRow,
  type RedriveResult,
} from '../dead-letter-log.js';
import { withKafka } from '../kafka-failure.js';
import { Interrupted, withLog, withWriter } from '../log-access.js';
import { count, type Terminal } from '../terminal.js';
import { readToolSettings } from '../tool-settings.js';

const json: CommandOption = { type: 'boolean', help: 'the result as JSON' };
const filterOptions: Readonly<Record<string, CommandOption>> = {
  code: { type: 'string', value: 'CODE', help: 'only those put aside for this problem' },
  topic: { type: 'string', value: 'TOPIC', help: 'only those of this topic' },
};
const listedDefault = 50;
const listedMax = 200_000;
const detailShownMax = 100;

export const deadLettersList: Command = {
  description: [
    'Lists the newest records that could not be used: by which OFFSET they are named here, when and why they were put aside, where they',
    'stand on their topic, and whether they were redriven.',
  ].join('\n'),
  options: {
    ...filterOptions,
    limit: { type: 'string', value: 'COUNT', help: `the newest so many (${listedDefault})` },
    json,
  },
  async run({ arguments: args, env, terminal, signal }) {
    const filter = filterOf(args);
    const limit = args.integer('limit', 1, listedMax) ?? listedDefault;
    const { kafka } = readToolSettings(env, [kafkaSlice]);
    return onLetters(kafka, signal, terminal, async (log) => {
      const { rows, leftOut } = await listLetters(log, filter);
      const shown = rows.slice(-limit);
      if (args.flag('json')) terminal.printJson({ total: rows.length + leftOut, letters: shown.map(rowJson) });
      else tellRows(shown, rows.length + leftOut, terminal);
      return exitCodes.ok;
    });
  },
};

export const deadLettersShow: Command = {
  operands: 'OFFSET',
  description:
    'Shows one dead letter: why it was put aside, whether it would be valid now, and the original as it was sent.',
  options: { json },
  async run({ arguments: args, env, terminal, signal }) {
    const offset = offsetOf(args);
    const { kafka } = readToolSettings(env, [kafkaSlice]);
    return onLetters(kafka, signal, terminal, async (log) => {
      const letter = await findLetter(log, offset);
      if (!letter) return noLetter(offset, terminal);
      if (args.flag('json')) terminal.printJson(letterJson(letter));
      else tellLetter(letter, terminal);
      return exitCodes.ok;
    });
  },
};

export const deadLettersRedrive: Command = {
  operands: '[OFFSET]',
  description: [
    'Puts originals back on their topics, under their own keys, after a check that they are valid now: one by its OFFSET, all, or all of a',
    'problem or a topic. What is not valid stays, and it is said why. A letter is redriven once; counting one twice is not possible in any',
    'case while its id is remembered.',
  ].join('\n'),
  options: { all: { type: 'boolean', help: 'all that were not redriven yet' }, ...filterOptions, json },
  async run({ arguments: args, env, terminal, signal }) {
    const filter = filterOf(args);
    const isFiltered = filter.code !== undefined || filter.topic !== undefined;
    const named = args.operands.length > 0;
    if (named === (args.flag('all') || isFiltered))
      throw new UsageFault('give one OFFSET, or --all, or --code or --topic');
    const offset = named ? offsetOf(args) : undefined;
    const settings = readToolSettings(env, [kafkaSlice, laneSlice]);
    return onLetters(settings.kafka, signal, terminal, async (log) => {
      const { rows } = await listLetters(log, filter);
      const chosen = offset === undefined ? rows : rows.filter((row) => row.offset === offset);
      if (offset !== undefined && chosen.length === 0) return noLetter(offset, terminal);
      const waiting = chosen.filter(({ redrivenAt }) => redrivenAt === undefined);
      const result = await withWriter(settings, (writer) =>
        redriveLetters(log, writer, waiting, () => new Date().toISOString()),
      );
      return tellRedrive(result, chosen, named, args.flag('json'), terminal);
    });
  },
};

async function onLetters(
  kafka: KafkaSettings,
  signal: AbortSignal,
  terminal: Terminal,
  work: Parameters<typeof withLog<ExitCode>>[1],
): Promise<ExitCode> {
  const plan = { settings: kafka, topics: [deadLetterTopic], groupIdPrefix: 'landbridge-dead-letters', signal };
  return withKafka(kafka, terminal, async () => {
    try {
      return await withLog(plan, work);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      terminal.note('interrupted: letters that were redriven until then are marked as such');
      return exitCodes.failed;
    }
  });
}

function filterOf(args: Arguments): LetterFilter {
  const code = args.text('code');
  const topic = args.text('topic');
  if (code !== undefined && !Object.hasOwn(problems, code))
    throw new UsageFault(`there is no problem ${JSON.stringify(code)}`);
  const topics: readonly string[] = Object.values(eventTopics);
  if (topic !== undefined && !topics.includes(topic))
    throw new UsageFault(`--topic must be one of ${topics.join(', ')}`);
  return { ...(code === undefined ? {} : { code }), ...(topic === undefined ? {} : { topic }) };
}

function offsetOf(args: Arguments): number {
  const text = args.onlyOperand('offset of a dead letter');
  if (!/^\d{1,15}$/.test(text)) throw new UsageFault('an offset is a number, as `dead-letters list` shows it');
  return Number(text);
}

function noLetter(offset: number, terminal: Terminal): ExitCode {
  terminal.note(`no dead letter has the offset ${offset}: \`landbridge dead-letters list\` shows them`);
  return exitCodes.failed;
}

function tellRows(rows: readonly LetterRow[], total: number, terminal: Terminal): void {
  for (const { offset, timeMs, code, detail, topic, partition, recordOffset, redrivenAt } of rows) {
    const state = redrivenAt === undefined ? '' : terminal.style('green', ` redriven ${redrivenAt}`);
    terminal.print(
      `${String(offset).padStart(6)} ${new Date(timeMs).toISOString()} ${terminal.style('red', code)} ` +
        `${topic}/${partition}/${recordOffset} ${detail.slice(0, detailShownMax)}${state}`,
    );
  }
  terminal.note(
    rows.length < total ? `${count(rows.length)} of ${count(total)}, the newest` : `${count(total)} in all`,
  );
}

function tellLetter(letter: Letter, terminal: Terminal): void {
  const { offset, timeMs, code, detail, topic, partition, recordOffset, key, value, redrivenAt } = letter;
  const problem = problemNow(letter);
  terminal.print(`letter     ${offset}, put aside ${new Date(timeMs).toISOString()}`);
  terminal.print(`reason     ${terminal.style('red', code)}: ${detail}`);
  terminal.print(
    `record     ${topic}/${partition}/${recordOffset}, key ${key === null ? 'none' : JSON.stringify(String(key))}`,
  );
  terminal.print(`redriven   ${redrivenAt ?? 'no'}`);
  terminal.print(`now        ${problem === undefined ? 'valid' : `${problem.code}: ${problem.detail}`}`);
  terminal.print();
  terminal.print(value === null ? '(no value)' : String(value));
}

function tellRedrive(
  { redriven, refused }: RedriveResult,
  chosen: readonly LetterRow[],
  isNamed: boolean,
  asJson: boolean,
  terminal: Terminal,
): ExitCode {
  const already = chosen.filter(({ redrivenAt }) => redrivenAt !== undefined);
  if (asJson)
    terminal.printJson({
      redriven: redriven.map(({ offset }) => offset),
      refused: refused.map(({ row, problem }) => ({ offset: row.offset, ...problem })),
      alreadyRedriven: already.length,
    });
  else {
    terminal.print(
      `${count(redriven.length)} redriven, ${count(refused.length)} not valid, ${count(already.length)} redriven before`,
    );
    for (const { row, problem } of refused)
      terminal.print(`  ${row.offset} ${terminal.style('red', problem.code)} ${problem.path ?? ''} ${problem.detail}`);
  }
  // Who names one letter wants it redriven now; who names all wants none left.
  const refusesNamed = isNamed && already.length > 0;
  return refused.length > 0 || refusesNamed ? exitCodes.failed : exitCodes.ok;
}

function rowJson({ timeMs, ...row }: LetterRow): object {
  return { ...row, time: new Date(timeMs).toISOString() };
}

/** Bytes as base 64 beside the text, because an original need not be text. */
function letterJson({ key, value, ...row }: Letter): object {
  const problem = problemNow({ topic: row.topic, value });
  return {
    ...rowJson(row),
    key: key === null ? null : String(key),
    problemNow: problem ?? null,
    original: value === null ? null : String(value),
    originalBase64: value === null ? null : value.toString('base64'),
  };
}
