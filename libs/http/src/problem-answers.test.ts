import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Post,
  Req,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { problemDetails, problems, type ProblemCode } from '@landbridge/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { createHttpApp } from './http-service.js';
import { ProblemError } from './problem-error.js';
import { recordedShell, type RecordedShell } from './recorded-shell.js';

@Controller()
class EdgeController implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  /** A route past Nest's router, in a scope of its own, as ingest has it. */
  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    void server.register((scope, _options, done) => {
      scope.post('/raw/:id', { bodyLimit: 10 }, () => {
        throw new Error('secret of the raw route');
      });
      done();
    });
  }

  @Post('/echo')
  echo(@Req() request: FastifyRequest): unknown {
    return { bytes: Buffer.isBuffer(request.body) ? request.body.length : undefined, body: request.body };
  }

  @Get('/numbers/:number')
  number(@Param('number', ParseIntPipe) number: number): unknown {
    return { number };
  }

  @Get('/overloaded')
  overloaded(): never {
    throw new ProblemError({ code: 'overloaded', detail: 'the lane is full' }, { 'retry-after': '7' });
  }

  @Get('/unavailable')
  unavailable(): never {
    throw new ProblemError({ code: 'view_unavailable', detail: 'no answer', path: '$.period' });
  }

  @Get('/missing')
  missing(): never {
    throw new NotFoundException('no such year');
  }

  @Get('/broken')
  broken(): never {
    throw new Error('connect to redis://:password@store failed', { cause: new Error('socket closed') });
  }

  @Get('/thrown-text')
  thrownText(): never {
    // oxlint-disable-next-line typescript/only-throw-error -- what some library might do
    throw 'just text';
  }
}

@Module({ controllers: [EdgeController] })
class EdgeModule {}

describe('answers of the shell', () => {
  let app: NestFastifyApplication;
  let shell: RecordedShell;

  beforeAll(async () => {
    shell = recordedShell({ module: EdgeModule });
    app = await createHttpApp({ ...shell.options, bodyBytesMax: 64, rawContentTypes: ['application/x-raw'] });
  });
  afterAll(() => app.close());

  const expectProblem = (
    response: Awaited<ReturnType<NestFastifyApplication['inject']>>,
    code: ProblemCode,
    detail: unknown = expect.any(String),
  ) => {
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.statusCode).toBe(problems[code].status);
    expect(response.json()).toEqual({ ...problemDetails({ code, detail: '' }), detail });
  };

  it('answers an unknown address with 404, whatever the body is', async () => {
    expectProblem(await app.inject('/nowhere?x=1'), 'not_found');
    const headers = { 'content-type': 'application/xml' };
    expectProblem(await app.inject({ method: 'POST', url: '/nowhere', headers, body: '<x/>' }), 'not_found');
  });

  it('answers an unknown method with 405 and the methods that there are', async () => {
    const deleted = await app.inject({ method: 'DELETE', url: '/numbers/5?x=1' });
    expectProblem(deleted, 'method_not_allowed', 'this address takes GET, HEAD, not DELETE');
    expect(deleted.headers['allow']).toBe('GET, HEAD');
    const got = await app.inject('/raw/7');
    expectProblem(got, 'method_not_allowed');
    expect(got.headers['allow']).toBe('POST');
  });

  it('answers a body beyond the limit with 413, the limit of a route before that of the server', async () => {
    const headers = { 'content-type': 'application/json' };
    const post = (url: string, bytes: number) =>
      app.inject({ method: 'POST', url, headers, body: JSON.stringify('x'.repeat(bytes - 2)) });
    expectProblem(await post('/echo', 65), 'body_too_large');
    expect((await post('/echo', 64)).statusCode).toBe(201);
    expectProblem(await post('/raw/1', 11), 'body_too_large');
  });

  it('answers a content type that nobody reads with 415, plain text among them', async () => {
    for (const type of ['application/xml', 'text/plain', 'no type at all']) {
      const headers = { 'content-type': type };
      const response = await app.inject({ method: 'POST', url: '/echo', headers, body: 'x' });
      expectProblem(response, 'unsupported_media_type');
    }
  });

  it('answers JSON that is none with 400', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{"a":', '', '{"__proto__":{}}'])
      expectProblem(await app.inject({ method: 'POST', url: '/echo', headers, body }), 'unreadable');
  });

  it('hands raw content types on as bytes', async () => {
    const headers = { 'content-type': 'application/x-raw; charset=utf-8' };
    const response = await app.inject({ method: 'POST', url: '/echo', headers, body: '{"a":' });
    expect(response.json()).toMatchObject({ bytes: 5 });
  });

  it('answers what a pipe refuses, and an address that is no path, with 400', async () => {
    expectProblem(await app.inject('/numbers/five'), 'invalid_parameter', expect.stringContaining('numeric string'));
    expectProblem(await app.inject('/numbers/%zz'), 'invalid_parameter');
  });

  it('answers a thrown problem with its headers, which win over those of its code', async () => {
    const overloaded = await app.inject('/overloaded');
    expectProblem(overloaded, 'overloaded', 'the lane is full');
    expect(overloaded.headers['retry-after']).toBe('7');
    const unavailable = await app.inject('/unavailable');
    expect(unavailable.json()).toMatchObject({ code: 'view_unavailable', path: '$.period' });
    expect(unavailable.headers['retry-after']).toBe('5');
  });

  it("answers Nest's own exceptions by their status", async () => {
    expectProblem(await app.inject('/missing'), 'not_found', 'no such year');
  });

  it('answers an unexpected error as internal, says nothing of it, and logs it with its cause', async () => {
    const before = shell.lines.length;
    const response = await app.inject('/broken');
    expectProblem(response, 'internal', expect.stringMatching(/logged as req-\w+$/));
    expect(response.body).not.toMatch(/redis|password|socket|at /);
    const logged = shell.lines.slice(before);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({
      level: 'error',
      method: 'GET',
      route: '/broken',
      err: { message: 'connect to redis://:password@store failed: socket closed' },
    });
    expect(response.json<{ detail: string }>().detail).toContain(String(logged[0]!['requestId']));
  });

  it('does so past the router of Nest, and for what is no error', async () => {
    const before = shell.lines.length;
    const raw = await app.inject({ method: 'POST', url: '/raw/1' });
    expectProblem(raw, 'internal');
    expect(raw.body).not.toContain('secret');
    expectProblem(await app.inject('/thrown-text'), 'internal');
    expect(shell.lines.slice(before)).toMatchObject([{ route: '/raw/:id' }, { err: 'just text' }]);
  });

  it('logs nothing of what was expected', async () => {
    const before = shell.lines.length;
    await app.inject('/nowhere');
    await app.inject('/overloaded');
    await app.inject('/missing');
    expect(shell.lines.slice(before)).toEqual([]);
  });
});
