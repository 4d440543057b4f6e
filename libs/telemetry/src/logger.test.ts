import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { nestLogger } from './nest-logger.js';

function logged(level: 'info' | 'trace') {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(
    { service: 'ingest', level },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { logger, lines };
}

describe('createLogger', () => {
  it('writes level by name, ISO time in UTC, service and text', () => {
    const { logger, lines } = logged('info');
    logger.info({ records: 3 }, 'written');
    logger.debug('not at this level');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'ingest',
        records: 3,
        msg: 'written',
      },
    ]);
  });

  it('keeps the cause and the stack of an error', () => {
    const { logger, lines } = logged('info');
    logger.error({ err: new Error('batch lost', { cause: new Error('socket closed') }) }, 'cannot write');
    expect(lines[0]!['err']).toMatchObject({ message: 'batch lost: socket closed' });
    expect((lines[0]!['err'] as Error).stack).toMatch(/caused by: Error: socket closed/);
  });
});

describe('nestLogger', () => {
  it("keeps Nest's start-up lines at debug and its warnings and errors at their level", () => {
    const { logger, lines } = logged('trace');
    const nest = nestLogger(logger);
    nest.log('Mapped {/x, GET} route', 'RouterExplorer');
    nest.warn('deprecated', 'Injector');
    nest.verbose?.('detail', 'Injector');
    nest.error('cannot resolve', 'Error: cannot resolve\n    at x', 'ExceptionHandler');
    expect(lines).toMatchObject([
      { level: 'debug', msg: 'Mapped {/x, GET} route', context: 'RouterExplorer' },
      { level: 'warn', msg: 'deprecated', context: 'Injector' },
      { level: 'trace', msg: 'detail', context: 'Injector' },
      { level: 'error', msg: 'cannot resolve', context: 'ExceptionHandler', stack: 'Error: cannot resolve\n    at x' },
    ]);
  });

  it('writes an error object with its stack, and any other object as text', () => {
    const { logger, lines } = logged('info');
    const nest = nestLogger(logger);
    nest.error(new Error('broken'));
    nest.error({ status: 'error' }, 'RpcExceptionsHandler');
    expect(lines).toMatchObject([
      { level: 'error', msg: 'broken', err: { type: 'Error', message: 'broken' } },
      { level: 'error', msg: '{"status":"error"}', context: 'RpcExceptionsHandler' },
    ]);
  });
});
