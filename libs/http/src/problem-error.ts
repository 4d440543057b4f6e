/** Problems as answers: RFC 9457 bodies, and an error that carries a problem from wherever it is found at the edge. */
import { problemContentType, problemDetails, problems, type Problem, type ProblemCode } from '@landbridge/contracts';
import type { FastifyReply } from 'fastify';

export type ProblemHeaders = Readonly<Record<string, string>>;

/**
 * Thrown by a controller or a hook to answer a problem. It is an expected outcome, so it is answered and not logged; handlers return the
 * problem as a value instead.
 * @param headers of the answer, beside those that go with the code by themselves
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly problem: Problem,
    readonly headers: ProblemHeaders = {},
    options?: ErrorOptions,
  ) {
    super(`${problem.code}: ${problem.detail}`, options);
  }
}

/**
 * Headers that belong to a code. Retry-After in seconds: a full lane empties within one when the log answers; a log or a store that does
 * not answer is replaced or restarted, which takes several.
 */
const headersOfCode: { readonly [code in ProblemCode]?: ProblemHeaders } = {
  unauthenticated: { 'www-authenticate': 'Bearer' },
  // RFC 9110 asks for a challenge with every 401; signatures have none of their own.
  invalid_signature: { 'www-authenticate': 'Bearer' },
  rate_limited: { 'retry-after': '1' },
  quota_exceeded: { 'retry-after': '3600' },
  keys_unavailable: { 'retry-after': '5' },
  overloaded: { 'retry-after': '1' },
  request_in_progress: { 'retry-after': '1' },
  log_unavailable: { 'retry-after': '5' },
  view_unavailable: { 'retry-after': '5' },
};

/**
 * Answers a problem with its status, its code's headers and then `headers`. Sent as bytes: to a string Fastify would add a charset, which
 * JSON types do not have (RFC 8259).
 */
export function answerProblem(reply: FastifyReply, problem: Problem, headers: ProblemHeaders = {}): FastifyReply {
  return reply
    .code(problems[problem.code].status)
    .headers({ ...headersOfCode[problem.code], ...headers, 'content-type': problemContentType })
    .send(Buffer.from(JSON.stringify(problemDetails(problem))));
}
