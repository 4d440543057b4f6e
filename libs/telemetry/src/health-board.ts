/**
 * Whether this process can do its work now: named checks, asked by `/readyz`.
 *
 * A check is a look at what the process knows already (connected, position reached, room left), not a piece of work of its own, so it
 * answers at once. One that does not is counted as failed after the deadline and is not started again until it has ended.
 */
export interface Check {
  readonly ok: boolean;
  /** One line for whoever looks; says nothing secret. */
  readonly detail: string;
}

export interface Health {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, Check>>;
}

export type CheckFunction = () => Check | Promise<Check>;

/** A kubelet gives a probe one second by default. */
export const checkDeadlineMs = 800;

export class HealthBoard {
  readonly #checks = new Map<string, { readonly run: CheckFunction; running?: Promise<Check> }>();
  #stopping = false;

  constructor(private readonly deadlineMs = checkDeadlineMs) {}

  /** Adds a check. A name stands once: a second check under it is a bug. */
  add(name: string, run: CheckFunction): void {
    if (this.#checks.has(name)) throw new Error(`there is a health check named ${name} already`);
    this.#checks.set(name, { run });
  }

  /** From now on the process is not ready, whatever the checks say: the first step of a shutdown. */
  stop(): void {
    this.#stopping = true;
  }

  /** Asks all checks at the same time. Ready when all are fine and no shutdown has begun; never rejects. */
  async report(): Promise<Health> {
    const entries = await Promise.all(
      [...this.#checks.keys()].map(async (name) => [name, await this.#ask(name)] as const),
    );
    if (this.#stopping) entries.push(['shutdown', { ok: false, detail: 'the process is shutting down' }]);
    return { ready: entries.every(([, { ok }]) => ok), checks: Object.fromEntries(entries) };
  }

  async #ask(name: string): Promise<Check> {
    const check = this.#checks.get(name)!;
    check.running ??= runOnce(check.run).finally(() => delete check.running);
    let timer: NodeJS.Timeout | undefined;
    const overdue = new Promise<Check>((resolve) => {
      const detail = `no answer within ${this.deadlineMs} ms`;
      timer = setTimeout(() => resolve({ ok: false, detail }), this.deadlineMs);
    });
    return Promise.race([check.running, overdue]).finally(() => clearTimeout(timer));
  }
}

/** Asynchronous so that a check that throws at once is treated like one that rejects. What it threw is the checked part's to log. */
async function runOnce(run: CheckFunction): Promise<Check> {
  try {
    return await run();
  } catch {
    return { ok: false, detail: 'the check failed' };
  }
}
