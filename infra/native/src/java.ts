import { join } from 'node:path';
import { runCommand } from './run-command.js';
import { ServerStartError } from './server-start-error.js';

/** Kafka 4 brokers need it. */
export const JAVA_MAJOR_MIN = 17;

const VERSION_TIMEOUT_MS = 20_000;

/** The Java program to run Kafka with: JAVA_HOME's when that is set, else the first on the PATH. Throws ServerStartError. */
export async function requireJava(): Promise<string> {
  const home = process.env['JAVA_HOME'];
  const java = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  const { code, output } = await runCommand(java, ['-version'], { timeoutMs: VERSION_TIMEOUT_MS });
  if (code === 'missing') {
    throw new ServerStartError(
      home
        ? `JAVA_HOME has no bin/java: set it to a Java ${JAVA_MAJOR_MIN}, or unset it`
        : 'java is not installed: run "apt-get install openjdk-17-jre-headless"',
    );
  }
  const major = javaMajor(output);
  if (code !== 0 || major === undefined || major < JAVA_MAJOR_MIN) {
    throw new ServerStartError(
      `Kafka needs Java ${JAVA_MAJOR_MIN} or newer and this one is ${major ?? 'unknown'}: set JAVA_HOME to a newer one`,
    );
  }
  return java;
}

/** Major version out of `java -version`; undefined when the text has none. Java 8 and older call themselves 1.8. */
export function javaMajor(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match === null ? undefined : Number(match[1]);
}
