/** Senders that write requests ahead of the answers, over real sockets. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { aheadMax } from './connection-turns.js';
import { startHttpService, type HttpService } from './http-service.js';
import { recordedShell } from './recorded-shell.js';

const pageBytes = 1_048_576;
const page = Buffer.alloc(pageBytes, 0x20).toString();
const seen = { begun: 0, underWay: 0, most: 0 };

@Controller()
class PageController {
  @Get('/page')
  async page(): Promise<string> {
    seen.begun++;
    seen.most = Math.max(seen.most, ++seen.underWay);
    await turn();
    seen.underWay--;
    return page;
  }
}

@Module({ controllers: [PageController] })
class PageModule {}

let service: HttpService;
let port: number;
beforeAll(async () => {
  service = await startHttpService(recordedShell({ module: PageModule }).options);
  port = Number(new URL(service.url).port);
});
afterAll(() => service?.stop());
beforeEach(() => void Object.assign(seen, { begun: 0, underWay: 0, most: 0 }));

const request = 'GET /page HTTP/1.1\r\nhost: x\r\n\r\n';

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').pause();
  // What matters of an error is the close that follows it.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Reads until so many bytes of pages have come, or the connection is closed. */
async function read(socket: Socket, pages: number): Promise<number> {
  let bytes = 0;
  for await (const part of socket as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes >= pages * pageBytes) break;
  }
  return bytes;
}

function connected(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  service.app.getHttpServer().getConnections((_error, count) => resolve(count));
  return promise;
}

/** Whatever the service can do for a connection that nobody reads, it has done when some others were answered. */
async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await (await fetch(`${service.url}/livez`)).text();
}

describe('requests that are written ahead', () => {
  it('are answered all, one after the other', async () => {
    const socket = await open();
    socket.write(request.repeat(20));
    expect(await read(socket, 20)).toBeGreaterThan(20 * pageBytes);
    expect(seen).toEqual({ begun: 20, underWay: 0, most: 1 });
  });

  it('are not worked on while nobody reads the answers', async () => {
    const socket = await open();
    socket.write(request.repeat(200));
    await settle();
    // What the kernel takes for a connection that is not read, some megabytes, and one more.
    expect(seen.begun).toBeGreaterThan(0);
    expect(seen.begun).toBeLessThan(100);
    socket.destroy();
  });

  it('too far are cut off, and the service goes on', async () => {
    const socket = await open();
    socket.write(request.repeat(aheadMax.connection + 2));
    expect(await read(socket, Infinity)).toBeLessThan(aheadMax.connection * pageBytes);
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  });

  it('by many are cut off together, and the places of those who left are free again', async () => {
    const connections = Math.ceil(aheadMax.all / aheadMax.connection) + 8;
    for (let round = 0; round < 3; round++) {
      const before = await connected();
      const sockets = await Promise.all(Array.from({ length: connections }, open));
      for (const socket of sockets) socket.write(request.repeat(aheadMax.connection));
      await settle();
      const left = (await connected()) - before;
      expect(left).toBeLessThan(connections);
      // Were the places of an earlier round not free again, all of this one would be cut off.
      expect(left).toBeGreaterThan(connections / 2);
      for (const socket of sockets) socket.destroy();
      await settle();
    }
  });
});
