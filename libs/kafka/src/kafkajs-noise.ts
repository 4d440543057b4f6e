/**
 * What kafkajs says, put where it belongs. It calls every fault that it retries an error; here those are warnings, and what needs a
 * person is logged as an error by the guard that gave up.
 */
import kafkajs, { type logCreator, type LogEntry } from 'kafkajs';
import type { Logger } from 'pino';

/** kafkajs says this one line before it moves a position silently; there is no event for it. */
const offsetOutOfRangeMessage = 'Offset out of range, resetting to default offset';

/** Said at each start of a producer with bounded retries; LogWriter bounds them because it resends the batch itself. */
const answeredMessage = 'Limiting retries for the idempotent producer may invalidate EoS guarantees';

/** Only these fields of a line are kept: the others can hold whole requests. */
const keptFields = ['broker', 'groupId', 'memberId', 'topic', 'partition', 'retryCount', 'retryTime', 'error'] as const;

export function kafkajsLogCreator(
  logger: Logger,
  isMuted: () => boolean,
  onOffsetOutOfRange: (topic: string, partition: number) => void = () => undefined,
): logCreator {
  return () =>
    ({ namespace, level, log }: LogEntry) => {
      if (log.message === offsetOutOfRangeMessage) onOffsetOutOfRange(String(log['topic']), Number(log['partition']));
      if (isMuted() || log.message === answeredMessage) return;
      const fields: Record<string, unknown> = { kafkajs: namespace };
      for (const name of keptFields) {
        const value: unknown = log[name];
        if (value !== undefined) fields[name] = value instanceof Error ? value.message : value;
      }
      if (level === kafkajs.logLevel.ERROR) logger.warn(fields, log.message);
      else if (level === kafkajs.logLevel.WARN) logger.info(fields, log.message);
      else logger.debug(fields, log.message);
    };
}
