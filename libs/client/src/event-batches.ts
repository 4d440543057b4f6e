/**
 * Packs events into request bodies: as many as fit the limits of a batch, in the order given.
 */
import type { CanonicalEvent } from '@landbridge/contracts';

/** Events that travel in one request. `texts` are their JSON texts, `from` the place of the first one in the whole input. */
export interface EventBatch {
  readonly from: number;
  readonly texts: readonly string[];
  readonly ids: readonly (string | null)[];
}

export interface BatchLimits {
  readonly events: number;
  /** UTF-8 bytes of the body. An event that is larger by itself travels alone, for the service to judge. */
  readonly bytes: number;
}

/** Takes events as they are asked for: at most one batch is ahead of its reader. */
export async function* eventBatches(
  events: Iterable<CanonicalEvent> | AsyncIterable<CanonicalEvent>,
  limits: BatchLimits,
): AsyncGenerator<EventBatch, void, undefined> {
  let texts: string[] = [];
  let ids: (string | null)[] = [];
  let from = 0;
  let bytes = bracketBytes;
  for await (const event of events) {
    const text = JSON.stringify(event);
    const size = Buffer.byteLength(text) + commaBytes;
    if (texts.length > 0 && (texts.length === limits.events || bytes + size > limits.bytes)) {
      yield { from, texts, ids };
      from += texts.length;
      texts = [];
      ids = [];
      bytes = bracketBytes;
    }
    texts.push(text);
    ids.push(typeof event.id === 'string' ? event.id : null);
    bytes += size;
  }
  if (texts.length > 0) yield { from, texts, ids };
}

const bracketBytes = 2;
const commaBytes = 1;

/** The body of a batch: a JSON array of events. */
export function bodyOf(batch: EventBatch): string {
  return `[${batch.texts.join(',')}]`;
}

/** The two halves of a batch of at least two events. */
export function halvesOf(batch: EventBatch): readonly [EventBatch, EventBatch] {
  const middle = Math.ceil(batch.texts.length / 2);
  return [
    { from: batch.from, texts: batch.texts.slice(0, middle), ids: batch.ids.slice(0, middle) },
    { from: batch.from + middle, texts: batch.texts.slice(middle), ids: batch.ids.slice(middle) },
  ];
}
