/**
 * Where everything that leaves a simulated process waits for the scheduler: each command to Redis, each publication of dead letters.
 *
 * Between two gates our code runs through, in microtasks, so a schedule is the order in which gates open and what becomes of each. Real
 * time plays no part: one gate opens at a time, and the next only when everything that follows from it has come to its next gate.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * What becomes of a command. `sent twice`: the connection broke after the server had taken it, and the client sent it again.
 * `arrives late`: the caller is told that the connection broke, and the server takes it all the same, at some later time.
 */
export type Fate = 'done' | 'not sent' | 'answer lost' | 'sent twice' | 'arrives late';

/** What a caller gets in place of an answer. Whatever else a process throws is a fault of the product. */
export class LostConnection extends Error {
  constructor(fate: Fate, what: string) {
    super(`${what}: ${fate}`);
    this.name = 'LostConnection';
  }
}

export interface Gate {
  readonly owner: number;
  readonly what: string;
  readonly perform: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Gates {
  /** In the order of their arrival, which a seed decides like all else. */
  private parked: Gate[] = [];
  /** Sent, given up by their callers, and not yet arrived. */
  private readonly underWay: Gate[] = [];

  /** Performs what it is given when the scheduler says so; rejects when the answer is lost. */
  pass<Answer>(owner: number, what: string, perform: () => Promise<Answer>): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.parked.push({ owner, what, perform, resolve: resolve as Gate['resolve'], reject });
    });
  }

  waiting(isRunning: (owner: number) => boolean): readonly Gate[] {
    return this.parked.filter(({ owner }) => isRunning(owner));
  }

  /** Commands that may arrive yet. */
  get late(): readonly Gate[] {
    return this.underWay;
  }

  /** Opens a gate and returns when everything that follows from it waits at a gate again. */
  async open(gate: Gate, fate: Fate): Promise<void> {
    this.parked = this.parked.filter((other) => other !== gate);
    if (fate === 'not sent' || fate === 'arrives late') {
      if (fate === 'arrives late') this.underWay.push(gate);
      gate.reject(new LostConnection(fate, gate.what));
    } else {
      try {
        if (fate === 'sent twice') await gate.perform();
        const answer = await gate.perform();
        if (fate === 'answer lost') gate.reject(new LostConnection(fate, gate.what));
        else gate.resolve(answer);
      } catch (error) {
        gate.reject(error);
      }
    }
    await settled();
  }

  /** A command that its caller gave up reaches the server. */
  async arrive(gate: Gate): Promise<void> {
    this.underWay.splice(this.underWay.indexOf(gate), 1);
    await gate.perform();
  }

  /** The process is dead: its callers never hear anything again. What it had sent may still arrive. */
  abandon(owner: number, isSent: (gate: Gate) => boolean): void {
    this.underWay.push(...this.parked.filter((gate) => gate.owner === owner && isSent(gate)));
    this.parked = this.parked.filter((gate) => gate.owner !== owner);
  }
}

/** All microtasks have run, so whoever can go on without a gate has done so. */
export async function settled(): Promise<void> {
  await nextTurn();
}
