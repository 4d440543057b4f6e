/**
 * The key of the demo carrier: made once, kept in the data folder, taken from there at the next start.
 */
import { existsSync, readFileSync } from 'node:fs';
import { demoSourcePrefix } from '@landbridge/scenario';
import { writeCarrierKeys, type KeyLogSettings } from '../carrier-key-log.js';
import { newBearerKey } from '../carrier-credentials.js';
import { writeSecretFile } from '../data-folder.js';
import { probe } from '../http-probe.js';

/**
 * The demo key that ingest accepts now: the one of the file, or a new one where there is none or it is revoked or unknown to this log.
 * 1 the log, 2 the file: a crash between leaves a key that nobody has.
 */
export async function ensureDemoKey(file: string, ingestUrl: string, settings: KeyLogSettings): Promise<string> {
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
  if (known !== undefined && (await isAccepted(known, ingestUrl))) return known;
  const owner = { tenant: 'demo', carrier: 'demo', source: demoSourcePrefix };
  const { secret, key } = newBearerKey(owner, new Date().toISOString());
  await writeCarrierKeys(settings, key);
  writeSecretFile(file, `${secret}\n`);
  return secret;
}

/** Whether ingest knows the key: the dry run of an empty batch is refused only after the key was looked at. */
export async function isAccepted(key: string, ingestUrl: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' };
  const answer = await probe(`${ingestUrl}/v1/events?dryRun=true`, { method: 'POST', headers, body: '[]' });
  return answer.ok && answer.status !== 401 && answer.status < 500;
}
