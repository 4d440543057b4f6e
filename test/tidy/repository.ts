/** The repository as the tidy rules see it: all its text files, and the projects among them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { factsOf, isSource, type Import, type TreeFile } from './source-facts.js';

export type Tree = readonly TreeFile[];

/** A rule finds violations, each one line that begins with the path of the file at fault. */
export type Rule = (tree: Tree) => readonly string[];

export interface Project {
  readonly name: string;
  /** `libs/domain`; `test` for the one at the top. */
  readonly folder: string;
  /** From its tag `rank:<n>`; NaN where there is none. */
  readonly rank: number;
  readonly manifest: Manifest;
  /** Folders that its tsconfig refers to. */
  readonly references: readonly string[];
}

export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: { readonly tags?: readonly string[]; readonly targets?: Readonly<Record<string, unknown>> };
}

/** Folders that hold what was installed, built or run. */
const notOurs = new Set(['node_modules', 'dist', '.git', '.nx', '.landbridge']);
const textFile = /\.(ts|mjs|json|yaml|yml|md)$/;

/** Reads the text files below a folder. */
export function readTree(root: string): Tree {
  return readdirSync(root, { withFileTypes: true, recursive: false }).flatMap((entry) => readEntry(root, '', entry));
}

interface Entry {
  readonly name: string;
  isDirectory(): boolean;
}

function readEntry(root: string, folder: string, entry: Entry): TreeFile[] {
  const path = posix.join(folder, entry.name);
  if (entry.isDirectory())
    return notOurs.has(entry.name)
      ? []
      : readdirSync(join(root, path), { withFileTypes: true }).flatMap((inner) => readEntry(root, path, inner));
  const wanted = textFile.test(entry.name) && entry.name !== 'package-lock.json';
  return wanted ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
}

const projectsByTree = new WeakMap<Tree, readonly Project[]>();

/** The workspaces: whatever folder has a package.json, the root apart. */
export function projectsOf(tree: Tree): readonly Project[] {
  let projects = projectsByTree.get(tree);
  if (!projects) {
    const manifests = tree.filter(({ path }) => path.endsWith('/package.json'));
    projectsByTree.set(tree, (projects = manifests.map((file) => projectOf(tree, file))));
  }
  return projects;
}

function projectOf(tree: Tree, file: TreeFile): Project {
  const folder = posix.dirname(file.path);
  const manifest = JSON.parse(file.text) as Manifest;
  const tags = manifest.nx?.tags?.filter((tag) => tag.startsWith('rank:')) ?? [];
  const tsconfig = tree.find(({ path }) => path === `${folder}/tsconfig.json`);
  const { references = [] } = JSON.parse(tsconfig?.text ?? '{}') as { references?: { path: string }[] };
  return {
    name: manifest.name ?? '',
    folder,
    rank: tags.length === 1 ? Number(tags[0]!.slice('rank:'.length)) : Number.NaN,
    manifest,
    references: references.map(({ path }) => posix.join(folder, path)),
  };
}

/** The root's package.json: what is installed, each in one exact version. */
export function rootManifest(tree: Tree): Manifest {
  return JSON.parse(tree.find(({ path }) => path === 'package.json')?.text ?? '{}') as Manifest;
}

/** The source files of a project, or of all of them. */
export function sourcesOf(tree: Tree, project?: Project): readonly TreeFile[] {
  return tree.filter(
    ({ path }) => isSource(path) && /^(apps|libs|infra|test)\//.test(path) && (!project || isInside(path, project)),
  );
}

function isInside(path: string, { folder }: Project): boolean {
  return path.startsWith(`${folder}/`);
}

/** A test, or what only tests use: the project `test`, and a fake or test data beside the source. */
export function isTest(path: string): boolean {
  return path.startsWith('test/') || path.endsWith('.test.ts') || isTestSupport(path);
}

/** What stands beside the source and may be used by tests only: it fakes, it records or it makes test data, and its name says so. */
function isTestSupport(path: string): boolean {
  return /\/(fake|recorded|test)-[^/]+$/.test(path);
}

/** The source file that an import leads to, or undefined where it leads out of the repository's sources. */
export function targetOf(tree: Tree, from: string, { specifier }: Import): string | undefined {
  if (specifier.startsWith('.')) return sourceOf(posix.join(posix.dirname(from), specifier));
  const project = projectsOf(tree).find(({ name }) => name === specifier);
  return project && `${project.folder}/src/index.ts`;
}

/** A module that was built comes from a source: `apps/cli/dist/main.js` from `src`, those of the project `test` from where they stand. */
function sourceOf(path: string): string {
  return path
    .replace(/^test\/dist\//, 'test/')
    .replace(/^([^/]+\/[^/]+)\/dist\//, '$1/src/')
    .replace(/\.js$/, '.ts');
}

/** The package that an import names: `typebox` for `typebox/compile`; undefined for a relative path. */
export function packageOf({ specifier }: Import): string | undefined {
  if (specifier.startsWith('.')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Each import of a project's sources, with the file that it stands in. */
export function importsOf(tree: Tree, project: Project): readonly { readonly path: string; readonly found: Import }[] {
  return sourcesOf(tree, project).flatMap((file) => factsOf(file).imports.map((found) => ({ path: file.path, found })));
}
