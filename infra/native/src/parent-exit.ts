import { spawnSync } from 'node:child_process';
import { signalQuietly } from './pid-file.js';

/**
 * No server outlives the process that started it. Four nets, because no single one catches every end:
 * 1. stop(), called by the owner in its own order;
 * 2. SIGINT, SIGTERM, SIGHUP: when the owner listens itself, it decides; else we stop the servers and let the signal through;
 * 3. `exit` (also after an uncaught error): only synchronous work is possible, so SIGKILL, which our data survive;
 * 4. SIGKILL of the parent: on Linux the kernel signals the child (setpriv --pdeathsig), and the next start looks at pid files.
 */
interface OwnedServer {
  readonly pid: number;
  stop(): Promise<void>;
}

const owned = new Set<OwnedServer>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let listening = false;

/** Binds a server's life to this process until `disown`. */
export function own(server: OwnedServer): void {
  owned.add(server);
  if (listening) return;
  listening = true;
  process.on('exit', killAll);
  for (const signal of signals) process.on(signal, onSignal);
}

/** Ends the bond: the server has ended. */
export function disown(server: OwnedServer): void {
  owned.delete(server);
  if (owned.size > 0) return;
  listening = false;
  process.off('exit', killAll);
  for (const signal of signals) process.off(signal, onSignal);
}

/**
 * Command words to put before a server's own, so that the kernel sends it SIGTERM when its parent dies in any way.
 *
 * Empty where the tool is missing (not Linux) or another program of that name (busybox) does not know the option.
 */
export function parentDeathPrefix(): readonly string[] {
  prefix ??=
    spawnSync('setpriv', ['--pdeathsig', 'TERM', '--', 'true'], { stdio: 'ignore' }).status === 0
      ? ['setpriv', '--pdeathsig', 'TERM', '--']
      : [];
  return prefix;
}
let prefix: readonly string[] | undefined;

/** SIGKILL to a server and what it forked: Redis rewrites its AOF in a child of its own. Every server leads its group. */
export function killGroup(pid: number): void {
  signalQuietly(-pid, 'SIGKILL');
}

function killAll(): void {
  for (const { pid } of owned) killGroup(pid);
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 1) void stopAllThenPass(signal);
}

async function stopAllThenPass(signal: NodeJS.Signals): Promise<void> {
  await Promise.allSettled([...owned].map((server) => server.stop()));
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
