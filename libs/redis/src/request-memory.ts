/**
 * Which named requests a carrier has sent, and how they were answered: so that the same request is answered the same.
 *
 * An entry is `busy` while its request is answered, then `done` for a day. A claim ends by itself some seconds after the last sign of the
 * process that made it, so a crash does not lock its names for long. Each has a token, so that a process that was away for longer
 * cannot write over the claim of another one.
 * It is no part of exactly-once: without Redis requests are answered as if they had no name, and event ids keep each counted once. So
 * nothing here waits long or rejects: what cannot be asked in time is `unreachable`.
 */
import { randomBytes } from 'node:crypto';
import { requestCountKey, requestKey, type RequestOwner } from '@landbridge/contracts';
import type { RedisConnection } from './connection.js';

/** A request by its owner, the hash of its name, and the hash of all that makes it the same request. */
export interface NamedRequest {
  readonly owner: RequestOwner;
  readonly nameHash: string;
  /** SHA-256, hex. */
  readonly fingerprint: string;
}

/** Of a claim, to end it by. */
export type ClaimToken = string;

export type Claim =
  | { readonly kind: 'mine'; readonly token: ClaimToken }
  | { readonly kind: 'busy' }
  | { readonly kind: 'done'; readonly answer: string }
  /** The name was used for another request. */
  | { readonly kind: 'other' }
  /** Nothing is known in time. With a token the claim may still be made: it is to be ended as if it were. */
  | { readonly kind: 'unreachable'; readonly token?: ClaimToken };

/** How long a claim lives without a sign of its process, and how often there is one: a process may miss two. */
const busyMs = 10_000;
const signMs = 3_000;
/** A minute's; no request is answered later, so what still seems to be at work then is a fault. */
const signsMax = 20;
const doneMs = 86_400_000;
/** What one carrier may have Redis remember a day, some 50 MiB of short answers; further names are not remembered. */
const requestsPerDayMax = 100_000;
/** Answers that are longer name thousands of faults; a repeat of theirs is answered by doing the work again. */
const answerBytesMax = 65_536;
/** A sender does not wait longer for the memory than for the log. */
const patienceMs = 250;

/**
 * KEYS  1 entry, 2 count · ARGV  1 the entry to be, 2 its milliseconds, 3 most entries, 4 milliseconds of the count.
 * Answers the entry that stands there. Sent twice it finds its own entry, which is the same answer.
 */
const claimScript = `
local held = redis.call('GET', KEYS[1])
if held then return held end
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[3]) then return 'full' end
if redis.call('INCR', KEYS[2]) == 1 then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
`;

/** KEYS  1 entry · ARGV  1 the claim, 2 the entry to be or nothing, 3 its milliseconds. Changes nothing that is not the claim. */
const endScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`;

/** KEYS  1 entry · ARGV  1 the claim, 2 its milliseconds. */
const signScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
`;

export class RequestMemory {
  /** By claim; those of requests that are at work. */
  readonly #signs = new Map<ClaimToken, NodeJS.Timeout>();

  constructor(private readonly redis: RedisConnection) {}

  /** Takes the name for this request, to be ended by `keep` or `free`, or tells what is known of it. Never rejects. */
  async claim(request: NamedRequest): Promise<Claim> {
    const { owner, nameHash, fingerprint } = request;
    const token = `busy:${fingerprint}:${randomBytes(12).toString('hex')}`;
    const keys = [requestKey(owner, nameHash), requestCountKey(owner)];
    const held = await this.#ask(claimScript, keys, [token, busyMs, requestsPerDayMax, doneMs]);
    // A Redis that goes on after a pause carries the claim out that nobody waits for any more, and then what is sent behind it.
    if (typeof held !== 'string') return { kind: 'unreachable', token };
    if (held === token) {
      this.#giveSigns(request, token);
      return { kind: 'mine', token };
    }
    const match = entryForm.exec(held);
    if (!match) return { kind: 'unreachable' };
    if (match[2] !== fingerprint) return { kind: 'other' };
    return match[1] === 'busy' ? { kind: 'busy' } : { kind: 'done', answer: match[3]! };
  }

  /** Remembers the answer of a claimed request for a day; one that is too long is not remembered. Never rejects. */
  async keep(request: NamedRequest, token: ClaimToken, answer: string): Promise<void> {
    const short = Buffer.byteLength(answer) <= answerBytesMax;
    await this.#end(request, token, short ? `done:${request.fingerprint}:${answer}` : '');
  }

  /** Gives the name free again: its request may be sent once more. Never rejects. */
  async free(request: NamedRequest, token: ClaimToken): Promise<void> {
    await this.#end(request, token, '');
  }

  #giveSigns({ owner, nameHash }: NamedRequest, token: ClaimToken): void {
    let signs = 0;
    const timer = setInterval(() => {
      if (++signs > signsMax) this.#endSigns(token);
      else void this.#ask(signScript, [requestKey(owner, nameHash)], [token, busyMs]);
    }, signMs);
    this.#signs.set(token, timer.unref());
  }

  #endSigns(token: ClaimToken): void {
    clearInterval(this.#signs.get(token));
    this.#signs.delete(token);
  }

  async #end({ owner, nameHash }: NamedRequest, token: ClaimToken, entry: string): Promise<void> {
    this.#endSigns(token);
    await this.#ask(endScript, [requestKey(owner, nameHash)], [token, entry, doneMs]);
  }

  /** The script's answer; undefined when Redis does not give one in time. */
  async #ask(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    if (this.redis.status !== 'ready') return undefined;
    const late = Promise.withResolvers<undefined>();
    // A process that had no processor itself meets its timers first: what has come meanwhile is read before Redis counts as late.
    const timer = setTimeout(() => setImmediate(() => late.resolve(undefined)), patienceMs);
    const answer = this.redis.eval(script, keys.length, ...keys, ...values).catch(() => undefined);
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const entryForm = /^(busy|done):([0-9a-f]{64}):(.*)$/s;
