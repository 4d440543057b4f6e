/**
 * A few events of now in every second, until the signal: so that dashboards of a demonstration move.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LandbridgeClient } from '@landbridge/client';
import { liveEvents } from '@landbridge/scenario';
import { failureLine } from '../posting.js';

export interface TrickleOptions {
  readonly url: string;
  readonly key: string;
  readonly eventsPerSecond: number;
  readonly signal: AbortSignal;
  /** Told of a failure, at most once a minute. */
  readonly onFailure: (line: string) => void;
}

const tickMs = 1_000;
const toldEveryMs = 60_000;

/** Posts until the signal is aborted. A post that fails is given up: the next second has new events. */
export async function trickle({ url, key, eventsPerSecond, signal, onFailure }: TrickleOptions): Promise<void> {
  const client = new LandbridgeClient({ url, key, concurrency: 1, retry: { attemptsMax: 3, retryForMs: 5_000 } });
  let toldMs = Number.NEGATIVE_INFINITY;
  for (let sequence = 0; !signal.aborted; sequence++) {
    const startMs = Date.now();
    const { failures, rejected } = await client.post(liveEvents(startMs, sequence, eventsPerSecond), { signal });
    const fault = failures[0] ? failureLine(failures[0]) : rejected[0] && `${rejected[0].code}: ${rejected[0].detail}`;
    if (fault !== undefined && !signal.aborted && startMs - toldMs > toldEveryMs) {
      onFailure(`live events: ${fault}`);
      toldMs = startMs;
    }
    const restMs = Math.max(0, tickMs - (Date.now() - startMs));
    await delay(restMs, undefined, { signal }).catch(() => undefined);
  }
}
