/**
 * Answers to what is wrong before there is a request to answer: Node's HTTP parser gave up, or the request did not arrive in time. There
 * is only the socket, so the problem is written to it by hand and the connection closed.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { problemContentType, problemDetails, type Problem } from '@landbridge/contracts';

export class ClientFaults {
  readonly #timedOut = new WeakSet<object>();

  /** Listener of the server's `clientError`. */
  readonly answer = (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (error.code === timeoutCode) this.#timedOut.add(socket);
    // Destroyed once the answer is with the kernel: a sender that ignores it must not keep the half-closed connection.
    socket.end(responseOf(problemOf(error)), () => socket.destroy());
  };

  /** Whether the connection was ended because its request took too long. */
  timedOut(socket: object): boolean {
    return this.#timedOut.has(socket);
  }
}

const timeoutCode = 'ERR_HTTP_REQUEST_TIMEOUT';

function problemOf({ code }: NodeJS.ErrnoException): Problem {
  if (code === timeoutCode) return { code: 'request_timeout', detail: 'the request did not arrive completely in time' };
  if (code === 'HPE_HEADER_OVERFLOW') return { code: 'invalid_parameter', detail: 'the headers are too large' };
  return { code: 'unreadable', detail: 'the request is not valid HTTP/1.1' };
}

function responseOf(problem: Problem): string {
  const details = problemDetails(problem);
  const body = JSON.stringify(details);
  return [
    `HTTP/1.1 ${details.status} ${STATUS_CODES[details.status]}`,
    `content-type: ${problemContentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
