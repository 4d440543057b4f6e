import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `nx.json`: the same whether this file runs as a source or as what was built from it. */
export const repositoryRoot: string = (function find(folder: string): string {
  if (existsSync(join(folder, 'nx.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('this file is in no repository');
  return find(dirname(folder));
})(dirname(fileURLToPath(import.meta.url)));
