import { kafkaSlice, laneSlice } from '@landbridge/config';
import type { CarrierKey } from '@landbridge/contracts';
import { carrierKeyOf, newSecret, readCarrierKeys, writeCarrierKey } from '../carrier-key-log.js';
import { exitCodes, UsageFault, type Command, type ExitCode } from '../command.js';
import { withKafka } from '../kafka-failure.js';
import type { Terminal } from '../terminal.js';
import { readToolSettings } from '../tool-settings.js';

const name = /^[a-z0-9][a-z0-9-]{0,31}$/;
const nameRule = '1 to 32 small letters, digits or dashes';
const sourceForm = /^[A-Za-z0-9/:._~%#?&=+-]{1,128}$/;
const json = { type: 'boolean', help: 'the result as JSON' } as const;

export const carriersAdd: Command = {
  description: [
    'Makes an API key with which a carrier posts events. The key is printed once, on stdout, and stored nowhere.',
    'A source that ends in a slash allows everything below it; any other allows exactly itself.',
  ].join('\n'),
  options: {
    tenant: { type: 'string', value: 'NAME', help: 'the tenant that the events belong to' },
    carrier: { type: 'string', value: 'NAME', help: 'who posts' },
    source: { type: 'string', value: 'SOURCE', help: 'the CloudEvents source, such as /airlines/cv/' },
    json,
  },
  async run({ arguments: args, env, terminal }) {
    const tenant = args.requiredText('tenant', name, nameRule);
    const carrier = args.requiredText('carrier', name, nameRule);
    const source = args.requiredText('source', sourceForm, '1 to 128 characters of a URI reference');
    const settings = readToolSettings(env, [kafkaSlice, laneSlice]);
    const secret = newSecret();
    const key = carrierKeyOf(secret, { tenant, carrier, source }, new Date().toISOString());
    return withKafka(settings.kafka, terminal, async () => {
      await writeCarrierKey(settings, key);
      if (args.flag('json')) terminal.printJson({ key: secret, ...key });
      else {
        terminal.note(`${carrier} of ${tenant} may post for ${source} with this key, which is shown only now:`);
        terminal.print(secret);
      }
      return exitCodes.ok;
    });
  },
};

export const carriersList: Command = {
  description: 'Lists every API key by its first characters: whose it is, for which source, since when, until when.',
  options: { json },
  async run({ arguments: args, env, terminal }) {
    const { kafka } = readToolSettings(env, [kafkaSlice]);
    return withKafka(kafka, terminal, async () => {
      const keys = await readCarrierKeys(kafka);
      if (args.flag('json')) terminal.printJson(keys);
      else tellKeys(keys, terminal);
      return exitCodes.ok;
    });
  },
};

export const carriersRevoke: Command = {
  operands: 'HINT|HASH',
  description: [
    'Takes an API key back, named by its first characters as `carriers list` shows them, or by its hash.',
    'Every ingest refuses it within a second.',
  ].join('\n'),
  options: { json },
  async run({ arguments: args, env, terminal }) {
    const named = args.onlyOperand('key');
    if (named.length < 8) throw new UsageFault('at least 8 characters of the key or its hash are needed');
    const settings = readToolSettings(env, [kafkaSlice, laneSlice]);
    return withKafka(settings.kafka, terminal, async () => {
      const found = (await readCarrierKeys(settings.kafka)).filter((key) => isNamed(key, named));
      const [key, ...others] = found;
      if (key === undefined) return tellFault(`no key is named ${JSON.stringify(named)}`, terminal);
      if (others.length > 0) return tellFault(`${found.length} keys are named so: use the hash`, terminal);
      if (key.revokedAt !== undefined) return tellFault(`the key was revoked on ${key.revokedAt}`, terminal);
      const revoked = { ...key, revokedAt: new Date().toISOString() };
      await writeCarrierKey(settings, revoked);
      if (args.flag('json')) terminal.printJson(revoked);
      else terminal.print(`revoked ${key.hint}... of ${key.carrier} (${key.tenant})`);
      return exitCodes.ok;
    });
  },
};

/** A whole key may be pasted as well: its first characters are the hint. */
function isNamed(key: CarrierKey, named: string): boolean {
  return key.hint === named.slice(0, key.hint.length) || key.keyHash.startsWith(named);
}

function tellFault(fault: string, terminal: Terminal): ExitCode {
  terminal.note(fault);
  return exitCodes.failed;
}

function tellKeys(keys: readonly CarrierKey[], terminal: Terminal): void {
  if (keys.length === 0) terminal.note('there are no keys yet: landbridge carriers add makes one');
  for (const { hint, keyHash, tenant, carrier, source, createdAt, revokedAt } of keys) {
    const state =
      revokedAt === undefined ? terminal.style('green', 'live') : terminal.style('red', `revoked ${revokedAt}`);
    terminal.print(`${hint}... ${keyHash.slice(0, 12)} ${tenant}/${carrier} ${source} since ${createdAt} ${state}`);
  }
}
