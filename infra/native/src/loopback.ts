import { connect, createServer } from 'node:net';
import { randomInt } from 'node:crypto';

/** The only address that our servers listen on: none of them asks for a password. */
export const LOOPBACK = '127.0.0.1';

/**
 * Ports for tests come from below Linux's range of outgoing connections (32768 and up, net.ipv4.ip_local_port_range): a
 * port from inside it can be taken by any client between our look and the server's bind.
 */
const FREE_PORT_FIRST = 20_000;
const FREE_PORT_LAST = 31_999;

/** Far above what a busy machine needs; reached only when nothing may listen at all. */
const FREE_PORT_TRIES = 200;

/**
 * Returns `count` different TCP ports on which nothing listens now.
 *
 * They are not reserved: another process may take one before the caller does. Throws when no port can be had.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries += 1) {
    if (tries === FREE_PORT_TRIES + count) throw new Error(`no ${count} free ports found on ${LOOPBACK}`);
    const port = randomInt(FREE_PORT_FIRST, FREE_PORT_LAST + 1);
    if (!ports.has(port) && (await isPortFree(port))) ports.add(port);
  }
  return [...ports];
}

/** Whether a server could listen on the port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Sends one request on a connection of its own and returns the answer as soon as `isComplete` says so.
 *
 * Rejects when the connection fails, closes early, or takes longer than `timeoutMs`.
 */
export function askOnce(
  port: number,
  request: Buffer,
  isComplete: (answer: Buffer) => boolean,
  timeoutMs: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = connect({ port, host: LOOPBACK, timeout: timeoutMs });
    const fail = (reason: Error) => {
      socket.destroy();
      reject(reason);
    };
    socket.once('connect', () => socket.write(request));
    socket.once('timeout', () => fail(new Error(`no answer within ${timeoutMs} ms`)));
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('closed before a whole answer came')));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (!isComplete(answer)) return;
      resolve(answer);
      socket.destroy();
    });
  });
}
