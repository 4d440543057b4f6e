import type { KafkaSettings } from '@landbridge/config';
import { exitCodes, UsageFault, type ExitCode } from './command.js';
import type { Terminal } from './terminal.js';

/** Runs what needs Kafka; when it cannot be reached or refuses, that is said in a line with what to do. */
export async function withKafka(
  settings: KafkaSettings,
  terminal: Terminal,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageFault || error instanceof TypeError) throw error;
    terminal.note(`Kafka at ${settings.brokers.join(', ')}: ${(error as Error).message}`);
    terminal.note('is it running (landbridge doctor), and does LANDBRIDGE_KAFKA_BROKERS name it?');
    return exitCodes.failed;
  }
}
