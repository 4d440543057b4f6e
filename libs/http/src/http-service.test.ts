/** Through real sockets: what Node does below Fastify, and the order of a shutdown. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Module, Post, type OnApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { startHttpService, type HttpService, type HttpServiceOptions } from './http-service.js';
import { recordedShell } from './recorded-shell.js';

/** What happened, in order, and a request that is held until the test lets it go. */
class Course {
  readonly steps: string[] = [];
  readonly arrived = Promise.withResolvers<void>();
  readonly answer = Promise.withResolvers<void>();
}

@Injectable()
class Store implements OnApplicationShutdown {
  constructor(private readonly course: Course) {}

  onApplicationShutdown(): void {
    this.course.steps.push('store closed');
  }
}

@Controller()
class SlowController {
  constructor(
    private readonly course: Course,
    readonly store: Store,
  ) {}

  @Get('/slow')
  async slow(): Promise<object> {
    this.course.arrived.resolve();
    await this.course.answer.promise;
    this.course.steps.push('answered');
    return { done: true };
  }

  @Post('/echo')
  echo(): object {
    return { done: true };
  }
}

@Module({ controllers: [SlowController], providers: [Course, Store] })
class SlowModule {}

const running: HttpService[] = [];
const agent = new Agent({ keepAlive: true });

async function start(change: Partial<HttpServiceOptions> = {}) {
  const shell = recordedShell({ module: SlowModule });
  const service = await startHttpService({ ...shell.options, ...change });
  running.push(service);
  return { service, port: Number(new URL(service.url).port), course: service.app.get(Course), ...shell };
}

afterEach(async () => {
  for (const service of running.splice(0)) {
    service.app.get(Course).answer.resolve();
    await service.stop();
  }
});

async function get(port: number, path: string): Promise<IncomingMessage> {
  const asked = request({ port, path, agent }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}

/** Sends text over a connection of its own; `answer` is all that comes until the other side ends it. */
function speak(port: number, text: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let heard = '';
  socket.setEncoding('utf8').on('data', (part: string) => (heard += part));
  return { socket, answer: once(socket, 'close').then(() => heard) };
}

/** The problem in an answer that was read from a socket. */
function problemIn(answer: string): unknown {
  expect(answer).toContain('\r\ncontent-type: application/problem+json\r\n');
  expect(answer).toContain('\r\nconnection: close\r\n');
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
}

describe('a service on its port', () => {
  it('answers a body that does not arrive in time with 408, and ends the connection', async () => {
    const { port, lines } = await start({ bodyTimeoutMs: 200 });
    const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":';
    const answer = await speak(port, head).answer;
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(problemIn(answer)).toMatchObject({ status: 408, code: 'request_timeout' });
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('answers headers that do not arrive in time likewise', async () => {
    const { port } = await start({ bodyTimeoutMs: 200 });
    expect(problemIn(await speak(port, 'GET /livez HTTP/1.1\r\nhost: x\r\n').answer)).toMatchObject({ status: 408 });
  });

  it('answers what is not HTTP, and headers that are too large, with 400', async () => {
    const { port } = await start();
    expect(problemIn(await speak(port, 'hello\r\n\r\n').answer)).toMatchObject({ status: 400, code: 'unreadable' });
    const large = await speak(port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`).answer;
    expect(problemIn(large)).toMatchObject({ status: 400, code: 'invalid_parameter' });
  });

  it('logs nothing when a sender goes away amid its body', async () => {
    const { service, port, lines } = await start();
    const gone = once(service.app.getHttpServer(), 'connection').then(async ([socket]) =>
      once(socket as Socket, 'close'),
    );
    const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a":';
    const { socket } = speak(port, head);
    await once(service.app.getHttpServer(), 'request');
    socket.destroy();
    await gone;
    await service.stop();
    expect(lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('gives back everything when its port is taken', async () => {
    const { port } = await start();
    const settings = { host: '127.0.0.1', port };
    await expect(start({ settings })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('a shutdown', () => {
  it('refuses new connections, answers the request in flight, and only then closes the store', async () => {
    const { service, port, course, health } = await start();
    const idle = await get(port, '/livez'); // leaves an open connection behind
    expect(idle.headers['connection']).toBe('keep-alive');
    const inFlight = get(port, '/slow');
    await course.arrived.promise;

    const stopped = service.stop().then(() => course.steps.push('stopped'));
    expect((await health.report()).ready).toBe(false);
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(course.steps).toEqual([]);

    course.answer.resolve();
    const response = await inFlight;
    expect(response.statusCode).toBe(200);
    expect(response.headers['connection']).toBe('close');
    await stopped;
    expect(course.steps).toEqual(['answered', 'store closed', 'stopped']);
  });

  it('breaks off a request that outlasts the deadline, says so, and closes the store all the same', async () => {
    const { service, port, course, lines } = await start({ deadlines: { drainMs: 50, totalMs: 10_000 } });
    const inFlight = get(port, '/slow').catch((error: NodeJS.ErrnoException) => error.code);
    await course.arrived.promise;
    await service.stop();
    expect(await inFlight).toBe('ECONNRESET');
    expect(course.steps).toEqual(['store closed']);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', drainMs: 50 }));
  });

  it('happens once, however often it is asked for', async () => {
    const { service, course } = await start();
    await Promise.all([service.stop(), service.stop()]);
    expect(course.steps).toEqual(['store closed']);
  });
});
