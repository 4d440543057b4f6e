/** For the tests of this library: everything that a service needs beside its module, with its log kept as objects. */
import { createLogger, createMetrics, HealthBoard } from '@landbridge/telemetry';
import type { HttpServiceOptions } from './http-service.js';

export interface RecordedShell {
  readonly options: HttpServiceOptions;
  readonly health: HealthBoard;
  readonly lines: Record<string, unknown>[];
}

export function recordedShell({ module }: Pick<HttpServiceOptions, 'module'>): RecordedShell {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const logger = createLogger({ service: 'test', level: 'info' }, { write });
  const health = new HealthBoard();
  const settings = { host: '127.0.0.1', port: 0 };
  return { options: { module, settings, logger, metrics: createMetrics('test'), health }, health, lines };
}
