/**
 * `POST /v1/events`: the edge between HTTP and the handler.
 *
 * The route is put on Fastify itself when the module starts, not through Nest's router. Two reasons: the decisions of `IntakeGate` must
 * fall in `onRequest`, before a body is read, where Nest has no place; and bodies must arrive as raw bytes with a parser of this route's
 * own (Nest installs JSON parsers for the whole server, whose errors carry no position). It also spares Nest's per-request pipeline on
 * the one route where it would be felt.
 */
import { Controller, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '@landbridge/contracts';
import { answerProblem } from '@landbridge/http';
import { readEvents } from './content-types/event-reader.js';
import { EventsHandler } from './events.handler.js';
import { IngestMetrics } from './ingest-metrics.js';
import { declaredBytes, IntakeGate, type Admission } from './intake-gate.js';

/** Sizes that the route itself keeps to. */
export class RouteLimits {
  constructor(
    readonly bodyBytesMax: number,
    readonly batchEventsMax: number,
  ) {}
}

@Controller()
export class EventsController implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly gate: IntakeGate,
    private readonly handler: EventsHandler,
    private readonly metrics: IngestMetrics,
    private readonly limits: RouteLimits,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Node would answer `Expect: 100-continue` with "go on" by itself, and a large body would come before we say no.
    server.server.on('checkContinue', (request, response) => server.routing(request, response));
    // A scope of its own, so that the parser and the hooks below touch no other route.
    void server.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: this.limits.bodyBytesMax },
        (_request, body, parsed) => parsed(null, body),
      );
      scope.decorateRequest(admissionSlot, undefined);
      scope.addHook('onRequest', (request, reply, next) => {
        if (this.#admit(request as EventsRequest, reply)) next();
      });
      scope.addHook('onResponse', (request, reply, next) => {
        // A request that is answered before its body ended (413 of a chunked one) is never closed by Node.
        (request as EventsRequest)[admissionSlot]?.release();
        this.metrics.answered(reply.statusCode, reply.elapsedTime / 1_000);
        next();
      });
      scope.post('/v1/events', (request, reply) => this.#post(request as EventsRequest, reply));
      done();
    });
  }

  /** Lets the request in, or answers it and returns false. */
  #admit(request: EventsRequest, reply: FastifyReply): boolean {
    const result = this.gate.admit(request.headers, request.query as Record<string, unknown>);
    if (!result.ok) {
      this.#refuseUnread(request, reply, result.problem);
      return false;
    }
    request[admissionSlot] = result.admission;
    // A sender that goes away in the middle of its body gets no answer, so there is no onResponse; this is the sign of it.
    request.raw.once('close', result.admission.release);
    if (request.headers.expect !== undefined) reply.raw.writeContinue();
    return true;
  }

  async #post(request: EventsRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { key, mode, options, release } = request[admissionSlot]!;
    const body = Buffer.isBuffer(request.body) ? request.body : noBody;
    const reading = readEvents(mode, body, request.headers, this.limits.batchEventsMax);
    // From here to the write nothing waits, so no other request can take the room between.
    release();
    if (!reading.ok) return answerProblem(reply, reading.problem);
    const result = await this.handler.post(key, reading.events, options);
    if (!result.ok) return answerProblem(reply, result.problem);
    return reply.code(result.status).type('application/json; charset=utf-8').send(JSON.stringify(result.answer));
  }

  /**
   * Answers while the body still comes. Node throws away what follows, without keeping it; that is worth it for as much as a carrier may
   * send, because a closed connection can cost the sender the answer. For more, or for a stranger's unknown amount, it is closed.
   */
  #refuseUnread(request: EventsRequest, reply: FastifyReply, problem: Problem): void {
    const bytes = declaredBytes(request.headers);
    const discardedBytesMax = problem.code === 'unauthenticated' ? strangerBytesMax : 4 * this.limits.bodyBytesMax;
    if (bytes === undefined ? problem.code === 'unauthenticated' : bytes > discardedBytesMax)
      reply.header('connection', 'close');
    void answerProblem(reply, problem);
  }
}

/** As much of a stranger's body as fits into the buffers that the kernel gives a connection anyway. */
const strangerBytesMax = 65_536;

const admissionSlot = Symbol('admission');
type EventsRequest = FastifyRequest & { [admissionSlot]?: Admission };

const noBody = Buffer.alloc(0);
