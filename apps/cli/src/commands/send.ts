import type { Command } from '../command.js';
import { exitCodes } from '../command.js';
import { postingKey } from '../data-folder.js';
import { eventsOfFile, UnreadableInput } from '../event-file.js';
import { postWithProgress, tellResult } from '../posting.js';
import { ingestOption, keyOptions, serviceUrl } from '../service-addresses.js';

export const send: Command = {
  operands: 'FILE|-',
  description: [
    'Posts canonical events from a file, or from stdin (-): one JSON object a line, or one JSON array.',
    'Sending the same file again is safe: events are counted once.',
  ].join('\n'),
  options: {
    url: ingestOption,
    ...keyOptions,
    'dry-run': { type: 'boolean', help: 'only have the events checked, publish nothing' },
    json: { type: 'boolean', help: 'the result as JSON' },
  },
  async run({ arguments: args, env, terminal, signal }) {
    const file = args.onlyOperand('file');
    const url = serviceUrl(args, 'url', 'ingest', env);
    const key = postingKey(args.text('key'), args.text('key-file'), env);
    try {
      const posting = { url, key, what: file === '-' ? 'stdin' : file, events: eventsOfFile(file), signal };
      const { result, seconds } = await postWithProgress({ ...posting, dryRun: args.flag('dry-run') }, terminal);
      return tellResult(result, seconds, args.flag('json'), terminal);
    } catch (error) {
      if (!(error instanceof UnreadableInput)) throw error;
      terminal.note(`${file}: ${error.message}`);
      return exitCodes.failed;
    }
  },
};
