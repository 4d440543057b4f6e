/**
 * The dead letters as this tool sees them: one row for each record that could not be used, and the way back to its topic.
 *
 * A letter may stand in the topic several times (it is written again after a crash, and when a wiped view is folded again), always under
 * the key that names its record's place; the first one is shown. A redriven one has a mark under the same key (`lb-redriven`).
 *
 * Order of a redrive: 1 the originals are in the log, 2 then the marks are. A crash in between lets `--all` redrive them once more, which
 * is harmless: ids are remembered. Marks are kept as long as letters, 90 days; one that a wiped view brings back after that is new again.
 */
import { checkEvent, deadLetterHeaders, deadLetterTopic, systemOfTopic, type Problem } from '@landbridge/contracts';
import type { LogReader, LogRecord, LogWriter } from '@landbridge/kafka';

/** A message as the reader of the log hands it over. */
type Message = Parameters<Parameters<LogReader['read']>[1]>[0]['records'][number];

/** A letter without its content. */
export interface LetterRow {
  /** Where the letter stands in the dead-letter topic: by this it is named. */
  readonly offset: number;
  /** When it was put aside, epoch milliseconds. */
  readonly timeMs: number;
  readonly code: string;
  readonly detail: string;
  /** Where the record stands that could not be used. */
  readonly topic: string;
  readonly partition: number;
  readonly recordOffset: string;
  readonly bytes: number;
  /** When it was put back, RFC 3339; undefined where it was not. */
  redrivenAt: string | undefined;
}

export interface Letter extends LetterRow {
  /** The record's key; null where it had none. */
  readonly key: Buffer | null;
  /** The record's own bytes. */
  readonly value: Buffer | null;
}

export interface LetterFilter {
  readonly code?: string;
  readonly topic?: string;
}

/** Rows held in memory, some 300 bytes each. Beyond it the oldest are left out, and their number is told. */
const rowsMax = 200_000;
/** Letters whose originals are in memory at a time, a record having two MiB at most. */
const lettersTogether = 20;
const writeDeadlineMs = 20_000;

export interface LetterList {
  /** Oldest first, one for each record. */
  readonly rows: readonly LetterRow[];
  /** Letters that were left out because there are too many. */
  readonly leftOut: number;
}

/** All letters that pass a filter, with what became of them. Rejects when the log cannot be read. */
export async function listLetters(log: LogReader, filter: LetterFilter = {}): Promise<LetterList> {
  const rows = new Map<string, LetterRow>();
  const redriven = new Map<string, string>();
  let leftOut = 0;
  await readLetters(log, undefined, (message) => {
    const key = String(message.key);
    const redrivenAt = headerText(message, deadLetterHeaders.redriven);
    if (redrivenAt !== undefined) {
      redriven.set(key, redrivenAt);
      return;
    }
    const row = rowOf(message);
    if (rows.has(key) || !passes(row, filter)) return;
    rows.set(key, row);
    if (rows.size <= rowsMax) return;
    leftOut += 1;
    rows.delete(rows.keys().next().value!);
  });
  for (const [key, row] of rows) row.redrivenAt = redriven.get(key);
  return { rows: [...rows.values()], leftOut };
}

/** One letter with its content; undefined where no letter stands at this offset. */
export async function findLetter(log: LogReader, offset: number): Promise<Letter | undefined> {
  const { rows } = await listLetters(log);
  let found: Letter | undefined;
  await readLetters(log, { from: offset, to: offset + 1 }, (message) => {
    if (headerText(message, deadLetterHeaders.redriven) !== undefined) return;
    const letter = letterOf(message);
    found = { ...letter, redrivenAt: rows.find((row) => placeOf(row) === placeOf(letter))?.redrivenAt };
  });
  return found;
}

export interface RedriveResult {
  readonly redriven: readonly LetterRow[];
  readonly refused: readonly { readonly row: LetterRow; readonly problem: Problem }[];
}

/**
 * Puts the originals of these letters back on their topics, under their keys and in their order, where they are valid now.
 * Throws when the log does not confirm: what was marked until then is done, the rest is to be tried again.
 */
export async function redriveLetters(
  log: LogReader,
  writer: Pick<LogWriter, 'write'>,
  rows: readonly LetterRow[],
  now: () => string,
): Promise<RedriveResult> {
  const redriven: LetterRow[] = [];
  const refused: { row: LetterRow; problem: Problem }[] = [];
  const wanted = new Map(rows.map((row) => [row.offset, row]));
  let waiting: Letter[] = [];
  const flush = async (): Promise<void> => {
    await write(writer, waiting.map(originalOf)); // 1
    const at = now();
    await write(
      writer,
      waiting.map((letter) => markOf(letter, at)), // 2
    );
    redriven.push(...waiting.map(({ offset }) => wanted.get(offset)!));
    waiting = [];
  };
  const offsets = [...wanted.keys()];
  const range = { from: Math.min(...offsets), to: Math.max(...offsets) + 1 };
  if (offsets.length > 0)
    await readLetters(log, range, async (message) => {
      const row = wanted.get(Number(message.offset));
      if (!row) return;
      const letter = letterOf(message);
      const problem = problemNow(letter) ?? keyProblem(letter);
      if (problem) refused.push({ row, problem });
      else waiting.push(letter);
      if (waiting.length >= lettersTogether) await flush();
    });
  await flush();
  return { redriven, refused };
}

