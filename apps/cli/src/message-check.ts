/**
 * Checks a message as the door would, without a door: which events it holds, what each would count, and what is wrong with the others.
 *
 * Pure: bytes in, findings out. The door does the same with the same libraries, so what passes here is accepted there, except for what
 * only the hub knows: the key, its source and its limits.
 */
import { checkEvent, futureFault, type CanonicalEvent, type Problem } from '@landbridge/contracts';
import { explainCount, type CountExplanation } from '@landbridge/domain';
import {
  formatByName,
  recogniseFormat,
  type FormatFault,
  type FormatName,
  type ReadContext,
} from '@landbridge/formats';

export interface MessageFindings {
  /** Undefined where no format recognises the bytes. */
  readonly format: FormatName | undefined;
  readonly findings: readonly Finding[];
}

export type Finding =
  | { readonly ok: true; readonly event: CanonicalEvent; readonly path: string; readonly counted: CountExplanation }
  | { readonly ok: false; readonly id: string | null; readonly fault: FormatFault };

/** Checks a message in a format, or in the one that its first bytes look like. */
export function checkMessage(bytes: Uint8Array, named: FormatName | undefined, context: ReadContext): MessageFindings {
  const format = named === undefined ? recogniseFormat(bytes) : formatByName(named);
  if (format === undefined) return { format: undefined, findings: [] };
  const reading = format.read(bytes, context);
  const findings = reading.ok
    ? reading.items.map((item): Finding => (item.ok ? judged(item.event, item.path, context.receivedAtMs) : item))
    : [{ ok: false as const, id: null, fault: reading.fault }];
  return { format: format.name, findings };
}

function judged(event: CanonicalEvent, path: string, receivedAtMs: number): Finding {
  const check = checkEvent(event);
  if (!check.ok) return { ok: false, id: event.id, fault: faultOf(check.problem, path) };
  const ahead = futureFault(check, receivedAtMs);
  if (ahead !== undefined) return { ok: false, id: event.id, fault: faultOf(ahead, path) };
  const counted: CountExplanation =
    check.facts === undefined
      ? { measures: [], reason: 'it takes an earlier event back' }
      : explainCount(check.system, check.timeMs, check.facts);
  return { ok: true, event, path, counted };
}

/** What the event check found is said of the event; the message has it at `path`. */
function faultOf({ path = '$', ...problem }: Problem, place: string): FormatFault {
  return { ...problem, detail: `${problem.detail} (${path} of the event)`, path: place };
}

/** The line at fault and a mark under its column; undefined where the place is a JSONPath. */
export function excerptAt(text: string, path: string): readonly [line: string, mark: string] | undefined {
  const [, line, column] = /^line (\d+), column (\d+)/.exec(path) ?? [];
  if (line === undefined) return undefined;
  const whole = text.split(/\r\n|\r|\n/, Number(line))[Number(line) - 1];
  if (whole === undefined) return undefined;
  const at = Number(column) - 1;
  const from = Math.max(0, at - excerptBefore);
  const shown = printable(whole.slice(from, at + excerptAfter));
  return [shown, `${' '.repeat(printable(whole.slice(from, at)).length)}^`];
}

const excerptBefore = 40;
const excerptAfter = 60;

/** A message may hold what a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
