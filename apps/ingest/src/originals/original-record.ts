/**
 * A carrier's message as it is kept: byte for byte, one record on the topic of originals, whatever the number of its events.
 * Why not inside each event: infra/decisions/0013-originals-in-a-topic.md.
 */
import { hash } from 'node:crypto';
import { originalHeaders, originalPartitionOf, originalTopic, type CarrierKey } from '@landbridge/contracts';
import type { LogRecord } from '@landbridge/kafka';

/** A message that was read to events. */
export interface CarrierMessage {
  readonly format: string;
  /** As received, after the transfer's own compression was undone. */
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Gives the room back that was set aside for the body. */
  readonly release: () => void;
}

/** The record of an original; its key is the SHA-256 of the bytes, hex. */
export function originalRecord(
  { tenant, carrier, sandbox }: Pick<CarrierKey, 'tenant' | 'carrier' | 'sandbox'>,
  { format, bytes, contentType }: CarrierMessage,
): LogRecord & { readonly partition: number } {
  const digest = hash('sha256', bytes);
  return {
    topic: originalTopic,
    partition: originalPartitionOf(digest),
    key: digest,
    value: bytes,
    headers: {
      [originalHeaders.tenant]: tenant,
      [originalHeaders.carrier]: carrier,
      [originalHeaders.format]: format,
      [originalHeaders.contentType]: contentType,
      ...(sandbox ? { [originalHeaders.sandbox]: 'true' } : {}),
    },
  };
}
