/**
 * Events from a file or from stdin: one JSON object a line, or one JSON text (an object, or an array of objects).
 *
 * Lines are read as they come, so a file may be of any size; a JSON text over several lines has to be held whole and is bounded.
 * Nothing is checked here but that it is JSON: the service judges events, and says what is wrong with each.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { CanonicalEvent } from '@landbridge/contracts';

/** The input cannot be read; the message names the line. */
export class UnreadableInput extends Error {
  override readonly name = 'UnreadableInput';
}

/** About a hundred thousand events in one array; larger files should have one event a line. */
const wholeTextCharactersMax = 64 * 1_048_576;

/** Events of a file, `-` being stdin. Throws `UnreadableInput` when it is reached: events before it may have been posted already. */
export async function* eventsOfFile(file: string, stdin: Readable = process.stdin): AsyncGenerator<CanonicalEvent> {
  const input = file === '-' ? stdin : createReadStream(file);
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  let whole: string[] | undefined;
  let characters = 0;
  // readline does not pass on an error of the file: https://github.com/nodejs/node/issues/30831
  const failure = new Promise<never>((_resolve, reject) => input.once('error', reject));
  failure.catch(() => undefined);
  const iterator = lines[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), failure]);
      if (next.done) break;
      number += 1;
      // A byte order mark is no part of JSON, and editors still write it.
      const line = number === 1 ? next.value.replace(/^\ufeff/, '') : next.value;
      if (whole === undefined && line.trim() === '') continue;
      if (whole === undefined) {
        const event = parseObject(line);
        if (event !== undefined) {
          yield event as unknown as CanonicalEvent;
          continue;
        }
        // Only the first text may be one that goes over several lines.
        if (number > 1 && !opensText(line)) throw new UnreadableInput(`line ${number} is not a JSON object`);
        whole = [];
      }
      characters += line.length;
      if (characters > wholeTextCharactersMax)
        throw new UnreadableInput(
          `one JSON text of more than ${wholeTextCharactersMax} characters: write one event a line`,
        );
      whole.push(line);
    }
  } catch (error) {
    if (error instanceof UnreadableInput) throw error;
    throw new UnreadableInput((error as Error).message, { cause: error });
  } finally {
    lines.close();
  }
  if (whole !== undefined) yield* eventsOfText(whole.join('\n'));
}

const opensText = (line: string): boolean => /^\s*[[{]\s*$/.test(line);

function* eventsOfText(text: string): Generator<CanonicalEvent> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UnreadableInput(`the input is not JSON: ${(error as Error).message}`, { cause: error });
  }
  yield* (Array.isArray(value) ? value : [value]) as CanonicalEvent[];
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
