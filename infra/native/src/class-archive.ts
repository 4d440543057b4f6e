import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { classArchiveOf, defaultServersDir, kafkaJars } from './kafka-jars.js';
import { startKafka } from './kafka-server.js';
import { freePorts } from './loopback.js';

/**
 * Keeps the classes that a broker loads in an archive beside its jars, which every later start of Kafka maps instead of reading the jars:
 * 4.1 s of processor a start instead of 6.8 s. Done once, by a broker that is started and stopped for it; that takes some ten seconds.
 *
 * Whoever starts many brokers calls this first. Without an archive, or with one that another Java has written, Kafka starts as it did.
 * Throws ServerStartError when a broker cannot be started at all.
 */
export async function archiveClasses(report: (line: string) => void, serversDir = defaultServersDir): Promise<void> {
  const jars = await kafkaJars(serversDir, report);
  const archive = classArchiveOf(jars);
  if (existsSync(archive)) return;
  report("keeping Kafka's classes for faster starts (once)");
  const folder = await mkdtemp(join(serversDir, `.${basename(jars)}-`));
  try {
    const [port = 0] = await freePorts(1);
    const partial = join(folder, 'classes.jsa');
    const javaArguments = [`-XX:ArchiveClassesAtExit=${partial}`];
    const server = await startKafka({ dataDir: join(folder, 'kafka'), port, serversDir, javaArguments });
    await server.stop();
    // One that had to be killed has left half an archive, or none; the next caller tries again.
    if ((await server.exited).signal === null && existsSync(partial)) await rename(partial, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
