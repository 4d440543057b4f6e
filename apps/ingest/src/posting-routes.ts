/**
 * What all routes share to which carriers post: the edge between HTTP and a handler.
 *
 * The routes are put on Fastify itself when the module starts, not through Nest's router. Two reasons: the decisions of `IntakeGate` must
 * fall in `onRequest`, before a body is read, where Nest has no place; and bodies must arrive as raw bytes with a parser of these routes'
 * own (Nest installs JSON parsers for the whole server, whose errors carry no position). It also spares Nest's per-request pipeline on
 * the routes where it would be felt.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problems, type CarrierKey, type Problem } from '@landbridge/contracts';
import { answerProblem, type ProblemHeaders } from '@landbridge/http';
import { namedRequest, type AnswerOnce, type PostAnswer } from './answer-once.js';
import { expandGzip } from './content-types/content-coding.js';
import type { PostOptions } from './events.handler.js';
import type { CarrierIdentity, IdentityCheck } from './identity/carrier-identity.js';
import type { IngestMetrics } from './ingest-metrics.js';
import type { EventsUnderWay } from './intake/events-under-way.js';
import type { BodyRoom } from './intake/body-room.js';
import { readBody } from './intake/body-reading.js';
import { declaredBytes, intakeFull, type ContentResult, type IntakeGate, type PostHead } from './intake/intake-gate.js';
import type { LimitRefusal } from './limits/carrier-budget.js';
import type { CarrierBudgets } from './limits/carrier-budgets.js';
import { RequestMeter } from './limits/request-meter.js';
import { readAheadBytes, type WaitingRoom } from './intake/waiting-room.js';

/** Sizes that the routes themselves keep to. */
export class RouteLimits {
  constructor(
    readonly bodyBytesMax: number,
    readonly batchEventsMax: number,
  ) {}
}

/** A post that was let in, with its whole body. */
export interface ReadPost<Content> {
  readonly key: CarrierKey;
  readonly content: Content;
  readonly headers: IncomingHttpHeaders;
  readonly options: PostOptions;
  readonly body: Buffer;
  /** When all of the body was here, epoch milliseconds. */
  readonly receivedAtMs: number;
  /** To be called with the number of events as soon as it is known, and before `release`: they count against the carrier's limits. */
  readonly charge: (events: number) => LimitRefusal | undefined | Promise<LimitRefusal | undefined>;
  /** Gives the room of the body back: before its events are written. */
  readonly release: () => void;
}

/** What a route looks at before the body. */
export interface RouteHead {
  readonly headers: IncomingHttpHeaders;
  /** Of its path. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether who sends is proven by a signature over the body: then anybody may have written the headers. */
  readonly bodyIsProof: boolean;
}

export interface PostingRoute<Content> {
  readonly path: string;
  /** What the route is sent, from the head of the request. */
  contentOf(head: RouteHead): ContentResult<Content>;
  answer(post: ReadPost<Content>): Promise<PostAnswer>;
}

/** What decides of room: before a body is read, and by what is on its way to the log. */
export interface PostingIntake {
  readonly gate: Pick<IntakeGate, 'read' | 'roomFor'>;
  readonly underWay: Pick<EventsUnderWay, 'enter'>;
  readonly waiting: WaitingRoom;
}

export class PostingRoutes {
  #refused = 0;

  constructor(
    private readonly identity: CarrierIdentity,
    private readonly budgets: Pick<CarrierBudgets, 'of'>,
    private readonly intake: PostingIntake,
    private readonly metrics: Pick<IngestMetrics, 'answered'>,
    private readonly limits: RouteLimits,
    private readonly once: AnswerOnce,
    private readonly clock: () => number,
  ) {}

