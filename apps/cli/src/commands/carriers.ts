import { kafkaSlice, laneSlice, signingSlice } from '@landbridge/config';
import { endOfKeyMs, kindOf, type CarrierKey } from '@landbridge/contracts';
import { endingBy, newBearerKey, newSignedKey, type NewCredential } from '../carrier-credentials.js';
import { readCarrierKeys, writeCarrierKeys } from '../carrier-key-log.js';
import { exitCodes, UsageFault, type Arguments, type Command, type ExitCode } from '../command.js';
import { withKafka } from '../kafka-failure.js';
import type { Terminal } from '../terminal.js';
import { readToolSettings } from '../tool-settings.js';
import { hubSecretOf, placeFault, publicKeyOf, tellCredential } from './carriers-add.js';

const json = { type: 'boolean', help: 'the result as JSON' } as const;

export const carriersList: Command = {
  description: 'Lists every key by its first characters: whose it is, for which source, on which terms, until when.',
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

export const carriersRotate: Command = {
  operands: 'HINT|HASH',
  description: [
    'Makes a second key on the terms of one that is there, which ends after a grace period: time for the carrier to change over.',
    'The key is named by its first characters as `carriers list` shows them, or by its hash. The new secret is printed once.',
  ].join('\n'),
  options: {
    grace: { type: 'string', value: 'TIME', help: 'until the old key ends: 30m, 24h, 7d (24h)' },
    'public-key': {
      type: 'string',
      value: 'whpk_…',
      help: 'the new key of a carrier that signs with a key of its own',
    },
    json,
  },
  async run({ arguments: args, env, terminal }) {
    const settings = readToolSettings(env, [kafkaSlice, laneSlice, signingSlice]);
    const graceMs = graceOf(args.text('grace') ?? '24h');
    return withOneKey(args, settings, terminal, async (old, keys, nowMs) => {
      if (nowMs >= endOfKeyMs(old)) return tellFault(`the key ended on ${old.revokedAt ?? old.expiresAt}`, terminal);
      const made = successorOf(old, args, settings.signing.secretFile, new Date(nowMs).toISOString());
      if (made === undefined)
        return tellFault(`a subject of ${kindOf(old)} has no secret of ours: its issuer changes it`, terminal);
      const fault = placeFault(made.key, keys, nowMs);
      if (fault !== undefined) return tellFault(fault, terminal);
      const ending = endingBy(old, nowMs + graceMs);
      // The new key first: at no moment is the carrier without one.
      await writeCarrierKeys(settings, made.key, ending);
      if (!args.flag('json')) terminal.note(`${old.hint}... ends on ${ending.expiresAt}`);
      tellCredential(made, terminal, args.flag('json'));
      return exitCodes.ok;
    });
  },
};

export const carriersRevoke: Command = {
  operands: 'HINT|HASH',
  description: [
    'Takes a key back, named by its first characters as `carriers list` shows them, or by its hash.',
    'Every ingest refuses it within a second.',
  ].join('\n'),
  options: { json },
  async run({ arguments: args, env, terminal }) {
    const settings = readToolSettings(env, [kafkaSlice, laneSlice]);
    return withOneKey(args, settings, terminal, async (key, _keys, nowMs) => {
      if (key.revokedAt !== undefined) return tellFault(`the key was revoked on ${key.revokedAt}`, terminal);
      const revoked = { ...key, revokedAt: new Date(nowMs).toISOString() };
      await writeCarrierKeys(settings, revoked);
      if (args.flag('json')) terminal.printJson(revoked);
      else terminal.print(`revoked ${key.hint}... of ${key.carrier} (${key.tenant})`);
      return exitCodes.ok;
    });
  },
};

type KeyWork = (key: CarrierKey, keys: readonly CarrierKey[], nowMs: number) => Promise<ExitCode>;

/** Does something with the one key that the command line names, or says why there is not one. */
async function withOneKey(
  args: Arguments,
  { kafka }: Parameters<typeof writeCarrierKeys>[0],
  terminal: Terminal,
  work: KeyWork,
): Promise<ExitCode> {
  const named = args.onlyOperand('key');
  if (named.length < 8) throw new UsageFault('at least 8 characters of the key or its hash are needed');
  return withKafka(kafka, terminal, async () => {
    const keys = await readCarrierKeys(kafka);
    const found = keys.filter((key) => isNamed(key, named));
    const [key] = found;
    if (key === undefined) return tellFault(`no key is named ${JSON.stringify(named)}`, terminal);
    if (found.length > 1) return tellFault(`${found.length} keys are named so: use the hash`, terminal);
    return work(key, keys, Date.now());
  });
}

/** A whole key may be pasted as well: its first characters are the hint. */
function isNamed(key: CarrierKey, named: string): boolean {
  return key.hint === named.slice(0, key.hint.length) || key.keyHash.startsWith(named);
}

/** A key of the same kind on the same terms; undefined for a subject, which is not ours to change. */
function successorOf(old: CarrierKey, args: Arguments, secretFile: string, now: string): NewCredential | undefined {
  // The end of the old key was for the old key.
  const { expiresAt: _ended, ...terms } = old;
  const kind = kindOf(old);
  switch (kind) {
    case 'bearer':
      return newBearerKey(terms, now);
    case 'signed':
      return newSignedKey(terms, now, hubSecretOf(secretFile));
    case 'public-key':
      return publicKeyOf(terms, now, args.requiredText('public-key'));
    case 'oauth':
    case 'mtls':
      return undefined;
  }
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const graceMsMax = 90 * unitMs.d;

function graceOf(text: string): number {
  const match = /^(\d{1,5})([mhd])$/.exec(text);
  const graceMs = match ? Number(match[1]) * unitMs[match[2] as keyof typeof unitMs] : Number.NaN;
  if (!(graceMs <= graceMsMax)) throw new UsageFault('--grace must be minutes, hours or days, such as 24h, up to 90d');
  return graceMs;
}

function tellFault(fault: string, terminal: Terminal): ExitCode {
  terminal.note(fault);
  return exitCodes.failed;
}

function tellKeys(keys: readonly CarrierKey[], terminal: Terminal): void {
  if (keys.length === 0) terminal.note('there are no keys yet: landbridge carriers add makes one');
  for (const key of keys) {
    const { hint, keyHash, tenant, carrier, source, createdAt } = key;
    const words = [`${hint}...`, keyHash.slice(0, 12), `${tenant}/${carrier}`, source, ...termWords(key)];
    terminal.print(`${words.join(' ')} since ${createdAt} ${stateOf(key, terminal)}`);
  }
}

/** What is not as usual. */
function termWords(key: CarrierKey): string[] {
  const { ratePerSecond, burst, quotaPerDay } = key.limits ?? {};
  return [
    ...(key.kind === undefined ? [] : [`${key.kind}:${key.keyId ?? key.subject ?? ''}`]),
    ...(key.scopes === undefined ? [] : [`only-${key.scopes.join('-')}`]),
    ...(key.sandbox ? ['sandbox'] : []),
    ...(ratePerSecond === undefined ? [] : [`rate=${ratePerSecond}/s`]),
    ...(burst === undefined ? [] : [`burst=${burst}`]),
    ...(quotaPerDay === undefined ? [] : [`quota=${quotaPerDay}/day`]),
  ];
}

function stateOf(key: CarrierKey, terminal: Terminal): string {
  if (key.revokedAt !== undefined) return terminal.style('red', `revoked ${key.revokedAt}`);
  if (key.expiresAt === undefined) return terminal.style('green', 'live');
  return Date.now() < endOfKeyMs(key)
    ? terminal.style('yellow', `live until ${key.expiresAt}`)
    : terminal.style('red', `expired ${key.expiresAt}`);
}
