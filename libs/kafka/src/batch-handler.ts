/** What Nest hands over for `@EventPattern<string>(topic)`, and when it is done. */
import type { PartitionBatch } from './partition-batch.js';

/** Its promise is done with the batch; it may also resolve to a stream of rxjs, as Nest allows, which is done at its end. */
export type BatchHandler = (batch: PartitionBatch) => unknown;

/** Resolves when a handler is done with a batch. Rejects with what it throws. */
export async function handled(handler: BatchHandler, batch: PartitionBatch): Promise<void> {
  const result = await handler(batch);
  if (!isStream(result)) return;
  await new Promise<void>((resolve, reject) => {
    result.subscribe({ complete: resolve, error: reject });
  });
}

interface Stream {
  subscribe(observer: { readonly complete: () => void; readonly error: (error: unknown) => void }): unknown;
}

function isStream(result: unknown): result is Stream {
  return typeof (result as Partial<Stream> | null | undefined)?.subscribe === 'function';
}
