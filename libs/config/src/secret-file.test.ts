import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readSecretFile } from './secret-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'landbridge-secret-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
}

describe('readSecretFile', () => {
  it('gives the content without its last line ends, and nothing for no path', () => {
    expect(readSecretFile(fileWith(`${'s'.repeat(32)}\r\n`), 32)?.toString()).toBe('s'.repeat(32));
    expect(readSecretFile('', 32)).toBeUndefined();
  });

  it.each([`${'s'.repeat(31)}\n`, '', 's'.repeat(65_537)])(
    'refuses a secret of the wrong length, without it',
    (text) => {
      const path = fileWith(text);
      let fault = '';
      try {
        readSecretFile(path, 32);
      } catch (error) {
        fault = (error as Error).message;
      }
      expect(fault).toBe(`the secret in ${path} must have 32 to 65536 bytes`);
    },
  );

  it('throws where there is no file', () => {
    expect(() => readSecretFile(join(folder, 'none'), 32)).toThrow('ENOENT');
  });
});
