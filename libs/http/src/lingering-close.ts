/**
 * How a connection is closed whose sender still sends: its answer goes out, then the end of our side, and what still comes is read and
 * thrown away until the sender ends too, within bounds of bytes and time.
 *
 * To close at once would lose the answer. The kernel answers bytes that nobody read with a reset, and a client that writes into a reset
 * connection hears EPIPE and reads nothing more. So nginx does it as well (`lingering_close`), and RFC 9112 section 9.6 asks for it.
 * The bytes are taken off the socket itself and not out of Node's parser: what was pipelined behind a refused body is not a request any
 * more. A request whose connection lingers is over for everybody else: it holds no body, no room and no place.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The time is nginx's for a pause, twice; the bytes are four of the largest bodies, as for a refusal that leaves the connection open. */
export const lingering = {
  /** Of one connection after its answer. */
  totalMs: 10_000,
  /** Without a byte. */
  idleMs: 2_000,
  bytesMax: 33_554_432,
  /** Beyond so many at a time, connections are closed at once: each is a file descriptor, and a stranger may have caused it. */
  connectionsMax: 512,
} as const;

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export class LingeringClose {
  /** The newest of each connection. */
  readonly #exchanges = new WeakMap<Socket, Exchange>();
  readonly #connections = new Set<Socket>();

  /** Makes a server linger where it ends a connection before its sender has sent all; before it listens. */
  watch(server: Server): void {
    server.on('request', (request, response) => this.#exchanges.set(request.socket, { request, response }));
    server.on('connection', (socket) => {
      const destroySoon = socket.destroySoon.bind(socket);
      // Node calls it when the last answer of a connection is out.
      socket.destroySoon = () => {
        if (this.unfinished(socket) === undefined || socket.readableEnded) destroySoon();
        else this.end(socket);
      };
    });
  }

  /** The request of a connection that has not come completely, and its answer; undefined where none is coming. */
  unfinished(socket: Socket): Exchange | undefined {
    const exchange = this.#exchanges.get(socket);
    return exchange?.request.complete === false ? exchange : undefined;
  }

  /** Whether a connection has been answered to its end, and what comes of it means nothing any more. */
  has(socket: Socket): boolean {
    return this.#connections.has(socket);
  }

  /** Ends our side of a connection, after `last` where that is given, and the other one when all was read or a bound is reached. */
  end(socket: Socket, last = ''): void {
    if (this.#connections.size >= lingering.connectionsMax || socket.readableEnded) {
      socket.end(last, () => socket.destroy());
      return;
    }
    this.#connections.add(socket);
    let left: number = lingering.bytesMax;
    const leave = (): void => void socket.destroy();
    // Node's parser is taken off. It would make the rest into requests, and pauses the socket while nobody reads its body.
    socket.removeAllListeners('data').removeAllListeners('end');
    socket.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) leave();
    });
    socket.once('end', leave).once('timeout', leave).setTimeout(lingering.idleMs);
    const timer = setTimeout(leave, lingering.totalMs);
    socket.once('close', () => {
      this.#connections.delete(socket);
      clearTimeout(timer);
    });
    if (last === '') socket.end();
    else socket.end(last);
    socket.resume();
  }
}
