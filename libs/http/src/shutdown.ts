/**
 * How a process ends. The order is what keeps the promise of a 202: whoever is being answered gets the answer, and only then go the
 * connections to the log and the store on which the answer depends.
 */
import type { Server } from 'node:http';
import type { HealthBoard, Logger } from '@landbridge/telemetry';
import type { FastifyInstance } from 'fastify';

export interface ShutdownDeadlines {
  /** For the requests in flight. As long as the acknowledgement that a post may wait for. */
  readonly drainMs: number;
  /** For everything, after which the process exits with 1. Kubernetes kills after 30 seconds by default. */
  readonly totalMs: number;
}

export const shutdownDeadlines: ShutdownDeadlines = { drainMs: 10_000, totalMs: 18_000 };

/** Lets the requests in flight end, and tells their senders that the connection ends with the answer. */
export class Drain {
  #begun = false;

  /** To be made before the server starts: Fastify takes no hook after that. */
  constructor(server: FastifyInstance) {
    server.addHook('onSend', (_request, reply, payload, done) => {
      if (this.#begun) reply.header('connection', 'close');
      done(null, payload);
    });
  }

  /**
   * Accepts no connection from now on, ends the idle ones, waits for the busy ones and breaks those that are left after `drainMs`.
   * @returns whether all of them ended by themselves
   */
  async finish(server: Server, drainMs: number): Promise<boolean> {
    this.#begun = true;
    let brokenOff = false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        brokenOff = true;
        server.closeAllConnections();
      }, drainMs);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    return !brokenOff;
  }
}

export interface Stoppable {
  readonly health: HealthBoard;
  readonly drain: Drain;
  readonly server: Server;
  readonly app: { close(): Promise<void> };
  readonly logger: Logger;
}

/** Ends a service in order. A failing shutdown hook rejects. */
export async function stopInOrder({ health, drain, server, app, logger }: Stoppable, drainMs: number): Promise<void> {
  // 1. Not ready: whoever balances load sends no more.
  health.stop();
  // 2. No new connections, and the requests in flight are answered. The log and the store are still there for them.
  if (!(await drain.finish(server, drainMs))) logger.warn({ drainMs }, 'requests were broken off: they took too long');
  // 3. Nest's hooks, and with them consumers, producers and stores: nobody asks for them any more.
  await app.close();
}

/** What is used of `process`; a test gives its own. */
export interface SignalledProcess {
  on(signal: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown;
  off(signal: 'SIGTERM' | 'SIGINT', listener: (signal: string) => void): unknown;
  exit(code: number): void;
}

/**
 * Stops on the first SIGTERM or SIGINT and exits: 0 when all went in time, otherwise 1. A second signal exits with 1 at once.
 * @returns takes the listeners away again
 */
export function exitOnSignals(
  stop: () => Promise<void>,
  { totalMs, logger }: { readonly totalMs: number; readonly logger: Logger },
  target: SignalledProcess = process,
): () => void {
  let stopping = false;
  const onSignal = (signal: string): void => {
    if (stopping) {
      logger.warn({ signal }, 'told to stop again: exiting at once');
      target.exit(1);
      return;
    }
    stopping = true;
    logger.info({ signal }, 'stopping');
    void exitAfterStop();
  };
  const exitAfterStop = async (): Promise<void> => {
    const timer = setTimeout(() => {
      logger.error({ totalMs }, 'the shutdown took too long: exiting without its end');
      target.exit(1);
    }, totalMs).unref();
    try {
      await stop();
      logger.info('stopped');
      target.exit(0);
    } catch (err) {
      logger.error({ err }, 'the shutdown failed');
      target.exit(1);
    } finally {
      clearTimeout(timer);
    }
  };
  target.on('SIGTERM', onSignal);
  target.on('SIGINT', onSignal);
  return () => {
    target.off('SIGTERM', onSignal);
    target.off('SIGINT', onSignal);
  };
}
