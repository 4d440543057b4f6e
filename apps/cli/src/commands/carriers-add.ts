import { kafkaSlice, laneSlice, readSecretFile, signingSlice } from '@landbridge/config';
import { endOfKeyMs, hubSecretBytesMin, keyScopes, limitBounds, type CarrierKey } from '@landbridge/contracts';
import {
  liveKeysBeside,
  liveKeysMax,
  newBearerKey,
  newPublicKey,
  newSignedKey,
  newSubject,
  type KeyTerms,
  type NewCredential,
} from '../carrier-credentials.js';
import { readCarrierKeys, writeCarrierKeys } from '../carrier-key-log.js';
import { exitCodes, UsageFault, type Arguments, type Command } from '../command.js';
import { withKafka } from '../kafka-failure.js';
import type { Terminal } from '../terminal.js';
import { readToolSettings } from '../tool-settings.js';

const name = /^[a-z0-9][a-z0-9-]{0,31}$/;
const nameRule = '1 to 32 small letters, digits or dashes';
const sourceForm = /^[A-Za-z0-9/:._~%#?&=+-]{1,128}$/;
const subjectForm = /^[\x20-\x7e\u00a0-\uffff]{1,512}$/;

const ways = {
  signed: { type: 'boolean', help: 'signatures with a secret that the hub derives, instead of an API key' },
  'public-key': { type: 'string', value: 'whpk_…', help: 'signatures with an ed25519 key of the carrier' },
  'oauth-subject': { type: 'string', value: 'SUBJECT', help: 'tokens of the OAuth2 server with this subject' },
  'mtls-subject': {
    type: 'string',
    value: 'DN',
    help: 'client certificates with this subject, as the proxy writes it',
  },
} as const;

export const carriersAdd: Command = {
  description: [
    'Makes a key with which a carrier posts events: an API key, unless another way is named. A secret is printed once, on',
    'stdout, and stored nowhere. A carrier has at most two live keys of a kind, for changing over from one to the other.',
    'A source that ends in a slash allows everything below it; any other allows exactly itself.',
  ].join('\n'),
  options: {
    tenant: { type: 'string', value: 'NAME', help: 'the tenant that the events belong to' },
    carrier: { type: 'string', value: 'NAME', help: 'who posts' },
    source: { type: 'string', value: 'SOURCE', help: 'the CloudEvents source, such as /airlines/cv/' },
    ...ways,
    scopes: { type: 'string', value: 'LIST', help: 'post, read or both with a comma (both)' },
    expires: { type: 'string', value: 'TIME', help: 'when it ends: a day, or a time with its zone (never)' },
    rate: { type: 'string', value: 'COUNT', help: 'events a second (the default of the hub)' },
    burst: { type: 'string', value: 'COUNT', help: 'events at once (the default of the hub)' },
    quota: { type: 'string', value: 'COUNT', help: 'events a day (the default of the hub)' },
    sandbox: { type: 'boolean', help: 'its events are checked and answered, and never count' },
    json: { type: 'boolean', help: 'the result as JSON' },
  },
  async run({ arguments: args, env, terminal }) {
    const settings = readToolSettings(env, [kafkaSlice, laneSlice, signingSlice]);
    const made = newCredential(args, settings.signing.secretFile, Date.now());
    return withKafka(settings.kafka, terminal, async () => {
      const fault = placeFault(made.key, await readCarrierKeys(settings.kafka), Date.now());
      if (fault !== undefined) {
        terminal.note(fault);
        return exitCodes.failed;
      }
      await writeCarrierKeys(settings, made.key);
      tellCredential(made, terminal, args.flag('json'));
      return exitCodes.ok;
    });
  },
};

/** Says a new credential: the secret on stdout where there is one, the key id for what goes into a header. */
export function tellCredential({ key, secret }: NewCredential, terminal: Terminal, asJson: boolean): void {
  if (asJson) return terminal.printJson({ ...(secret !== undefined && { key: secret }), ...key });
  const { carrier, tenant, source, keyId } = key;
  const way = secret === undefined ? 'now' : 'with this secret, which is shown only now';
  const id = keyId === undefined ? '' : ` under Landbridge-Key: ${keyId}`;
  const sandbox = key.sandbox ? ' in the sandbox, where nothing counts,' : '';
  terminal.note(`${carrier} of ${tenant} may post for ${source}${sandbox}${id} ${way}:`);
  terminal.print(secret ?? keyId ?? key.subject ?? key.hint);
}

/** Why a key may not be made beside those that are there. */
export function placeFault(key: CarrierKey, keys: readonly CarrierKey[], nowMs: number): string | undefined {
  const beside = liveKeysBeside(key, keys, nowMs);
  const holder = keys.find((one) => one.keyHash === key.keyHash && nowMs < endOfKeyMs(one));
  if (holder) return `${key.subject} is ${holder.carrier} of ${holder.tenant} already: revoke that first`;
  if (beside.length < liveKeysMax) return undefined;
  const hints = beside.map(({ hint }) => `${hint}...`).join(' and ');
  return `${key.carrier} of ${key.tenant} has ${beside.length} live keys (${hints}): revoke one first`;
}

function newCredential(args: Arguments, secretFile: string, nowMs: number): NewCredential {
  const terms = termsOf(args, nowMs);
  const now = new Date(nowMs).toISOString();
  const named = (Object.keys(ways) as (keyof typeof ways)[]).filter(
    (way) => args.flag(way) || args.text(way) !== undefined,
  );
  const [way, ...others] = named;
  if (others.length > 0) throw new UsageFault(`only one of ${named.map((one) => `--${one}`).join(', ')} can be given`);
  if (way === undefined) return newBearerKey(terms, now);
  switch (way) {
    case 'signed':
      return newSignedKey(terms, now, hubSecretOf(secretFile));
    case 'public-key':
      return publicKeyOf(terms, now, args.text(way)!);
    case 'oauth-subject':
    case 'mtls-subject': {
      const subject = args.requiredText(way, subjectForm, '1 to 512 characters');
      return newSubject(terms, now, way === 'oauth-subject' ? 'oauth' : 'mtls', subject);
    }
  }
}

export function publicKeyOf(terms: KeyTerms, now: string, text: string): NewCredential {
  const made = newPublicKey(terms, now, text);
  if (made === undefined)
    throw new UsageFault('--public-key must be whpk_ and the 32 bytes of an ed25519 key in base 64');
  return made;
}

/** The hub's secret. Throws a `UsageFault` where there is none, or it cannot be read. */
export function hubSecretOf(secretFile: string): Uint8Array {
  let secret: Uint8Array | undefined;
  try {
    secret = readSecretFile(secretFile, hubSecretBytesMin);
  } catch (error) {
    throw new UsageFault((error as Error).message, { cause: error });
  }
  if (secret !== undefined) return secret;
  throw new UsageFault(
    `a signing secret needs LANDBRIDGE_SIGNING_SECRET_FILE, the file with the hub's secret (${hubSecretBytesMin} bytes or more)`,
  );
}

function termsOf(args: Arguments, nowMs: number): KeyTerms {
  const limit = (option: string, { min, max }: { readonly min: number; readonly max: number }) =>
    args.integer(option, min, max);
  const ratePerSecond = limit('rate', limitBounds.ratePerSecond);
  const burst = limit('burst', limitBounds.burst);
  const quotaPerDay = limit('quota', limitBounds.quotaPerDay);
  if (ratePerSecond !== undefined && burst !== undefined && burst < ratePerSecond)
    throw new UsageFault('--burst must be at least --rate: it holds what comes in a second');
  const limits = {
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    ...(burst !== undefined && { burst }),
    ...(quotaPerDay !== undefined && { quotaPerDay }),
  };
  const scopes = scopesOf(args.text('scopes'));
  const expiresAt = expiryOf(args.text('expires'), nowMs);
  return {
    tenant: args.requiredText('tenant', name, nameRule),
    carrier: args.requiredText('carrier', name, nameRule),
    source: args.requiredText('source', sourceForm, '1 to 128 characters of a URI reference'),
    ...(scopes && { scopes }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(args.flag('sandbox') && { sandbox: true as const }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

function scopesOf(text: string | undefined): KeyTerms['scopes'] {
  if (text === undefined) return undefined;
  const words = text.split(',');
  const scopes = keyScopes.filter((scope) => words.includes(scope));
  if (scopes.length === 0 || scopes.length < words.length)
    throw new UsageFault('--scopes must be post, read or post,read');
  return scopes;
}

function expiryOf(text: string | undefined, nowMs: number): string | undefined {
  if (text === undefined) return undefined;
  const timeMs = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!(timeMs > nowMs)) throw new UsageFault('--expires must be a day or a time with its zone, and be still to come');
  return new Date(timeMs).toISOString();
}
