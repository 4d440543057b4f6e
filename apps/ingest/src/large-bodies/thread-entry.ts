/** The entry of a thread: screens one body after the other. What it throws ends it, and its body is answered by `ScreeningThreads`. */
import { parentPort, workerData } from 'node:worker_threads';
import { screenBody, type BodyTask } from './body-screening.js';
import { toSlices } from './screening-slices.js';

/** What a thread is started with. */
export interface ThreadSettings {
  /** Bytes of one event's canonical form. */
  readonly eventBytesMax: number;
}

const { eventBytesMax } = workerData as ThreadSettings;

parentPort!.on('message', (task: BodyTask) => {
  const answer = toSlices(screenBody(task, eventBytesMax));
  parentPort!.postMessage(answer, answer.ok ? answer.slices.map(({ buffer }) => buffer as ArrayBuffer) : []);
});
