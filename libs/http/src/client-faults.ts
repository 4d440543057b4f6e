/**
 * Answers to what is wrong below requests: Node's HTTP parser gave up, or a request did not arrive in time.
 *
 * Whoever reads the body of the request is told, and answers as he answers everything: so it is counted, and holds nothing any more while
 * the connection lingers. Where nobody does there is only the socket; the problem is written to it by hand.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { LingeringClose } from './lingering-close.js';
import { problemContentType, problemDetails, type Problem } from '@landbridge/contracts';

export class ClientFaults {
  readonly #problems = new WeakMap<object, Problem>();

  constructor(private readonly lingeringClose: Pick<LingeringClose, 'end' | 'has' | 'unfinished'>) {}

  /** Listener of the server's `clientError`. */
  readonly answer = (error: NodeJS.ErrnoException, socket: Socket): void => {
    // Node's own bound for a request goes on while the connection lingers within others.
    if (this.lingeringClose.has(socket) && error.code === timeoutCode) return;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    // It is being answered: the parser goes on complaining until the connection is taken from it.
    if (this.#problems.has(socket)) return;
    const problem = problemOf(error);
    this.#problems.set(socket, problem);
    const exchange = this.lingeringClose.unfinished(socket);
    // A second answer to one request would be read as that to the next.
    if (exchange?.response.headersSent) this.lingeringClose.end(socket);
    else if (exchange !== undefined && exchange.request.listenerCount('error') > 0)
      exchange.request.emit('error', Object.assign(new Error(problem.detail), { code: brokenBodyCode }));
    else this.lingeringClose.end(socket, responseOf(problem));
  };

  /** What was wrong with the last request of a connection. */
  problemOn(socket: object): Problem | undefined {
    return this.#problems.get(socket);
  }
}

/** Of the error that whoever reads a body is given: Node's own when a connection is lost. */
export const brokenBodyCode = 'ECONNRESET';

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
