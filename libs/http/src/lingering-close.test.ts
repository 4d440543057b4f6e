/** Senders that write on while they are being refused, over real sockets. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Module, Post } from '@nestjs/common';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startHttpService, type HttpService, type HttpServiceOptions } from './http-service.js';
import { lingering } from './lingering-close.js';
import { recordedShell } from './recorded-shell.js';

const posted = { count: 0 };

@Controller()
class EchoController {
  @Post('/echo')
  echo(): object {
    posted.count++;
    return { done: true };
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

let service: HttpService | undefined;
afterEach(() => service?.stop());

async function start(change: Partial<HttpServiceOptions> = {}) {
  service = await startHttpService({ ...recordedShell({ module: EchoModule }).options, ...change });
  return Number(new URL(service.url).port);
}

const mebibyte = 1_048_576;
const head = (path: string, length: string) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: keep-alive\r\n${length}\r\n\r\n`;

/**
 * Sends head and body to the end, as a client does that reads nothing before it has written everything, and then reads until the other
 * side ends the connection. Rejects with EPIPE or ECONNRESET where that side does not take the whole body.
 */
async function sendWhole(port: number, start: string, body: { bytes: number; every: number; pauseMs: number }) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('utf8').pause();
  const failed = once(socket, 'close').then(() => Promise.reject(new Error('closed before all was sent')));
  const send = async (part: string | Buffer): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.write(part, (error) => (error ? reject(error) : resolve()));
    await Promise.race([promise, failed]);
  };
  try {
    await send(start);
    for (let sent = 0; sent < body.bytes; sent += body.every) {
      await send(Buffer.alloc(Math.min(body.every, body.bytes - sent), 0x20));
      if (body.pauseMs > 0) await delay(body.pauseMs);
    }
    let heard = '';
    for await (const part of socket) heard += part as string;
    return heard;
  } finally {
    failed.catch(() => undefined);
    socket.destroy();
  }
}

const fast = { bytes: 8 * mebibyte, every: mebibyte, pauseMs: 0 };
const slow = { bytes: mebibyte, every: 32_768, pauseMs: 20 };

describe.each([
  ['fast', fast],
  ['slowly', slow],
])('a sender that writes %s', (_how, body) => {
  it.each([
    ['to no address', '/nowhere', `content-length: ${body.bytes}`, 404],
    ['more than is taken', '/echo', `content-length: ${body.bytes}`, 413],
    ['what is no HTTP after its head', '/echo', 'transfer-encoding: chunked', 400],
  ])('and %s reads its answer when it has written', async (_what, path, length, status) => {
    const port = await start({ bodyBytesMax: 65_536 });
    const heard = await sendWhole(port, head(path, length), body);
    expect(heard).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(heard.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(posted.count).toBe(0);
  });
});

it('does what was sent behind a refused body for nobody', async () => {
  const port = await start();
  const second = `${head('/echo', 'content-length: 2')}{}`;
  const heard = await sendWhole(port, head('/nowhere', `content-length: ${mebibyte}`), {
    ...fast,
    bytes: mebibyte + Buffer.byteLength(second),
  });
  expect(heard).toMatch(/^HTTP\/1\.1 404 /);
  expect(posted.count).toBe(0);
});

describe('a body that does not come in time', () => {
  it.each(['echo', 'nowhere'])('is answered once, to whom writes on as well: /%s', async (path) => {
    const port = await start({ bodyTimeoutMs: 300 });
    const heard = await sendWhole(port, head(`/${path}`, `content-length: ${mebibyte}`), slow);
    expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${path === 'echo' ? 408 : 404}`]);
  });
});

describe('whoever never ends', () => {
  /** How many bytes it could send, and for how long. */
  const linger = async (every: number, pauseMs: number) => {
    const port = await start({ bodyTimeoutMs: 60_000 });
    const server = once(service!.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const startMs = performance.now();
    const sent = sendWhole(port, head('/nowhere', 'content-length: 999999999'), { bytes: 999_999_999, every, pauseMs });
    await expect(sent).rejects.toThrow(/EPIPE|ECONNRESET|closed before/);
    return { bytes: (await server)[0].bytesRead, ms: performance.now() - startMs };
  };

  it('and writes a little now and then is left after a bounded time', async () => {
    const { bytes, ms } = await linger(1_024, 100);
    expect(ms).toBeLessThan(lingering.totalMs + 40_000);
    expect(bytes).toBeLessThan(lingering.bytesMax / 2);
  }, 60_000);

  it('and writes much is left after a bounded number of bytes', async () => {
    // One read more than the bound; a machine too slow for so many bytes in the time takes fewer.
    expect((await linger(mebibyte, 0)).bytes).toBeLessThan(lingering.bytesMax + mebibyte);
  }, 60_000);

  it('and writes nothing is left soon', async () => {
    const port = await start({ bodyTimeoutMs: 60_000 });
    const socket = connect(port, '127.0.0.1').resume();
    socket.write(head('/nowhere', 'content-length: 100'));
    const [serverSide] = await once(service!.app.getHttpServer(), 'connection');
    const startMs = performance.now();
    await once(serverSide as NodeJS.EventEmitter, 'close');
    expect(performance.now() - startMs).toBeLessThan(lingering.idleMs + 40_000);
    socket.destroy();
  }, 60_000);
});
