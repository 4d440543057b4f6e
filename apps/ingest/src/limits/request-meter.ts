/**
 * What one request pays of its carrier's budget: a token before its body is read, the others when its events are known. A read has one
 * token, and pays it by `enter` and `charge` as well.
 */
import type { ServerResponse } from 'node:http';
import type { CarrierBudget, LimitRefusal } from './carrier-budget.js';

export class RequestMeter {
  #paid = 0;

  /** @param budget undefined where nothing is limited: then nothing is paid and no header is sent */
  constructor(private readonly budget: CarrierBudget | undefined) {}

  /** Pays the first token. A sender that has yet to prove who it is pays nothing, and is only told when nothing is to be had. */
  enter(proven: boolean): LimitRefusal | undefined {
    if (this.budget === undefined) return undefined;
    if (!proven) return this.budget.peek();
    const paid = this.budget.enter();
    if (typeof paid !== 'number') return paid;
    this.#paid = paid;
    return undefined;
  }

  /** Pays for the events of the request; a promise only where more are needed than are at hand. */
  readonly charge = (events: number): LimitRefusal | undefined | Promise<LimitRefusal | undefined> =>
    this.budget?.spend(events, this.#paid);

  /** Tells the carrier where it stands, in the headers of the answer. */
  tell(response: Pick<ServerResponse, 'setHeader'>): void {
    if (this.budget === undefined) return;
    for (const [name, value] of Object.entries(this.budget.headers())) response.setHeader(name, value);
  }
}
