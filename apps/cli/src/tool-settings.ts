/**
 * Settings of the command-line tool: the library's slices, and the listen ports of `up`, which no other process reads.
 */
import { readSettings, type Environment, type Settings, type Slice } from '@landbridge/config';
import { UsageFault } from './command.js';

/** What listens on this machine under `up`, with the ports of the public contract. */
export const stackPorts = {
  kafka: 9092,
  redis: 6379,
  prometheus: 9090,
  ingest: 3000,
  statistics: 3003,
  aggregator: 3004,
  /** Ingest's second one, for administrators. */
  admin: 3010,
} as const;
export type Listener = keyof typeof stackPorts;
export type Ports = Readonly<Record<Listener, number>>;
export const listeners = Object.keys(stackPorts) as readonly Listener[];

/** `LANDBRIDGE_KAFKA_PORT` for `kafka`. */
export const portVariable = (listener: Listener): string => `LANDBRIDGE_${listener.toUpperCase()}_PORT`;
const portVariables: ReadonlySet<string> = new Set(listeners.map(portVariable));

/** The environment without the ports of `up`: services get addresses, and refuse variables of ours that they do not know. */
export function withoutStackPorts(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !portVariables.has(name)));
}

/** Each port: the option, else the variable, else the contract's. Throws a `UsageFault` naming what is no port, or is there twice. */
export function readPorts(env: Environment, option: (name: string) => string | undefined): Ports {
  const ports = listeners.map((listener): [Listener, number] => {
    const variable = portVariable(listener);
    const text = option(`${listener}-port`) ?? env[variable] ?? String(stackPorts[listener]);
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (!(port >= 1 && port <= 65_535))
      throw new UsageFault(`--${listener}-port or ${variable} must be a port from 1 to 65535`);
    return [listener, port];
  });
  const twice = ports.find(([, port], i) => ports.findIndex(([, other]) => other === port) !== i);
  if (twice) throw new UsageFault(`port ${twice[1]} is given to two listeners, one of them ${twice[0]}`);
  return Object.fromEntries(ports) as Ports;
}

/**
 * The settings of these slices. Kafka and Redis are where their addresses say, else where `up` has them with these ports.
 * Throws a `UsageFault` with every fault, never a value.
 */
export function readToolSettings<const S extends readonly Slice[]>(env: Environment, slices: S): Settings<S> {
  const { LANDBRIDGE_KAFKA_PORT: kafka, LANDBRIDGE_REDIS_PORT: redis } = env;
  const moved = {
    ...(kafka !== undefined && { LANDBRIDGE_KAFKA_BROKERS: `127.0.0.1:${kafka}` }),
    ...(redis !== undefined && { LANDBRIDGE_REDIS_URL: `redis://127.0.0.1:${redis}` }),
  };
  const reading = readSettings({ ...moved, ...withoutStackPorts(env) }, slices);
  if (!reading.ok) throw new UsageFault(`the configuration has faults:\n  ${reading.faults.join('\n  ')}`);
  return reading.settings;
}