  /** Puts a route on the server; before it listens. */
  add<Content>(host: HttpAdapterHost, route: PostingRoute<Content>): void {
    const server = host.httpAdapter.getInstance<FastifyInstance>();
    // Node would answer `Expect: 100-continue` with "go on" by itself, and a large body would come before we say no.
    if (server.server.listenerCount('checkContinue') === 0)
      server.server.on('checkContinue', (request, response) => server.server.emit('request', request, response));
    // A scope of its own, so that the parser and the hooks below touch no other route.
    void server.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (request, payload, read) =>
        readBody(payload, declaredBytes(request.headers), this.limits.bodyBytesMax, read),
      );
      scope.decorateRequest(admissionSlot, undefined);
      scope.addHook('onRequest', (request, reply, next) => {
        const check = this.identity.check(request.headers, request.raw.socket.remoteAddress, 'post');
        if (check instanceof Promise) void this.#admitLater(check, request as PostRequest<Content>, reply, route, next);
        else this.#admit(check, request as PostRequest<Content>, reply, route, next);
      });
      scope.addHook('onResponse', (request, reply, next) => {
        // A request that is answered before its body ended (413 of a chunked one) is never closed by Node.
        (request as PostRequest<Content>)[admissionSlot]?.room.release();
        this.metrics.answered(reply.statusCode, reply.elapsedTime / 1_000);
        next();
      });
      scope.post(route.path, (request, reply) => this.#post(request as PostRequest<Content>, reply, route));
      done();
    });
  }

  async #admitLater<Content>(
    check: Promise<IdentityCheck>,
    request: PostRequest<Content>,
    reply: FastifyReply,
    route: PostingRoute<Content>,
    next: (error?: Error) => void,
  ): Promise<void> {
    try {
      const known = await check;
      // A sender that went away meanwhile gets no answer, and there would be no sign by which its room is given back.
      if (!request.raw.destroyed) this.#admit(known, request, reply, route, next);
    } catch (error) {
      next(error as Error);
    }
  }

  /** Lets the request in, now or when there is room, or answers it. */
  #admit<Content>(
    check: IdentityCheck,
    request: PostRequest<Content>,
    reply: FastifyReply,
    route: PostingRoute<Content>,
    next: () => void,
  ): void {
    const { headers, query, params } = request;
    if (!check.ok) return this.#refuseUnread(request, reply, check.problem);
    const { key } = check;
    const meter = new RequestMeter(this.budgets.of(key));
    const limited = meter.enter(check.proof === undefined);
    if (limited) return this.#refuseUnread(request, reply, limited.problem, limited.headers);
    const { gate, waiting } = this.intake;
    const result = gate.read(check, { headers, query }, (given, bodyIsProof) =>
      route.contentOf({ headers: given, parameters: params, bodyIsProof }),
    );
    if (!result.ok) return this.#refuseUnread(request, reply, result.problem);
    const enter = (): 'entered' | 'full' | 'gone' => {
      // Gone, or answered by the shell for being too slow: then nothing more is read of it.
      if (request.raw.destroyed || !request.raw.socket.writable) return 'gone';
      const room = gate.roomFor(result.head);
      if (room === undefined) return 'full';
      request[admissionSlot] = { head: result.head, room, meter };
      // A sender that goes away in the middle of its body gets no answer, so there is no onResponse; this is the sign of it.
      reply.raw.once('close', room.release);
      if (waitsForWord(request)) reply.raw.writeContinue();
      next();
      return 'entered';
    };
    if (!waiting.isQueued(key) && enter() !== 'full') return;
    const giveUp = (): void => {
      if (!reply.raw.destroyed) this.#refuseUnread(request, reply, intakeFull, this.#comeBackLater());
    };
    const bytes = waitsForWord(request) ? 0 : result.head.bytes;
    if (waiting.wait(key, { bytes, enter, giveUp })) return;
    // What has come is thrown away; what has not, a large body or one that waits for a word, need not be sent for nothing.
    if (bytes === 0 || bytes > readAheadBytes) return giveUp();
    request.raw.resume();
    waiting.refuseLate(giveUp);
  }

  async #post<Content>(
    request: PostRequest<Content>,
    reply: FastifyReply,
    route: PostingRoute<Content>,
  ): Promise<FastifyReply> {
    const { head, room, meter } = request[admissionSlot]!;
    const { key, proof, content, coding, options, idempotencyKey } = head;
    let body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    // Now the body is held whether its sender waits or not, and so is its room: bodies of senders that are gone wait for a thread too.
    reply.raw.off('close', room.release);
    let leave: ((confirmed: boolean) => void) | undefined;
    let result: PostAnswer | undefined;
    let charged = false;
    try {
      // Before anything is made of it: the signature is over the bytes as they came, and a stranger's are not to be expanded.
      const forged = proof?.(body);
      if (forged) return answerProblem(reply, forged);
      if (coding === 'gzip') {
        const expansion = await expandGzip(body, this.limits.bodyBytesMax, room);
        if (!expansion.ok) {
          result = expansion;
          return send(reply, expansion, meter);
        }
        body = expansion.bytes;
      }
      const { headers, url } = request;
      const charge = (events: number): ReturnType<typeof meter.charge> => {
        charged = true;
        // What was guessed of them before is counted now.
        room.releaseEvents();
        if (!options.dryRun) leave = this.intake.underWay.enter(key, events, head.declared);
        return meter.charge(events);
      };
      const receivedAtMs = this.clock();
      const post = { key, content, headers, options, body, receivedAtMs, charge, release: room.release };
      if (idempotencyKey === undefined) result = await route.answer(post);
      else {
        const named = namedRequest(key, idempotencyKey, { url, headers, body });
        const answered = await this.once.answer(named, () => route.answer(post));
        if (answered.replayed) reply.header('idempotency-replayed', 'true');
        result = answered.result;
      }
    } finally {
      room.release();
      // What could not be read, and what was answered from memory, counts as one event: no work is to be had for nothing.
      if (!charged && result !== undefined && stands(result)) void meter.charge(1);
      // 422: nothing was written, so nothing was learned of the log.
      leave?.(result?.ok === true && result.status !== 422);
      this.intake.waiting.roomCameBack();
    }
    return send(reply, result, meter);
  }

  /**
   * Answers while the body still comes. Node throws away what follows, without keeping it, and the connection serves the next request;
   * that is worth it for as much as a carrier may send. For more, or for a stranger's unknown amount, it is closed, as soon as its sender
   * can read the answer (`LingeringClose`). So it is for a sender that waits to be told to go on: it sends no body now, and its next
   * request would be read as one.
   */
  #refuseUnread(request: FastifyRequest, reply: FastifyReply, problem: Problem, headers?: ProblemHeaders): void {
    const bytes = declaredBytes(request.headers);
    const stranger = problems[problem.code].status === 401;
    const discardedBytesMax = stranger ? strangerBytesMax : 4 * this.limits.bodyBytesMax;
    const tooMuch = bytes === undefined ? stranger : bytes > discardedBytesMax;
    if (tooMuch || waitsForWord(request)) reply.header('connection', 'close');
    void answerProblem(reply, problem, headers);
  }

  /** Refused in the same moment, carriers are not to come back in the same moment. */
  #comeBackLater(): ProblemHeaders {
    this.#refused = (this.#refused + 1) % comeBackSeconds.length;
    return comeBackSeconds[this.#refused]!;
  }
}

