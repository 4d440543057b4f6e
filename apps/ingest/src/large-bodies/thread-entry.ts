/**
 * The entry of a thread: screens one body after the other. What it throws ends it, and its body is answered by `ScreeningThreads`.
 *
 * A hard body leaves a heap of 250 MiB that is garbage, and V8 looks at it again only when the next body needs room. So the thread
 * collects it itself when the answer is out, and nearly all of it goes back to the system: in 20 to 300 ms, for which only a body that
 * comes at once has to wait. Refused: a new thread in its place, which would have compiled nothing yet.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { screenBody, type BodyTask } from './body-screening.js';
import { toSlices } from './screening-slices.js';

/** What a thread is started with. */
export interface ThreadSettings {
  /** Bytes of one event's canonical form. */
  readonly eventBytesMax: number;
}

const { eventBytesMax } = workerData as ThreadSettings;

/** What usual large bodies leave, and what is not worth the collection. */
const heapBytesKept = 50_331_648;
const collect = collector();

/** V8's own collector, which Node shows only to who asks for it by a flag. `last-resort` gives the pages back as well. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: object) => void;
  setFlagsFromString('--no-expose-gc');
  return () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

parentPort!.on('message', (task: BodyTask) => {
  const answer = toSlices(screenBody(task, eventBytesMax));
  parentPort!.postMessage(answer, answer.ok ? answer.slices.map(({ buffer }) => buffer as ArrayBuffer) : []);
  // In another turn: what was read is held by this one.
  setImmediate(() => {
    if (getHeapStatistics().total_physical_size > heapBytesKept) collect();
  });
});
