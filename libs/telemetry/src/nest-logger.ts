import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/**
 * Nest's own lines through ours. What Nest says in passing (modules, routes) goes to `debug`: forty lines at every start would hide
 * ours; its warnings and errors keep their level.
 */
export function nestLogger(logger: Logger): LoggerService {
  const at =
    (level: 'fatal' | 'error' | 'warn' | 'debug' | 'trace') =>
    (message: unknown, ...rest: unknown[]): void =>
      logger[level](fieldsOf(message, rest), textOf(message));
  return {
    log: at('debug'),
    fatal: at('fatal'),
    error: at('error'),
    warn: at('warn'),
    debug: at('debug'),
    verbose: at('trace'),
  };
}

/** Nest calls `(message, context)`, and for errors `(message, stack, context)`: the context comes last. */
function fieldsOf(message: unknown, rest: readonly unknown[]): object {
  const context = rest.at(-1);
  const stack = rest.length > 1 ? rest[0] : undefined;
  const err = [message, ...rest].find((one) => one instanceof Error);
  return {
    ...(typeof context === 'string' && { context }),
    ...(typeof stack === 'string' && { stack }),
    ...(err && { err }),
  };
}

function textOf(message: unknown): string {
  if (message instanceof Error) return message.message;
  return typeof message === 'string' ? message : JSON.stringify(message);
}
