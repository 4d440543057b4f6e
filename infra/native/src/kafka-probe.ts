import { askOnce } from './loopback.js';

/**
 * Asks a broker for its metadata in Kafka's own protocol, without a client library: this room imports nothing but Node.
 *
 * An open port is not enough. A KRaft broker accepts connections before the controller has let it in ("unfenced" it), and
 * until then no topic can be created on it; the brokers of a Metadata answer are the ones that are let in.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_Metadata (version 1, the oldest that can ask for no topics at all)
 */
export async function probeKafka(port: number, timeoutMs: number): Promise<void> {
  const answer = await askOnce(port, metadataRequest(), isWhole, timeoutMs);
  if (brokerCount(answer) === 0) throw new Error('the broker is not yet let in by the controller');
}

const API_METADATA = 3;
const CORRELATION_ID = 1;
const CLIENT_ID = 'landbridge-probe';

function metadataRequest(): Buffer {
  const body = Buffer.alloc(14 + CLIENT_ID.length);
  body.writeInt16BE(API_METADATA, 0);
  body.writeInt16BE(1, 2);
  body.writeInt32BE(CORRELATION_ID, 4);
  body.writeInt16BE(CLIENT_ID.length, 8);
  body.write(CLIENT_ID, 10, 'latin1');
  body.writeInt32BE(0, 10 + CLIENT_ID.length); // an empty array of topics: none, where null would mean all
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

function isWhole(answer: Buffer): boolean {
  return answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0);
}

/** Size, correlation id, then the array of brokers, which begins with its length. */
export function brokerCount(answer: Buffer): number {
  if (answer.length < 12 || answer.readInt32BE(4) !== CORRELATION_ID)
    throw new Error('the answer is not that of a Kafka broker');
  return Math.max(answer.readInt32BE(8), 0);
}