/** Whether an answer is final: one that asks to come back has cost the carrier enough. */
function stands(result: PostAnswer): boolean {
  return result.ok || !problems[result.problem.code].retryable;
}

/** Whether the body comes when the sender is told to go on. HTTP/1.0 knows no such word: there it would be taken for the answer. */
function waitsForWord({ headers, raw }: FastifyRequest): boolean {
  return headers.expect !== undefined && raw.httpVersion !== '1.0';
}

/** A full intake has room again within a second; the second and third spread those who come back. */
const comeBackSeconds: readonly ProblemHeaders[] = ['1', '2', '3'].map((seconds) => ({ 'retry-after': seconds }));

function send(reply: FastifyReply, result: PostAnswer, meter: RequestMeter): FastifyReply {
  meter.tell(reply.raw);
  if (!result.ok) return answerProblem(reply, result.problem, result.headers);
  return reply.code(result.status).type('application/json; charset=utf-8').send(JSON.stringify(result.answer));
}

/** As much of a stranger's body as fits into the buffers that the kernel gives a connection anyway. */
const strangerBytesMax = 65_536;

const admissionSlot = Symbol('admission');
type PostRequest<Content> = FastifyRequest<{
  Params: Readonly<Record<string, string>>;
  Querystring: Readonly<Record<string, unknown>>;
}> & { [admissionSlot]?: Admission<Content> };

/** What was settled of a request when it was let in. */
interface Admission<Content> {
  readonly head: PostHead<Content>;
  readonly room: BodyRoom;
  readonly meter: RequestMeter;
}
