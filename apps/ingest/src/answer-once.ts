/**
 * Requests with an `Idempotency-Key`: the same one again gets the first answer again, without the work being done again.
 *
 * 1 the name is claimed, 2 the request is answered, which means that the log has confirmed, 3 the answer is kept under the name. A crash
 * between 1 and 3 leaves a claim that ends by itself within seconds. An answer that says "send it again" is not kept: a repeat is
 * meant to have another one. Where the memory cannot be reached requests are answered as if they had no name: events have ids. A claim
 * that it may still carry out is ended all the same, without waiting: left alone it would refuse repeats for as long as it lives.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
 */
import { createHash, hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { problems, type CarrierKey, type Problem } from '@landbridge/contracts';
import type { ProblemHeaders } from '@landbridge/http';
import type { ClaimToken, NamedRequest, RequestMemory } from '@landbridge/redis';

/** What a route answers: a status and a body, or a problem. */
export type PostAnswer =
  | { readonly ok: true; readonly status: number; readonly answer: object }
  | { readonly ok: false; readonly problem: Problem; readonly headers?: ProblemHeaders };

/** All of a request that makes it the same request. */
export interface RequestContent {
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface OnceAnswer {
  readonly result: PostAnswer;
  readonly replayed: boolean;
}

export class AnswerOnce {
  constructor(private readonly memory: Pick<RequestMemory, 'claim' | 'keep' | 'free'>) {}

  /** The answer of `work`, or the one that this request had before. Problems of its own: request_in_progress, idempotency_key_reused. */
  async answer(request: NamedRequest, work: () => Promise<PostAnswer>): Promise<OnceAnswer> {
    const claim = await this.memory.claim(request); // 1
    switch (claim.kind) {
      case 'mine':
        return { result: await this.#work(request, claim.token, 'wait', work), replayed: false };
      case 'done': {
        const result = keptAnswer(claim.answer);
        return result === undefined ? { result: await work(), replayed: false } : { result, replayed: true };
      }
      case 'busy':
        return refuse('request_in_progress', 'the first request with this key has no answer yet');
      case 'other':
        return refuse(
          'idempotency_key_reused',
          'a new request needs a new key; this one was sent with another content',
        );
      case 'unreachable':
        return { result: await this.#work(request, claim.token, 'go on', work), replayed: false };
    }
  }

  async #work(
    request: NamedRequest,
    token: ClaimToken | undefined,
    patience: 'wait' | 'go on',
    work: () => Promise<PostAnswer>,
  ): Promise<PostAnswer> {
    let result: PostAnswer | undefined;
    try {
      result = await work(); // 2
      return result;
    } finally {
      const ended = token === undefined ? undefined : this.#end(request, token, result); // 3
      if (patience === 'wait') await ended;
    }
  }

  #end(request: NamedRequest, token: ClaimToken, result: PostAnswer | undefined): Promise<void> {
    return result === undefined || isPassing(result)
      ? this.memory.free(request, token)
      : this.memory.keep(request, token, JSON.stringify(result));
  }
}

/** The answer as it was kept; undefined for what is none, which another release, or a fault of the store, may have left. */
function keptAnswer(text: string): PostAnswer | undefined {
  try {
    const { ok, status, answer, problem } = Object(JSON.parse(text)) as Partial<Record<string, unknown>>;
    const isWhole = ok === true ? Number.isInteger(status) && isObject(answer) : ok === false && isProblem(problem);
    return isWhole ? (JSON.parse(text) as PostAnswer) : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(value: unknown): boolean {
  return isObject(value) && typeof value['code'] === 'string' && Object.hasOwn(problems, value['code']);
}

function isObject(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/**
 * Names a request for the memory. The name is hashed, because it is the sender's own text. A sandbox has names of its own: what was
 * answered there must not stand for an event that counts. So has each source: the same message under two keys of a carrier, one for each
 * of its stations, tells the events of both.
 */
export function namedRequest(
  { tenant, carrier, source, sandbox }: Pick<CarrierKey, 'tenant' | 'carrier' | 'source' | 'sandbox'>,
  idempotencyKey: string,
  { url, headers, body }: RequestContent,
): NamedRequest {
  const said = Object.entries(headers).filter(([name]) => name.startsWith('ce-') || contentHeaders.has(name));
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([url, said.toSorted(([a], [b]) => (a < b ? -1 : 1))]))
    .update(body)
    .digest('hex');
  return {
    owner: { tenant, carrier },
    nameHash: hash('sha256', JSON.stringify([sandbox ?? false, source, idempotencyKey])),
    fingerprint,
  };
}

/** Headers that change what a request says, beside the attributes of binary mode. */
const contentHeaders: ReadonlySet<string> = new Set(['content-type', 'landbridge-batch']);

/** Whether a repeat of the request is meant to have another answer. */
function isPassing(result: PostAnswer): boolean {
  return !result.ok && problems[result.problem.code].retryable;
}

const refuse = (code: Problem['code'], detail: string): OnceAnswer => ({
  result: { ok: false, problem: { code, detail, path: 'Idempotency-Key' } },
  replayed: false,
});