async function write(writer: Pick<LogWriter, 'write'>, records: readonly LogRecord[]): Promise<void> {
  const result = await writer.write(records, writeDeadlineMs);
  if (!result.ok) throw new Error(`the log did not take them: ${result.problem}`);
}

function originalOf({ topic, key, value }: Letter): LogRecord {
  // An event without a key of its own gets the one that ingest gives: its subject.
  return { topic, key: key === null ? subjectOf(value) : key.toString('utf8'), value };
}

function markOf(letter: Letter, at: string): LogRecord {
  return { topic: deadLetterTopic, key: placeOf(letter), value: null, headers: { [deadLetterHeaders.redriven]: at } };
}

/** The writer takes keys as text; other bytes would come to another partition. */
function keyProblem({ key }: Letter): Problem | undefined {
  if (key === null || key.equals(Buffer.from(key.toString('utf8')))) return undefined;
  return { code: 'unreadable_record', detail: 'the key is not text in UTF-8' };
}

function subjectOf(value: Buffer | null): string {
  return (parseJson(value) as { subject: string }).subject;
}

/** Reads the whole topic, or a part of it, message by message. */
async function readLetters(
  log: LogReader,
  part: { readonly from: number; readonly to: number } | undefined,
  onMessage: (message: Message) => void | Promise<void>,
): Promise<void> {
  const [extent] = await log.extents(deadLetterTopic);
  if (extent === undefined) throw new Error(`${deadLetterTopic} has no partition`);
  const from = part === undefined || part.from < extent.start ? extent.start : BigInt(part.from);
  const to = part === undefined || part.to > extent.end ? extent.end : BigInt(part.to);
  // A batch can come again after a rebalance: what was handled of it is passed over.
  let next = from;
  await log.read({ topic: deadLetterTopic, partition: extent.partition, from, to }, async ({ records }) => {
    for (const record of records) {
      if (BigInt(record.offset) < next) continue;
      await onMessage(record);
      next = BigInt(record.offset) + 1n;
    }
  });
}

function rowOf(message: Message): LetterRow {
  return {
    offset: Number(message.offset),
    timeMs: Number(message.timestamp),
    code: headerText(message, deadLetterHeaders.code) ?? '',
    detail: headerText(message, deadLetterHeaders.detail) ?? '',
    topic: headerText(message, deadLetterHeaders.topic) ?? '',
    partition: Number(headerText(message, deadLetterHeaders.partition)),
    recordOffset: headerText(message, deadLetterHeaders.offset) ?? '',
    bytes: message.value?.length ?? 0,
    redrivenAt: undefined,
  };
}

function letterOf(message: Message): Letter {
  const key = message.headers?.[deadLetterHeaders.key];
  const bytes = Buffer.isBuffer(key) && key.length > 0 ? key : null;
  return { ...rowOf(message), key: bytes, value: message.value };
}

/** The key of a letter: the place of its record. */
function placeOf({ topic, partition, recordOffset }: LetterRow): string {
  return `${topic}/${partition}/${recordOffset}`;
}

function passes({ code, topic }: LetterRow, filter: LetterFilter): boolean {
  return (filter.code === undefined || filter.code === code) && (filter.topic === undefined || filter.topic === topic);
}

function headerText(message: Message, name: string): string | undefined {
  const value = message.headers?.[name];
  return value === undefined ? undefined : String(value);
}

/** Why a letter's original cannot be put back: what a check says of it now. */
export function problemNow({ topic, value }: Pick<Letter, 'topic' | 'value'>): Problem | undefined {
  const system = systemOfTopic(topic);
  if (system === undefined) return { code: 'wrong_topic', detail: `no events belong on ${topic}` };
  const parsed = parseJson(value);
  if (parsed === undefined) return { code: 'unreadable_record', detail: 'the value is empty or not JSON' };
  const checked = checkEvent(parsed);
  if (!checked.ok) return checked.problem;
  if (checked.system === system) return undefined;
  return { code: 'wrong_topic', detail: `${checked.event.type} does not belong on ${topic}`, path: '$.type' };
}

function parseJson(value: Buffer | null): unknown {
  if (value === null) return undefined;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
