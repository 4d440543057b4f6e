/**
 * The requests of one connection, one after the other: the next one begins when the answer before it has left the process.
 *
 * HTTP/1.1 lets a sender write requests ahead of their answers, and Node hands on as many as a read holds, at once. Their answers wait for
 * each other in memory, whether anybody reads them or not: some 20 connections with 64 KiB of small requests for a large page, none of
 * them known to us, filled the heap and ended the process. Refused: to stop reading, because a read has come whole by then.
 * Who writes ahead too far is cut off; few clients write ahead at all.
 * @see https://www.rfc-editor.org/rfc/rfc9112 section 9.3.2
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that wait for their turn, some 5 KiB each: of one connection, and of all together. */
export const aheadMax = { connection: 256, all: 4_096 } as const;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Waiting {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export class ConnectionTurns {
  /** Of each connection that is at work, those that wait behind its request; nothing while none does. */
  readonly #lines = new WeakMap<Socket, Waiting[] | undefined>();
  #waiting = 0;

  constructor(private readonly handle: Handler) {}

  /** Hands a request on, now or when its turn comes. A listener of the server's `request`. */
  readonly take: Handler = (request, response) => {
    const { socket } = request;
    // The rest of a read from which a connection was cut off.
    if (socket.destroyed) return;
    if (!this.#lines.has(socket)) return this.#begin(request, response);
    const line = this.#lines.get(socket) ?? [];
    if (line.length >= aheadMax.connection || this.#waiting >= aheadMax.all) {
      socket.destroy();
      return;
    }
    line.push({ request, response });
    this.#waiting++;
    this.#lines.set(socket, line);
  };

  #begin(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#lines.has(request.socket)) this.#lines.set(request.socket, undefined);
    response.once('close', () => this.#next(request.socket));
    this.handle(request, response);
  }

  #next(socket: Socket): void {
    const line = this.#lines.get(socket) ?? [];
    // Nobody would hear the answers of those who wait.
    if (socket.destroyed || socket.writableEnded) this.#waiting -= line.splice(0).length;
    const next = line.shift();
    if (next === undefined) {
      this.#lines.delete(socket);
      return;
    }
    this.#waiting--;
    this.#begin(next.request, next.response);
  }
}
