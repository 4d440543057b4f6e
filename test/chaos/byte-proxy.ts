/** A TCP proxy that knows no protocol, for Redis: connections that go silent, slow answers, refused connections. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { LOOPBACK } from '@landbridge/native';

export class ByteProxy {
  /** Milliseconds added to each answer. */
  delayMs = 0;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #silenced = new WeakSet<readonly [Socket, Socket]>();

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (client) => this.#accept(client));
  }

  /** Listens on a free port, in front of a port of this machine. */
  static async open(targetPort: number): Promise<ByteProxy> {
    const server = createServer();
    const proxy = new ByteProxy(server, targetPort);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return proxy;
  }

  get address(): string {
    return `${LOOPBACK}:${(this.server.address() as AddressInfo).port}`;
  }

  /** Every connection that is open now stays open and carries nothing any more; new ones work. */
  silence(): void {
    for (const pair of this.#pairs) this.#silenced.add(pair);
  }

  async close(): Promise<void> {
    this.server.close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await once(this.server, 'close');
  }

  #accept(client: Socket): void {
    const target = connect(this.targetPort, LOOPBACK);
    const pair = [client, target] as const;
    this.#pairs.add(pair);
    let passed = Promise.resolve();
    client.on('data', (bytes) => {
      if (!this.#silenced.has(pair)) target.write(bytes);
    });
    target.on('data', (bytes) => {
      // In order, whatever the delay is set to meanwhile.
      passed = this.#pass(pair, bytes, passed);
    });
    for (const socket of pair) {
      socket.setNoDelay(true);
      // What matters of an error is the close that follows it.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        // The other end of a silent connection does not hear of it.
        if (this.#silenced.has(pair) && socket === target) return;
        this.#pairs.delete(pair);
        client.destroy();
        target.destroy();
      });
    }
  }

  async #pass(pair: readonly [Socket, Socket], bytes: Buffer, before: Promise<void>): Promise<void> {
    await before;
    if (this.delayMs > 0) await delay(this.delayMs);
    if (!this.#silenced.has(pair)) pair[0].write(bytes);
  }
}
