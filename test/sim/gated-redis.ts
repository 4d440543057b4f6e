/**
 * A connection to the real Redis, each of whose commands waits at a gate of its own: also each of those that are sent together, so that
 * anything may happen between any two of them. What must not be torn apart is sent as one command, one script or one transaction.
 */
import type { Redis } from 'ioredis';
import type { Gates } from './gates.js';

type Command = (...args: readonly unknown[]) => Promise<unknown>;

/** @param owner the process that the connection belongs to */
export function gatedRedis(redis: Redis, gates: Gates, owner: number): Redis {
  return new Proxy(redis, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function' || typeof name !== 'string') return member;
      if (name === 'defineCommand') return member.bind(target) as unknown;
      if (name === 'multi') return (...args: unknown[]) => gatedTransaction(member.apply(target, args), gates, owner);
      const command = member.bind(target) as Command;
      return (...args: unknown[]) => gates.pass(owner, `${name} ${keyIn(args)}`, () => command(...args));
    },
  });
}

/** The shard and part that a command is about, for whoever reads the schedule: without the generation, which is no part of it. */
function keyIn(args: readonly unknown[]): string {
  const key = args.find((arg) => typeof arg === 'string') as string | undefined;
  return key?.slice(key.indexOf('{')) ?? '';
}

interface Transaction {
  exec(): Promise<unknown>;
}

/** The commands of a transaction are gathered at once; what waits is the whole of it. */
function gatedTransaction(transaction: Transaction, gates: Gates, owner: number): Transaction {
  const gated: Transaction = new Proxy(transaction, {
    get: (target, name) => {
      if (name === 'exec') return () => gates.pass(owner, 'multi', () => target.exec());
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const answer: unknown = member.apply(target, args);
        return answer === target ? gated : answer;
      };
    },
  });
  return gated;
}
