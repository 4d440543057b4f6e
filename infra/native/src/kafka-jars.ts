import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './run-command.js';
import { ServerStartError } from './server-start-error.js';

/** The broker's version; the same as the tag of the image in infra/compose. */
export const KAFKA_VERSION = '4.1.0';

/** `.landbridge/servers` at the root of the repository: kept over runs, and outside any data folder that a user clears. */
export const defaultServersDir = fileURLToPath(new URL('../../../.landbridge/servers', import.meta.url));

const pomFile = fileURLToPath(new URL('../pom.xml', import.meta.url));

/** About 45 MB from Maven Central; ten minutes is a line of 80 kB/s. */
const DOWNLOAD_DEADLINE_MS = 600_000;

/** A half filled folder that is older than any download can be was left by a crash. */
const ABANDONED_AFTER_MS = 2 * DOWNLOAD_DEADLINE_MS;

/**
 * Returns the folder with the broker's jars, after fetching them through Maven when it is not there yet.
 *
 * The folder appears by one rename of a complete one, so a crash leaves no half of it, and callers that fetch at the same
 * time (even from several processes) end with the same whole folder. Throws ServerStartError when Maven fails.
 */
export async function kafkaJars(serversDir: string, report: (line: string) => void): Promise<string> {
  const folder = join(serversDir, `kafka-${KAFKA_VERSION}`);
  if (existsSync(folder)) return folder;

  await mkdir(serversDir, { recursive: true });
  await removeAbandoned(serversDir, basename(folder));
  const partial = await mkdtemp(join(serversDir, `.${basename(folder)}-`));
  try {
    report(`fetching Apache Kafka ${KAFKA_VERSION} from Maven Central (45 MB, once)`);
    await fetchJars(partial);
    await renameUnlessThere(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return folder;
}

/** Where the classes of these jars are kept for faster starts; see `archiveClasses`. */
export function classArchiveOf(jars: string): string {
  return `${jars}.jsa`;
}

async function fetchJars(folder: string): Promise<void> {
  const args = [
    ['-B', '-q', '-f', pomFile, 'dependency:copy-dependencies'],
    [`-DoutputDirectory=${folder}`, `-Dkafka.version=${KAFKA_VERSION}`],
    // Without resuming, each Maven downloads to a file of its own name: two of them at once do not write into one.
    ['-Daether.connector.resumeDownloads=false'],
  ].flat();
  const { code, output } = await runCommand('mvn', args, { timeoutMs: DOWNLOAD_DEADLINE_MS });
  if (code === 'missing') throw new ServerStartError('maven is not installed: run "apt-get install maven"');
  if (code !== 0) {
    const reason = output.split('\n').find((line) => line.includes('ERROR')) ?? output.slice(-300);
    throw new ServerStartError(`Maven could not fetch Apache Kafka ${KAFKA_VERSION}: ${reason.trim()}`);
  }
}

async function renameUnlessThere(partial: string, folder: string): Promise<void> {
  try {
    await rename(partial, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

async function removeAbandoned(serversDir: string, name: string): Promise<void> {
  for (const entry of await readdir(serversDir)) {
    if (!entry.startsWith(`.${name}-`)) continue;
    const path = join(serversDir, entry);
    const status = await stat(path).catch(() => undefined);
    if (status !== undefined && Date.now() - status.mtimeMs > ABANDONED_AFTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
