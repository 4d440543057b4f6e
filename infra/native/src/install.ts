import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { javaMajor, JAVA_MAJOR_MIN } from './java.js';
import { withoutServiceStart } from './no-service-start.js';
import { runCommand, type CommandResult } from './run-command.js';
import { ServerStartError } from './server-start-error.js';

/** What the native servers need from the system. */
export type Program = 'java' | 'maven' | 'redis-server' | 'prometheus';

export const allPrograms: readonly Program[] = ['java', 'maven', 'redis-server', 'prometheus'];

/** The machine as the installer sees it, so that a test can stand in for one that has nothing. */
export interface Machine {
  readonly root: boolean;
  /** Debian, Ubuntu and their like: apt-get is there. */
  readonly debian: boolean;
  readonly policyFile: string;
  readonly has: (program: Program) => Promise<boolean>;
  readonly run: (command: string, args: readonly string[]) => Promise<CommandResult>;
}

const commands: Readonly<Record<Program, string>> = {
  java: 'java',
  maven: 'mvn',
  'redis-server': 'redis-server',
  prometheus: 'prometheus',
};

/** In order of preference: a release has the first, or only a later one (Debian 13 has no 17). */
const packages: Readonly<Record<Program, readonly string[]>> = {
  java: ['openjdk-17-jre-headless', 'openjdk-21-jre-headless', 'default-jre-headless'],
  maven: ['maven'],
  'redis-server': ['redis-server'],
  prometheus: ['prometheus'],
};

/** Packages that bring a daemon, which the system would start now and at each boot, on the ports that we use. */
const daemons: readonly Program[] = ['redis-server', 'prometheus'];

/** About 250 MB with Java and Maven on a slow line. */
const APT_DEADLINE_MS = 900_000;

/**
 * Makes the programs available: installs what is missing with apt-get where that is possible, else throws ServerStartError
 * with the one command to run. Programs that are there are left alone, whatever their source. No daemon is left running.
 */
export async function ensureInstalled(
  names: readonly Program[],
  report: (line: string) => void,
  machine: Machine = thisMachine,
): Promise<void> {
  const missing = await absent(names, machine);
  if (missing.length === 0) return;
  if (!machine.root || !machine.debian) throw notInstalled(missing, machine);

  report(`installing ${missing.join(', ')} with apt-get`);
  await apt(machine, ['update']);
  const chosen: string[] = [];
  for (const name of missing) chosen.push(await choosePackage(name, machine));
  await withoutServiceStart(machine.policyFile, () =>
    apt(machine, ['install', '-y', '--no-install-recommends', ...chosen]),
  );
  for (const name of missing.filter((program) => daemons.includes(program))) {
    // Without systemd (a container) nothing starts at boot, and the command fails or is missing: both are fine.
    await machine.run('systemctl', ['disable', '--now', name]);
  }
  const still = await absent(missing, machine);
  if (still.length > 0) throw notInstalled(still, machine);
}

/** Path of a program, looked up on the PATH. Throws ServerStartError with the command that installs it. */
export async function requireProgram(name: Program): Promise<string> {
  const path = await findOnPath(commands[name]);
  if (path === undefined) throw notInstalled([name], thisMachine);
  return path;
}

async function absent(names: readonly Program[], machine: Machine): Promise<Program[]> {
  const present = await Promise.all(names.map((name) => machine.has(name)));
  return names.filter((_, index) => !present[index]);
}

async function choosePackage(name: Program, machine: Machine): Promise<string> {
  const [first = name, ...others] = packages[name];
  for (const candidate of [first, ...others]) {
    const { code } = await machine.run('apt-cache', ['show', '--no-all-versions', candidate]);
    if (code === 0) return candidate;
  }
  return first;
}

async function apt(machine: Machine, args: readonly string[]): Promise<void> {
  // Another apt-get may hold the lock, e.g. the daily one of a fresh virtual machine: wait for it.
  const result = await machine.run('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-q', ...args]);
  if (result.code === 0) return;
  const reason = result.output.split('\n').find((line) => line.startsWith('E: ')) ?? result.output.slice(-300);
  throw new ServerStartError(`apt-get ${args.join(' ')} failed: ${reason.trim()}`);
}

function notInstalled(names: readonly Program[], machine: Machine): ServerStartError {
  const wanted = names.map((name) => packages[name][0]).join(' ');
  const subject = `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not installed`;
  const fix = machine.debian
    ? `run "${machine.root ? '' : 'sudo '}apt-get install ${wanted}"`
    : `install ${names.length === 1 ? 'it' : 'them'} so that ${names.map((name) => commands[name]).join(', ')} can be found on the PATH`;
  return new ServerStartError(`${subject}: ${fix}`);
}

async function findOnPath(command: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, command);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && runs) return path;
  }
  return undefined;
}

const thisMachine: Machine = {
  root: process.getuid?.() === 0,
  debian: existsSync('/usr/bin/apt-get') && existsSync('/etc/debian_version'),
  policyFile: '/usr/sbin/policy-rc.d',
  has: async (program) => {
    if (program !== 'java') return (await findOnPath(commands[program])) !== undefined;
    const home = process.env['JAVA_HOME'];
    const java = home ? join(home, 'bin', 'java') : 'java';
    const { code, output } = await runCommand(java, ['-version'], { timeoutMs: 20_000 });
    return code === 0 && (javaMajor(output) ?? 0) >= JAVA_MAJOR_MIN;
  },
  run: (command, args) =>
    runCommand(command, args, { timeoutMs: APT_DEADLINE_MS, env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } }),
};
