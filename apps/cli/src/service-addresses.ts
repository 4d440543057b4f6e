/**
 * Where the services are, for the commands that talk to them: by default on this machine, on the ports of the contract.
 */
import type { Environment } from '@landbridge/config';
import type { CommandOption } from './command.js';
import { UsageFault, type Arguments } from './command.js';
import { readPorts, type Listener } from './tool-settings.js';

export const loopback = '127.0.0.1';

export const ingestOption: CommandOption = {
  type: 'string',
  value: 'URL',
  help: 'where ingest is (http://127.0.0.1:3000)',
};
export const keyOptions: Readonly<Record<string, CommandOption>> = {
  key: { type: 'string', value: 'KEY', help: 'the API key; better in a file, where no process list shows it' },
  'key-file': { type: 'string', value: 'FILE', help: "a file with the API key (the data folder's demo.key)" },
};

/** The base URL of a service: an option, or this machine. Throws a `UsageFault` where the option is no HTTP URL. */
export function serviceUrl(args: Arguments, option: string, listener: Listener, env: Environment): string {
  const given = args.text(option);
  if (given === undefined) return `http://${loopback}:${readPorts(env, () => undefined)[listener]}`;
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol))
    throw new UsageFault(`--${option} must be an http or https URL`);
  return given.replace(/\/+$/, '');
}
