/**
 * How an event that was written and read again differs from what it was, and whether that makes it another statement.
 *
 * A member that got lost, a weight in fewer digits, a time without its seconds, another id: the same statement, told less well. Another
 * unit, status, place or day, or a direction that would count where the event did not: another statement.
 */
import type { CanonicalEvent } from '@landbridge/contracts';
import { parseTimestamp } from '@landbridge/domain';

export interface Difference {
  /** JSONPath from the event. */
  readonly path: string;
  readonly detail: string;
  /** Whether whoever reads the message would believe something else than the event says. */
  readonly isFalse: boolean;
}

/** Members that belong to the sending, to the door or to the record, and not to what the event says. */
const ofNoStatement: ReadonlySet<string> = new Set([
  '$.specversion',
  '$.source',
  '$.tenant',
  '$.datacontenttype',
  '$.dataschema',
  '$.data.original',
]);

/** Members without which, or with another value of which, an event is another event. */
const ofTheStatement: ReadonlySet<string> = new Set([
  '$.type',
  '$.subject',
  '$.retracted',
  '$.data.classifier',
  '$.data.milestone',
  '$.data.hub',
  '$.data.place',
  '$.data.unit',
  '$.data.unit.type',
  '$.data.unit.id',
]);

/** As many rows as an event with all its links has members. */
const rowsMax = 300;

/** All differences, in the order of the event's members; none where the second says all that the first says and no more. */
export function differencesOf(event: CanonicalEvent, read: CanonicalEvent): readonly Difference[] {
  const differences: Difference[] = [];
  // What is taken back is named by id, subject and revision; its data is what it was.
  compare('$', event, read, event.retracted === true, differences);
  return differences.slice(0, rowsMax);
}

function compare(path: string, said: unknown, read: unknown, isRetraction: boolean, into: Difference[]): void {
  if (said === read || ofNoStatement.has(path) || (isRetraction && path === '$.data')) return;
  if (path === '$.data.links' && Array.isArray(said) && Array.isArray(read)) return compareLinks(said, read, into);
  if (isRecord(said) && isRecord(read)) {
    for (const name of new Set([...Object.keys(said), ...Object.keys(read)]))
      compare(`${path}.${name}`, said[name], read[name], isRetraction, into);
    return;
  }
  const isFalse = isAnotherStatement(path, said, read);
  if (isFalse === undefined) return;
  const what = said === undefined ? 'nothing' : shown(said);
  const detail = read === undefined ? `${what} is not said` : `${what} is read as ${shown(read)}`;
  into.push({ path, detail, isFalse });
}

/** Links have no order, and formats have orders of their own for them. */
function compareLinks(said: readonly unknown[], read: readonly unknown[], into: Difference[]): void {
  const keyOf = (link: unknown) => {
    const { type, id } = link as { readonly type: string; readonly id: string };
    return `${type} ${id}`;
  };
  const [saidKeys, readKeys] = [new Set(said.map(keyOf)), new Set(read.map(keyOf))];
  for (const [index, key] of said.map(keyOf).entries())
    if (!readKeys.has(key))
      into.push({ path: `$.data.links[${index}]`, detail: `${shown(key)} is not said`, isFalse: false });
  for (const key of readKeys)
    if (!saidKeys.has(key))
      into.push({ path: '$.data.links', detail: `nothing is read as ${shown(key)}`, isFalse: false });
}

/** Undefined where the two texts mean the same. */
function isAnotherStatement(path: string, said: unknown, read: unknown): boolean | undefined {
  if (ofTheStatement.has(path)) return true;
  if (path === '$.time') return isAnotherTime(said, read);
  // In transit is what counts nowhere; the other directions count.
  if (path === '$.data.direction') return read !== 'transit';
  if (path.startsWith('$.data.quantities')) return isAnotherQuantity(said, read);
  return false;
}

/** Some formats tell times to the minute. */
const minuteMs = 60_000;

function isAnotherTime(said: unknown, read: unknown): boolean | undefined {
  const [saidMs, readMs] = [parseTimestamp(String(said)), parseTimestamp(String(read))];
  if (saidMs === undefined || readMs === undefined) return true;
  return saidMs === readMs ? undefined : Math.abs(saidMs - readMs) >= minuteMs;
}

/** Some formats tell weights in six digits. */
const roundingMax = 0.000_01;

function isAnotherQuantity(said: unknown, read: unknown): boolean {
  if (read === undefined) return false;
  if (typeof said !== 'number' || typeof read !== 'number') return true;
  return Math.abs(said - read) > Math.max(1, said * roundingMax);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
