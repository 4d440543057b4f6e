import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes, type Command } from '../command.js';
import { dataFolderOf, runFile } from '../data-folder.js';
import { runningPid } from '../up/run-file.js';

/** Services drain within 15 s each, then come Prometheus, Redis and Kafka. */
const stopDeadlineMs = 120_000;
const pollMs = 50;

export const down: Command = {
  description:
    'Stops the Landbridge that runs on the data folder (LANDBRIDGE_DATA), and returns when all of it has ended.',
  options: {},
  async run({ env, terminal, signal }) {
    const file = runFile(dataFolderOf(env));
    const pid = runningPid(file);
    if (pid === undefined) {
      terminal.print('Landbridge is not running');
      return exitCodes.ok;
    }
    process.kill(pid, 'SIGTERM');
    const deadlineMs = Date.now() + stopDeadlineMs;
    while (runningPid(file) === pid && Date.now() < deadlineMs && !signal.aborted) await delay(pollMs);
    if (runningPid(file) === pid) {
      terminal.note(`process ${pid} is still stopping`);
      return exitCodes.failed;
    }
    terminal.print('Landbridge has stopped');
    return exitCodes.ok;
  },
};
