import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

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
 * They are the caller's until its process ends: no other call gives them out, in this process or in another one of this
 * machine. Without that, test files that run side by side meet on one port in some of a hundred runs, the more so as the look at
 * a port takes it for a moment. Throws when no port can be had.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries === FREE_PORT_TRIES + count) throw new Error(`no ${count} free ports found on ${LOOPBACK}`);
    const port = randomInt(FREE_PORT_FIRST, FREE_PORT_LAST + 1);
    if ((await claim(port)) && (await isPortFree(port))) ports.push(port);
  }
  return ports;
}

/**
 * Takes the UDP port of the same number, which nobody else here wants, as the mark of a TCP port that is given out: only one
 * process can have it, and the system gives it back however the process ends.
 */
async function claim(port: number): Promise<boolean> {
  const mark = createSocket('udp4').unref();
  try {
    mark.bind({ port, address: LOOPBACK, exclusive: true });
    await once(mark, 'listening');
    return true;
  } catch (error) {
    mark.close();
    if (isTaken(error)) return false;
    throw error;
  }
}

/** Whether a bind failed because of the port: somebody else has it, or may alone have it. */
function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' || code === 'EACCES';
}

/** Whether a server could listen on the port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (isTaken(error)) resolve(false);
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
