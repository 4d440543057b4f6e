/**
 * The servers and the services as containers, by `infra/compose`.
 *
 * Whether an engine can start containers is not guessed: Docker Compose is told to start them and to wait until each is healthy, and what
 * it answers decides. An engine that is installed may have no daemon, no room, or no way to the images.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '@landbridge/config';
import { repositoryRoot, shareSecretWithContainers } from '../data-folder.js';
import { listeners, portVariable, type Ports } from '../tool-settings.js';

export interface ComposeOptions {
  /** Published on loopback; inside the containers the ports are always the contract's. */
  readonly ports: Ports;
  /** Of this process: Docker's own variables and PATH pass. */
  readonly env: Environment;
  /** The administrators' token, of which containers get a copy in `folder`; empty where their port is to stay closed. */
  readonly adminTokenFile: string;
  /** The data folder. */
  readonly folder: string;
  /** Takes what Docker says, appended. */
  readonly logFile: string;
}

export type ComposeOutcome = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Images are pulled and one is built at the first start; on a slow line that takes minutes. */
const healthySecondsMax = 900;
const quotedBytesMax = 4_096;

export class ComposeStack {
  readonly #options: ComposeOptions;
  #running: { readonly child: ChildProcess; readonly ended: Promise<ComposeOutcome> } | undefined;
  #begun = false;

  constructor(options: ComposeOptions) {
    this.#options = options;
  }

  /** Builds the image, starts the containers and returns when all are healthy, or with the reason, in one line, why they are not. */
  async start(): Promise<ComposeOutcome> {
    this.#begun = true;
    const wait = ['--detach', '--build', '--wait', '--wait-timeout', String(healthySecondsMax)];
    const outcome = await this.#compose('up', ...wait);
    if (outcome.ok) return outcome;
    return { ok: false, reason: `no containers: ${outcome.reason}; without --compose no engine is needed` };
  }

  /**
   * Ends a start under way, then stops and removes the containers. Their volumes, and so all data, are kept. Never rejects; a second call
   * does nothing.
   */
  async stop(): Promise<ComposeOutcome> {
    if (!this.#begun) return { ok: true };
    this.#begun = false;
    this.#running?.child.kill('SIGTERM');
    await this.#running?.ended;
    return this.#compose('down');
  }

  async #compose(...words: readonly string[]): Promise<ComposeOutcome> {
    const { ports, env, folder, adminTokenFile, logFile } = this.#options;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const portsByVariable = Object.fromEntries(listeners.map((name) => [portVariable(name), String(ports[name])]));
    const file = join(repositoryRoot, 'infra', 'compose', 'compose.yaml');
    // A session of its own: Ctrl-C in a terminal is for the foreground group, and what is under way is ended by `stop`.
    const child = spawn('docker', ['compose', '--file', file, ...words], {
      env: {
        ...env,
        ...portsByVariable,
        LANDBRIDGE_ADMIN_TOKEN_FILE: adminTokenFile && shareSecretWithContainers(folder, adminTokenFile),
      },
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = new Promise<ComposeOutcome>((resolve) => {
      child.once('error', (error) => resolve({ ok: false, reason: `docker cannot be run (${error.message})` }));
      child.once('exit', (code, signal) =>
        resolve(
          code === 0
            ? { ok: true }
            : {
                ok: false,
                reason: `docker ended with ${signal ?? `exit code ${code}`} (${lastLine(logFile)}), see ${logFile}`,
              },
        ),
      );
    });
    this.#running = { child, ended };
    return ended;
  }
}

function lastLine(path: string): string {
  const lines = readFileSync(path).subarray(-quotedBytesMax).toString('utf8').split('\n');
  return lines.map((line) => line.trim()).findLast((line) => line !== '') ?? 'it said nothing';
}
