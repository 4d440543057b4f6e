/**
 * The data folder of a running Landbridge, and the files in it that commands share.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@landbridge/config';
import { dataSlice } from '@landbridge/config';
import { UsageFault } from './command.js';
import { readToolSettings } from './tool-settings.js';

/** The root of the repository that this tool is part of: from `apps/cli/dist` or `apps/cli/src`. */
export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The data folder: `LANDBRIDGE_DATA`, or `.landbridge` at the root of the repository. A relative path is one from where the command runs.
 */
export function dataFolderOf(env: Environment): string {
  const { data } = readToolSettings(env, [dataSlice]);
  return env['LANDBRIDGE_DATA'] === undefined ? join(repositoryRoot, data.folder) : resolve(data.folder);
}

export const demoKeyFile = (folder: string): string => join(folder, 'demo.key');
export const adminTokenFile = (folder: string): string => join(folder, 'admin.token');
export const runFile = (folder: string): string => join(folder, 'landbridge.pid');
export const logFile = (folder: string, service: string): string => join(folder, 'logs', `${service}.log`);

/** Writes a file that only its owner may read, whole or not at all. */
export function writeSecretFile(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  // The mode above is that of a new file; one that a crash left behind keeps its own.
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, path);
}

/**
 * A secret as containers are given it, by path: each of their users may read it, and on this machine only who may enter the folder.
 * @returns the path of the copy
 */
export function shareSecretWithContainers(folder: string, path: string): string {
  const shared = join(folder, 'containers');
  mkdirSync(shared, { recursive: true, mode: 0o700 });
  chmodSync(shared, 0o700);
  const copy = join(shared, basename(path));
  writeSecretFile(copy, readFileSync(path, 'utf8'));
  chmodSync(copy, 0o444);
  return copy;
}

/** Makes the administrators' token of this data folder, once. */
export function ensureAdminToken(folder: string): void {
  const path = adminTokenFile(folder);
  if (!existsSync(path)) writeSecretFile(path, `${randomBytes(32).toString('base64url')}\n`);
}

/** The key to post with: given, or read from a file, by default the demo carrier's. Throws a `UsageFault` where there is none. */
export function postingKey(given: string | undefined, file: string | undefined, env: Environment): string {
  if (given !== undefined) return given;
  const path = file ?? demoKeyFile(dataFolderOf(env));
  if (!existsSync(path))
    throw new UsageFault(`there is no key file ${path}: give --key or --key-file, or run \`landbridge up\` once`);
  const key = readFileSync(path, 'utf8').trim();
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw new UsageFault(`the key file ${path} holds no key`);
  return key;
}
