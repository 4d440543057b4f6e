/**
 * The port of administrators: keys without their secrets, a revocation, and how the door is doing.
 *
 * A port of its own, on this machine only unless the settings say otherwise, and closed unless there is a token: what carriers can reach
 * knows no such address, so no fault in a route of theirs opens it.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { AdminSettings, LimitsSettings } from '@landbridge/config';
import { carrierKeyTopic, endOfKeyMs, type CarrierKey, type Problem } from '@landbridge/contracts';
import { answerProblem } from '@landbridge/http';
import type { LogWriter } from '@landbridge/kafka';
import type { CarrierKeys } from './identity/carrier-keys.js';
import { limitsOf } from './limits/carrier-budgets.js';

export interface AdminParts {
  readonly keys: Pick<CarrierKeys, 'all' | 'find'>;
  readonly log: Pick<LogWriter, 'write' | 'state'>;
  readonly defaults: LimitsSettings;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Fewer bytes could be searched through. */
export const adminTokenBytesMin = 32;
const writeDeadlineMs = 10_000;

export class AdminDoor {
  readonly #server: FastifyInstance;

  constructor(
    private readonly settings: AdminSettings,
    token: Uint8Array,
    private readonly parts: AdminParts,
  ) {
    const expected = digestOf(token);
    // Nothing is posted here but addresses.
    this.#server = Fastify({ bodyLimit: 1_024, return503OnClosing: false });
    this.#server.addHook('onRequest', (request, reply, next) => {
      const given = /^Bearer +(\S{1,256})$/i.exec(request.headers.authorization ?? '')?.[1];
      if (given !== undefined && timingSafeEqual(digestOf(given), expected)) return next();
      void answerProblem(reply, {
        code: 'unauthenticated',
        detail: 'send the administrators’ token as a bearer token',
      });
    });
    this.#server.setNotFoundHandler((_request, reply) => answerProblem(reply, notFound));
    this.#server.get('/admin/v1/carrier-keys', () => this.#keys());
    this.#server.post<{ Params: { readonly hash: string } }>('/admin/v1/carrier-keys/:hash/revoke', (request, reply) =>
      this.#revoke(request.params.hash, reply),
    );
    this.#server.get('/admin/v1/state', () => ({ lane: parts.log.state, limits: parts.defaults }));
  }

  /** Listens; the address. Rejects when the port is taken. */
  open(): Promise<string> {
    return this.#server.listen({ host: this.settings.host, port: this.settings.port });
  }

  #keys(): object {
    const nowMs = this.parts.clock();
    const keys = [...this.parts.keys.all()].map((key) => ({
      ...key,
      state: stateOf(key, nowMs),
      limits: limitsOf(key, this.parts.defaults),
    }));
    return { keys: keys.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1)) };
  }

  /** By its whole hash: a revocation must not hit another key. One that is revoked stays as it is. */
  async #revoke(keyHash: string, reply: FastifyReply): Promise<FastifyReply> {
    const key = this.parts.keys.find(keyHash);
    if (key === undefined) return answerProblem(reply, notFound);
    if (key.revokedAt !== undefined) return reply.send(key);
    const revoked = { ...key, revokedAt: new Date(this.parts.clock()).toISOString() };
    const record = { topic: carrierKeyTopic, key: keyHash, value: JSON.stringify(revoked) };
    const written = await this.parts.log.write([record], writeDeadlineMs);
    return written.ok ? reply.send(revoked) : answerProblem(reply, notWritten);
  }
}

function stateOf(key: CarrierKey, nowMs: number): 'live' | 'expired' | 'revoked' {
  if (key.revokedAt !== undefined) return 'revoked';
  return nowMs < endOfKeyMs(key) ? 'live' : 'expired';
}

function digestOf(token: string | Uint8Array): Buffer {
  return hash('sha256', token, 'buffer');
}

const notFound: Problem = { code: 'not_found', detail: 'there is nothing at this address' };
const notWritten: Problem = {
  code: 'log_unavailable',
  detail: 'the log did not confirm the revocation; send it again',
};
