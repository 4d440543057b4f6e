/**
 * Mends what Redis leaves behind in its append-only file after a write that was cut.
 *
 * The effects of a script are one MULTI ... EXEC block in the file. Redis drops a cut tail when it loads, but only from the cut command
 * on: a block that was cut in its middle keeps its beginning, and what is written next lands inside it. The next load then carries out
 * the half block together with its successor: a transaction is half applied, two restarts after the cut. See valkey-io/valkey#4342; seen
 * with Redis 7.0.15; to be removed when the servers that we start have that fix. So the file is cut back to the beginning of an open
 * block before Redis sees it.
 */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const folderName = 'appendonlydir';
const incrementName = /^appendonly\.aof\.(\d+)\.incr\.aof$/;

const blockBegin = '*1\r\n$5\r\nmulti\r\n';
const blockEnd = '*1\r\n$4\r\nexec\r\n';

/** Read from the end, so that a large file costs no more than a small one. */
const pieceBytes = 1_048_576;

/** Cuts an unfinished block off the newest append-only file of a data folder; does nothing where there is none. */
export async function mendAppendLog(dataDir: string): Promise<void> {
  const folder = join(dataDir, folderName);
  const newest = newestIncrement(await readdir(folder).catch(() => []));
  if (newest === undefined) return;
  const file = await open(join(folder, newest), 'r+');
  try {
    const { size } = await file.stat();
    for (let from = size, overlap = ''; from > 0;) {
      const length = Math.min(pieceBytes, from);
      from -= length;
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, from);
      // Byte for character, in lower case as some versions write the two words.
      const text = buffer.toString('latin1').toLowerCase() + overlap;
      const begin = text.lastIndexOf(blockBegin);
      if (begin > text.lastIndexOf(blockEnd)) await file.truncate(from + begin);
      if (begin >= 0 || text.includes(blockEnd)) return;
      overlap = text.slice(0, blockBegin.length - 1);
    }
  } finally {
    await file.close();
  }
}

function newestIncrement(names: readonly string[]): string | undefined {
  const numberOf = (name: string): number => Number(incrementName.exec(name)?.[1] ?? 0);
  return names.filter((name) => incrementName.test(name)).toSorted((a, b) => numberOf(b) - numberOf(a))[0];
}
