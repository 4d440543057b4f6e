/** Import cycles: files that need each other to load. Imports of types are erased, so they make none. */
import { factsOf } from './source-facts.js';
import { sourcesOf, targetOf, type Rule } from './repository.js';

/** Each cycle once, begun at the file where the search met it. */
export const noImportCycles: Rule = (tree) => {
  const edges = new Map<string, string[]>();
  for (const file of sourcesOf(tree)) {
    const targets = factsOf(file)
      .imports.filter(({ typeOnly }) => !typeOnly)
      .flatMap((found) => targetOf(tree, file.path, found) ?? []);
    edges.set(file.path, targets);
  }
  const cycles: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const walk = (path: string): void => {
    const at = way.indexOf(path);
    if (at >= 0) cycles.push(`${path}: imports itself by way of ${[...way.slice(at + 1), path].join(' -> ')}`);
    if (at >= 0 || done.has(path)) return;
    way.push(path);
    for (const target of edges.get(path) ?? []) walk(target);
    way.pop();
    done.add(path);
  };
  for (const path of edges.keys()) walk(path);
  return cycles;
};
