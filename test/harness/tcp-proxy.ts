/**
 * A TCP proxy in front of a Kafka broker that a test can make fail: lost answers, silent connections, refused ones, slow ones.
 *
 * A broker tells clients its own address, and they would go there, past the proxy. So the proxy writes its own port over the broker's
 * wherever an answer holds the pair "host, port" in Kafka's form; the lengths stay as they are.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { LOOPBACK } from '@landbridge/native';

/** Kafka's number of a produce request. */
const PRODUCE = 0;
/** And of the question who coordinates a group. */
const FIND_COORDINATOR = 10;

interface Pair {
  readonly client: Socket;
  readonly broker: Socket;
}

export class TcpProxy {
  /** Answers to produce requests that were cut off. */
  cutAnswers = 0;
  /** New connections that were reset. */
  refused = 0;
  /** Cut both sides instead of passing every nth answer to a produce request; 0 for none. */
  cutEveryNthProduceAnswer = 0;
  /** So many of the next answers to who coordinates a group are cut off. */
  coordinatorAnswersToCut = 0;
  /** Milliseconds added to every answer. */
  delayMs = 0;
  #refusing = false;
  #produceAnswers = 0;
  readonly #pairs = new Set<Pair>();
  readonly #silenced = new WeakSet<Pair>();

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (client) => this.#accept(client));
  }

  /** Listens on a free port; `target` is the broker's `host:port` as the broker advertises it. */
  static async open(target: string): Promise<TcpProxy> {
    const [host = '', port = ''] = target.split(':');
    const server = createServer();
    const proxy = new TcpProxy(server, { host, port: Number(port) });
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return proxy;
  }

  get address(): string {
    return `${LOOPBACK}:${this.#port}`;
  }

  /** Connections of clients that are open now, silent ones too. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Every connection that is open now stays open and carries nothing any more, in either direction; new ones work. */
  silence(): void {
    for (const pair of this.#pairs) this.#silenced.add(pair);
  }

  /** Resets the open connections, and new ones at once, until told otherwise. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) for (const pair of this.#pairs) cut(pair);
  }

  async close(): Promise<void> {
    this.refuse(true);
    this.server.close();
    await once(this.server, 'close');
  }

  get #port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      this.refused += 1;
      client.resetAndDestroy();
      return;
    }
    const broker = connect(this.target);
    const pair = { client, broker };
    this.#pairs.add(pair);
    // By correlation id: whether the request is a produce. Bounded by the client's requests in flight.
    const kinds = new Map<number, number>();
    let passed = Promise.resolve();
    eachFrame(client, (frame) => {
      if (this.#silenced.has(pair)) return;
      kinds.set(frame.readInt32BE(8), frame.readInt16BE(4));
      broker.write(frame);
    });
    eachFrame(broker, (frame) => {
      const id = frame.readInt32BE(4);
      const kind = kinds.get(id);
      kinds.delete(id);
      if (kind === PRODUCE && this.#isToBeCut()) return cut(pair);
      if (kind === FIND_COORDINATOR && this.coordinatorAnswersToCut > 0) {
        this.coordinatorAnswersToCut -= 1;
        return cut(pair);
      }
      const answer = this.#withOwnPort(frame);
      passed = this.#pass(pair, answer, passed);
    });
    for (const socket of [client, broker]) {
      socket.setNoDelay(true);
      // What matters of an error is the close that follows it.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        // One end of a silent connection does not hear that the other is gone; `close` ends both.
        if (this.#silenced.has(pair)) return;
        this.#pairs.delete(pair);
        cut(pair);
      });
    }
  }

  /** Answers keep their order, whatever the delay is set to meanwhile. */
  async #pass(pair: Pair, answer: Buffer, before: Promise<void>): Promise<void> {
    await before;
    if (this.delayMs > 0) await delay(this.delayMs);
    if (!this.#silenced.has(pair)) pair.client.write(answer);
  }

  #isToBeCut(): boolean {
    if (this.cutEveryNthProduceAnswer === 0) return false;
    this.#produceAnswers += 1;
    if (this.#produceAnswers % this.cutEveryNthProduceAnswer !== 0) return false;
    this.cutAnswers += 1;
    return true;
  }

  #withOwnPort(frame: Buffer): Buffer {
    const { host, port } = this.target;
    const theirs = hostAndPort(host, port);
    for (let at = frame.indexOf(theirs); at !== -1; at = frame.indexOf(theirs, at + 1))
      frame.writeInt32BE(this.#port, at + theirs.length - 4);
    return frame;
  }
}

/** Kafka's form of an address: the length of the host in two bytes, the host, the port in four. */
function hostAndPort(host: string, port: number): Buffer {
  const bytes = Buffer.alloc(2 + host.length + 4);
  bytes.writeInt16BE(host.length);
  bytes.write(host, 2);
  bytes.writeInt32BE(port, 2 + host.length);
  return bytes;
}

function cut({ client, broker }: Pair): void {
  client.destroy();
  broker.destroy();
}

/** Calls back for each whole frame, its four bytes of length included. Chunks of a large frame are joined once, when it is whole. */
function eachFrame(socket: Socket, onFrame: (frame: Buffer) => void): void {
  let chunks: Buffer[] = [];
  let length = 0;
  /** Bytes that must be held before another look is worth it. */
  let wanted = 4;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < wanted) return;
    let held = Buffer.concat(chunks);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE()) {
      const end = 4 + held.readInt32BE();
      onFrame(held.subarray(0, end));
      held = held.subarray(end);
    }
    chunks = [held];
    length = held.length;
    wanted = length >= 4 ? 4 + held.readInt32BE() : 4;
  });
}
