/**
 * What the tidy rules know of a source file: its imports, its exports, the words in it. From a syntax tree and not from patterns over the
 * text, so that comments and code inside strings are not taken for code. The parser is swc's, which Jest loads anyway: it reads the whole
 * repository in a quarter of the time that TypeScript's takes.
 */
import { parseSync } from '@swc/core';

/** A file of the repository; the path is relative to its root, with slashes. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
}

export interface Import {
  readonly specifier: string;
  /** The exported names that are taken; `all` for a namespace, a dynamic import, `export *`. */
  readonly names: readonly string[] | 'all';
  /** Erased when compiled. */
  readonly typeOnly: boolean;
}

export interface SourceFacts {
  readonly imports: readonly Import[];
  /** Names that a file declares and exports as values; types are not listed. */
  readonly exports: readonly string[];
  /** Identifiers and string literals. */
  readonly words: ReadonlySet<string>;
  /** What stands behind a dot after a plain name: `process.env`, `it.only`. */
  readonly members: ReadonlySet<string>;
}

const known = new WeakMap<TreeFile, SourceFacts>();

/** The facts of a TypeScript or JavaScript file. Throws with the file's path when it cannot be parsed. */
export function factsOf(file: TreeFile): SourceFacts {
  let facts = known.get(file);
  if (!facts) known.set(file, (facts = readFacts(file)));
  return facts;
}

export function isSource(path: string): boolean {
  return /\.(ts|mjs)$/.test(path);
}

/** The syntax tree is read by shape: swc's own types are a union of some two hundred. */
interface Node {
  readonly [key: string]: unknown;
  readonly type: string;
}

interface OpenFacts {
  imports: Import[];
  exports: string[];
  words: Set<string>;
  members: Set<string>;
}

function readFacts(file: TreeFile): SourceFacts {
  const facts: OpenFacts = { imports: [], exports: [], words: new Set(), members: new Set() };
  let module: unknown;
  try {
    module = parseSync(file.text, { syntax: 'typescript', decorators: true, target: 'es2024' });
  } catch (cause) {
    throw new Error(`${file.path} cannot be parsed`, { cause });
  }
  visit(module, facts);
  return facts;
}

function visit(value: unknown, facts: OpenFacts): void {
  if (Array.isArray(value)) for (const item of value) visit(item, facts);
  else if (typeof value === 'object' && value !== null) {
    note(value as Node, facts);
    for (const child of Object.values(value)) if (typeof child === 'object') visit(child, facts);
  }
}

function note(node: Node, facts: OpenFacts): void {
  switch (node.type) {
    case 'ImportDeclaration':
      facts.imports.push(importOf(node, 'imported'));
      break;
    case 'ExportNamedDeclaration':
      if (node['source']) facts.imports.push(importOf(node, 'orig'));
      else if (!node['typeOnly']) facts.exports.push(...exportedNames(node));
      break;
    case 'ExportAllDeclaration':
      facts.imports.push({ specifier: textOf(node['source']), names: 'all', typeOnly: node['typeOnly'] === true });
      break;
    case 'ExportDeclaration':
      facts.exports.push(...declaredNames(node['declaration'] as Node));
      break;
    case 'ExportDefaultDeclaration':
    case 'ExportDefaultExpression':
      facts.exports.push('default');
      break;
    case 'CallExpression':
      noteDynamicImport(node, facts);
      break;
    case 'NewExpression':
      noteOwnAddress(node, facts);
      break;
    case 'TsImportType':
      facts.imports.push({ specifier: textOf(node['argument']), names: 'all', typeOnly: true });
      break;
    case 'MemberExpression':
      noteMember(node, facts);
      break;
    case 'Identifier':
    case 'StringLiteral':
      facts.words.add(textOf(node));
      break;
  }
}

/** The text of an identifier or of a string literal. */
function textOf(node: unknown): string {
  const text = (node as Node | null | undefined)?.['value'];
  return typeof text === 'string' ? text : '';
}

/** @param remoteName where a specifier holds the name on the other side, if that differs from the local one */
function importOf(node: Node, remoteName: 'imported' | 'orig'): Import {
  const specifiers = node['specifiers'] as readonly Node[];
  const whole = specifiers.some(
    ({ type }) => type === 'ImportNamespaceSpecifier' || type === 'ExportNamespaceSpecifier',
  );
  const names = specifiers.map((one) =>
    one.type === 'ImportDefaultSpecifier' ? 'default' : textOf(one[remoteName] ?? one['local']),
  );
  return { specifier: textOf(node['source']), names: whole ? 'all' : names, typeOnly: node['typeOnly'] === true };
}

function exportedNames(node: Node): string[] {
  const values = (node['specifiers'] as readonly Node[]).filter((one) => one['isTypeOnly'] !== true);
  return values.map((one) => textOf(one['exported'] ?? one['orig']));
}

function declaredNames(declaration: Node): string[] {
  switch (declaration.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return [textOf(declaration['identifier'])];
    case 'TsEnumDeclaration':
      return [textOf(declaration['id'])];
    case 'VariableDeclaration':
      return (declaration['declarations'] as readonly Node[]).map(({ id }) => textOf(id));
    default:
      return [];
  }
}

/** `import('...')`; one whose specifier is computed leads nowhere that could be checked. */
function noteDynamicImport(node: Node, facts: OpenFacts): void {
  const first = (node['arguments'] as readonly Node[])[0]?.['expression'] as Node | undefined;
  if ((node['callee'] as Node).type === 'Import' && first?.type === 'StringLiteral')
    facts.imports.push({ specifier: textOf(first), names: 'all', typeOnly: false });
}

/** `new URL('./x.js', import.meta.url)`: the file is the entry of a thread, and shipped as if it were imported. */
function noteOwnAddress(node: Node, facts: OpenFacts): void {
  const [first, second] = ((node['arguments'] ?? []) as readonly Node[]).map(({ expression }) => expression as Node);
  const relative = textOf(node['callee']) === 'URL' && first?.type === 'StringLiteral' && textOf(first).endsWith('.js');
  if (relative && (second?.['object'] as Node | undefined)?.type === 'MetaProperty')
    facts.imports.push({ specifier: textOf(first), names: 'all', typeOnly: false });
}

function noteMember(node: Node, facts: OpenFacts): void {
  const object = node['object'] as Node;
  const property = node['property'] as Node;
  const name = property.type === 'Computed' ? (property['expression'] as Node) : property;
  if (object.type === 'Identifier') facts.members.add(`${textOf(object)}.${textOf(name)}`);
}
