/** Code that nobody uses: files that no entry leads to, and exported values that nobody imports. */
import { factsOf } from './source-facts.js';
import { isTest, sourcesOf, targetOf, type Rule, type Tree } from './repository.js';

const entry = /^(apps|libs|infra)\/[^/]+\/src\/(index|main)\.ts$/;

/**
 * Every source file is reached from the index or main file of a project. A test keeps nothing alive, except what is named as a test's:
 * `fake-*.ts`, `recorded-*.ts`, `test-*.ts`; and those are reached from tests only.
 */
export const noUnusedFiles: Rule = (tree) => {
  const sources = sourcesOf(tree).filter(({ path }) => /^(apps|libs|infra)\/[^/]+\/src\//.test(path));
  const paths = sources.map(({ path }) => path);
  const shipped = reachedFrom(
    tree,
    paths.filter((path) => entry.test(path)),
  );
  const tested = reachedFrom(
    tree,
    paths.filter((path) => path.endsWith('.test.ts')),
  );
  return paths.flatMap((path) => {
    if (isTest(path)) {
      if (shipped.has(path)) return [`${path}: is for tests and yet shipped`];
      return tested.has(path) ? [] : [`${path}: no test uses it`];
    }
    return shipped.has(path) ? [] : [`${path}: no index.ts or main.ts leads to it`];
  });
};

function reachedFrom(tree: Tree, entries: readonly string[]): ReadonlySet<string> {
  const files = new Map(sourcesOf(tree).map((file) => [file.path, file]));
  const reached = new Set<string>();
  const ahead = [...entries];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    const file = files.get(path);
    if (!file || reached.has(path)) continue;
    reached.add(path);
    for (const found of factsOf(file).imports) {
      const target = targetOf(tree, path, found);
      if (target !== undefined) ahead.push(target);
    }
  }
  return reached;
}

/** Every exported value is imported by somebody; what an index exports is for others to choose from, and types may stand alone. */
export const noUnusedExports: Rule = (tree) => {
  const taken = new Map<string, Set<string>>();
  for (const file of sourcesOf(tree))
    for (const found of factsOf(file).imports) {
      const target = targetOf(tree, file.path, found);
      if (target === undefined) continue;
      const names = taken.get(target) ?? new Set();
      taken.set(target, names);
      for (const name of found.names === 'all' ? ['*'] : found.names) names.add(name);
    }
  return sourcesOf(tree)
    .filter(({ path }) => path.endsWith('.ts') && !path.endsWith('/index.ts') && !path.endsWith('/main.ts'))
    .flatMap((file) => {
      const names = taken.get(file.path);
      if (names?.has('*')) return [];
      return factsOf(file)
        .exports.filter((name) => !names?.has(name))
        .map((name) => `${file.path}: nobody imports ${name}`);
    });
};
