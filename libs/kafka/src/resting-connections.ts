/**
 * Lets a connection that waits for nothing rest.
 *
 * kafkajs 2.2.4 looks after each answer whether requests are held back because the broker throttles us, with a timer that sets itself
 * again. Where there is no throttling its delay is negative; Node makes that 1 ms, with a warning, and every connection wakes its process
 * a thousand times a second for good (tulios/kafkajs#1751): 3.1 % of a core for an idle one, 0.2 % without (measured).
 *
 * The seam is one method of one class of kafkajs, which is pinned. It can go when kafkajs sets that timer only where something waits.
 */
import { createRequire } from 'node:module';

/** What is read of a connection's requests. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Epoch milliseconds. */
  readonly throttledUntil: number;
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
}

const requireKafkajs = createRequire(import.meta.url);
let used = false;

/** For all connections of this process. Idempotent. Throws when this is not the kafkajs that it was made for. */
export function useRestingConnections(): void {
  if (used) return;
  const { prototype } = requireKafkajs('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  if (typeof schedule !== 'function') throw new Error('kafkajs has another queue of requests than 2.2.4');
  prototype.scheduleCheckPendingRequests = function scheduleWhereSomethingWaits(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
  used = true;
}
