/** What every route begins with that carriers read from: who asks, and whether it may read again now. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CarrierKey } from '@landbridge/contracts';
import { ProblemError } from '@landbridge/http';
import type { CarrierIdentity } from '../identity/carrier-identity.js';
import type { CarrierBudgets } from './carrier-budgets.js';
import { RequestMeter } from './request-meter.js';

export class CarrierReads {
  constructor(
    private readonly identity: Pick<CarrierIdentity, 'check'>,
    private readonly budgets: Pick<CarrierBudgets, 'readsOf'>,
  ) {}

  /**
   * The key of a request that may read now; it has paid for it, whatever it finds. The answer tells where its carrier stands.
   * Throws a `ProblemError`: those of `CarrierIdentity.check`, rate_limited.
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<CarrierKey> {
    const check = await this.identity.check(request.headers, request.raw.socket.remoteAddress, 'read');
    if (!check.ok) throw new ProblemError(check.problem);
    const meter = new RequestMeter(this.budgets.readsOf(check.key));
    // A signed request without a body is proven by now.
    const limited = meter.enter(true) ?? (await meter.charge(1));
    if (limited) throw new ProblemError(limited.problem, limited.headers);
    meter.tell(reply.raw);
    return check.key;
  }
}
