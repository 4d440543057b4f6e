/**
 * Names that an object holds twice, and more nesting or values than are taken, found in the text: the parsed value no longer shows the
 * first, and the others are to be known before anything is built of them.
 *
 * One pass with a stack of its own. Strings are left by `indexOf`, so that long ones cost next to nothing.
 */
import { childPath } from './json-values.js';

export interface NameFault {
  readonly kind: 'equal names' | 'too deep' | 'too many values';
  /** JSONPath of the second of two equal names, or of the value that is one too deep or too many. */
  readonly path: string;
}

interface Level {
  /** Undefined in an array. */
  readonly names: Set<string> | undefined;
  /** The name or index at which the scan stands. */
  at: string | number;
}

/**
 * The first fault of a text, or undefined. The text need not be JSON: what it then says of names is of no use, but the bounds hold.
 * @param valuesMax each value stands behind a comma or an opening bracket, so these are counted; an empty object or array counts twice
 */
export function findNameFault(text: string, depthMax: number, valuesMax: number): NameFault | undefined {
  const levels: Level[] = [];
  let values = 0;
  let top: Level | undefined;
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfString(text, at);
        if (expectsName && top?.names) {
          const name = nameOf(text.slice(at, end));
          top.at = name;
          if (top.names.has(name)) return { kind: 'equal names', path: pathOf(levels) };
          top.names.add(name);
          expectsName = false;
        }
        at = end - 1;
        break;
      }
      case openBrace:
      case openBracket: {
        if (levels.length === depthMax) return { kind: 'too deep', path: pathOf(levels) };
        if (++values > valuesMax) return { kind: 'too many values', path: pathOf(levels) };
        const isObject = text.charCodeAt(at) === openBrace;
        top = { names: isObject ? new Set() : undefined, at: isObject ? '' : 0 };
        levels.push(top);
        expectsName = isObject;
        break;
      }
      case closeBrace:
      case closeBracket:
        levels.pop();
        top = levels.at(-1);
        expectsName = false;
        break;
      case comma:
        if (typeof top?.at === 'number') top.at++;
        if (++values > valuesMax) return { kind: 'too many values', path: pathOf(levels) };
        expectsName = top?.names !== undefined;
        break;
      default:
    }
  }
  return undefined;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** The index after the string that opens here: at a quote with an even number of backslashes before it. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at;
    while (text.charCodeAt(first - 1) === backslash) first--;
    if ((at - first) % 2 === 0) return at + 1;
  }
  return text.length;
}

/** A name as it reads: `"\u0061"` and `"a"` are the same. One that is not JSON is taken as it stands. */
function nameOf(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}

function pathOf(levels: readonly Level[]): string {
  return levels.reduce((path, { at }) => childPath(path, at), '$');
}
