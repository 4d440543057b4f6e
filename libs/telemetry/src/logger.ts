/** One JSON line per fact on stdout: level by name, time in ISO 8601 UTC, service. Never a payload, a key or a password. */
import { pino, stdTimeFunctions, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly service: string;
  readonly level: LevelWithSilent;
}

/**
 * The process's logger. An error is logged as `logger.error({ err }, 'what could not be done')`, which keeps its cause and stack.
 * @param destination where the lines go instead of stdout
 */
export function createLogger({ service, level }: LoggerOptions, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (name: string) => ({ level: name }) },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
