/**
 * Where a text stops being JSON.
 *
 * Goal: a carrier whose batch of 5,000 lines is refused must be told the line and column. `JSON.parse` says so for some faults only
 * (not for an unclosed array, not for an unexpected word) and its wording changes with the engine's version.
 * Choice: `JSON.parse` alone reads what carriers send; this scanner runs only on texts that it refused, so its speed does not matter
 * and its grammar is tested against `JSON.parse`. It keeps its own stack: 100,000 open brackets must not end in a stack overflow.
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export interface JsonFault {
  /** Index in the text, in UTF-16 code units; the text's length when it ended too early. */
  readonly offset: number;
  /** What is wrong there, as the end of a sentence. Holds nothing of the text. */
  readonly reason: string;
}

/** The first fault of a text, or undefined when it is one JSON value. */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: ('[' | '{')[] = [];
  let expecting: Expecting = 'value';
  let at = 0;
  for (;;) {
    at = skipSpace(text, at);
    const character = text[at];
    if (character === undefined && !(expecting === 'comma' && open.length === 0))
      return { offset: at, reason: 'the text ends too early' };
    switch (expecting) {
      case 'value':
      case 'value or ]':
        if (character === ']' && expecting === 'value or ]') {
          open.pop();
          expecting = 'comma';
          at++;
        } else if (character === '[') {
          open.push('[');
          expecting = 'value or ]';
          at++;
        } else if (character === '{') {
          open.push('{');
          expecting = 'name or }';
          at++;
        } else {
          const end = endOfScalar(text, at);
          if (typeof end !== 'number') return end;
          at = end;
          expecting = 'comma';
        }
        break;
      case 'name':
      case 'name or }':
        if (character === '}' && expecting === 'name or }') {
          open.pop();
          expecting = 'comma';
          at++;
        } else {
          if (character !== '"') return { offset: at, reason: 'expected a name in double quotes' };
          const end = endOfString(text, at);
          if (typeof end !== 'number') return end;
          at = skipSpace(text, end);
          if (text[at] !== ':') return { offset: at, reason: 'expected a colon' };
          at++;
          expecting = 'value';
        }
        break;
      case 'comma': {
        const container = open.at(-1);
        if (container === undefined)
          return character === undefined ? undefined : { offset: at, reason: 'expected nothing after the value' };
        if (character === ',') expecting = container === '[' ? 'value' : 'name';
        else if (character === (container === '[' ? ']' : '}')) open.pop();
        else return { offset: at, reason: container === '[' ? 'expected a comma or ]' : 'expected a comma or }' };
        at++;
        break;
      }
    }
  }
}

/** A place in a text as people count: lines and columns from 1, a column being one UTF-16 code unit. Lines end with LF (or CR LF). */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < offset; end = text.indexOf('\n', lineStart)) {
    line++;
    lineStart = end + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

type Expecting = 'value' | 'value or ]' | 'name' | 'name or }' | 'comma';

/** JSON knows four white-space characters; a no-break space or a byte order mark inside is a fault. */
function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at++;
  }
}

const numberAt = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

/** The index after a string, number or literal that begins here. */
function endOfScalar(text: string, at: number): number | JsonFault {
  if (text[at] === '"') return endOfString(text, at);
  for (const word of ['true', 'false', 'null']) if (text.startsWith(word, at)) return at + word.length;
  numberAt.lastIndex = at;
  return numberAt.test(text) ? numberAt.lastIndex : { offset: at, reason: 'expected a value' };
}

const escapeAt = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** The index after the closing quote of a string that opens here. */
function endOfString(text: string, open: number): number | JsonFault {
  let at = open + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return { offset: at, reason: 'a string holds a control character that is not escaped' };
    if (code === 0x5c) {
      escapeAt.lastIndex = at;
      if (!escapeAt.test(text)) return { offset: at, reason: 'a string holds an escape that JSON does not know' };
      at = escapeAt.lastIndex;
    } else at++;
  }
  return { offset: text.length, reason: 'a string is not closed' };
}
