/** Secrets are read from files, once, where the settings are. */
import { readFileSync } from 'node:fs';

/** Nobody's secret is longer; a path to a log or a device must not fill the memory. */
const secretBytesMax = 65_536;

/**
 * The content of a secret's file without the line end that editors add; undefined for an empty path, which means that there is none.
 * Throws where it cannot be read or is not from `bytesMin` to 65,536 bytes; the message names the file and never what is in it.
 */
export function readSecretFile(path: string, bytesMin: number): Buffer | undefined {
  if (path === '') return undefined;
  const bytes = readFileSync(path);
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  if (end < bytesMin || end > secretBytesMax)
    throw new Error(`the secret in ${path} must have ${bytesMin} to ${secretBytesMax} bytes`);
  return bytes.subarray(0, end);
}
