/**
 * Every error becomes a problem answer, wherever it was thrown: controllers, Nest's pipes, Fastify's own reading of a request.
 *
 * The sender is told what he can mend. What he cannot mend is answered `internal`, without a word of the error, and is logged with its
 * cause under the id that the answer names.
 */
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Problem, ProblemCode } from '@landbridge/contracts';
import type { Logger } from '@landbridge/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { brokenBodyCode, type ClientFaults } from './client-faults.js';
import { answerProblem, ProblemError } from './problem-error.js';

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly clientFaults: ClientFaults,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = originOf(thrown);
    if (reply.raw.headersSent) {
      // Half of an answer is out; only a broken connection still says that the other half will not come.
      this.#log(request, error);
      reply.raw.destroy();
      return;
    }
    if (error instanceof ProblemError) {
      if (error.problem.code === 'internal') this.#log(request, error);
      void answerProblem(reply, error.problem, error.headers);
      return;
    }
    void answerProblem(reply, this.#problemOf(error, request));
  }

  #problemOf(error: unknown, request: FastifyRequest): Problem {
    if (codeOf(error) === brokenBodyCode) {
      const found = this.clientFaults.problemOn(request.raw.socket);
      if (found) return found;
      // Nobody hears the answer; its status is for the metrics.
      if (request.raw.destroyed) return { code: 'unreadable', detail: 'the body did not arrive completely' };
    }
    const known = fastifyProblems[codeOf(error) ?? ''] ?? problemOfHttpException(error);
    if (known) return known;
    this.#log(request, error);
    return { code: 'internal', detail: `an unexpected fault; it has been logged as ${request.id}` };
  }

  /** The route as it was declared: an address as it was sent may hold what does not belong into a log. */
  #log(request: FastifyRequest, err: unknown): void {
    const route = request.routeOptions.url;
    this.logger.error({ err, requestId: request.id, method: request.method, route }, 'a request failed unexpectedly');
  }
}

/** Fastify's own errors, by code. What is not here is not the sender's fault. */
export const fastifyProblems: { readonly [code: string]: Problem } = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large', detail: 'the body has more bytes than are taken here' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type', detail: 'send a content type that is taken here' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'unreadable', detail: 'the body is not valid JSON' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'unreadable', detail: 'the body is empty; its content type says JSON' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'unreadable',
    detail: 'the body has another length than its header says',
  },
  FST_ERR_VALIDATION: { code: 'invalid_parameter', detail: 'the request does not match the schema of its address' },
  FST_ERR_BAD_URL: { code: 'invalid_parameter', detail: 'the address is not a valid URL path' },
  FST_STATIC_FORBIDDEN_PATH: { code: 'not_found', detail: 'there is nothing at this address' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not_found', detail: 'a part of the address is longer than any that exists' },
};

/** What Nest itself throws (pipes, guards), by status. Its messages are written for the sender. */
const codeOfStatus: { readonly [status: number]: ProblemCode } = {
  400: 'invalid_parameter',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

function problemOfHttpException(error: unknown): Problem | undefined {
  if (!(error instanceof HttpException)) return undefined;
  const code = codeOfStatus[error.getStatus()];
  return code && { code, detail: error.message };
}

/** Nest's adapter wraps Fastify's errors in exceptions of its own; the code is on the inner one. */
function originOf(thrown: unknown): unknown {
  return thrown instanceof HttpException && codeOf(thrown.cause) !== undefined ? thrown.cause : thrown;
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
