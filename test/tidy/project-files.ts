/** What each project's package.json and tsconfig.json must say, and that third-party packages have one version in the whole repository. */
import { isBuiltin } from 'node:module';
import {
  importsOf,
  isTest,
  packageOf,
  projectsOf,
  rootManifest,
  type Manifest,
  type Project,
  type Rule,
  type Tree,
} from './repository.js';

const scope = '@landbridge/';

/** The condition `@landbridge/source` lets the compiler and Jest read sources; a running process reads what was built. */
const libraryExports = {
  '.': { '@landbridge/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
};

export const projectsAreDescribed: Rule = (tree) =>
  projectsOf(tree).flatMap((project) => {
    const { folder, manifest } = project;
    const faults = manifestFaults(project, rootManifest(tree)).map((fault) => `${folder}/package.json: ${fault}`);
    if (manifest.exports === undefined && hasFile(tree, `${folder}/src/index.ts`))
      faults.push(`${folder}/package.json: has an index.ts and no exports`);
    const tsconfig = tree.find(({ path }) => path === `${folder}/tsconfig.json`)?.text ?? '{}';
    const { extends: base = '' } = JSON.parse(tsconfig) as { extends?: string };
    if (!base.endsWith('../tsconfig.base.json'))
      faults.push(`${folder}/tsconfig.json: does not extend tsconfig.base.json`);
    return faults;
  });

function manifestFaults({ folder, manifest }: Project, root: Manifest): string[] {
  const faults: string[] = [];
  const must = (fine: boolean, fault: string): void => {
    if (!fine) faults.push(fault);
  };
  must(manifest.name === scope + folder.split('/').at(-1)!, 'its name is not @landbridge/ and its folder');
  must(manifest.version === root.version, `its version is not the root's ${root.version}`);
  must(manifest.private === true, 'is not private');
  must(manifest.type === 'module', 'its type is not module');
  must(manifest.devDependencies === undefined, 'has devDependencies: those of the root serve all');
  must(
    manifest.nx?.targets?.['build'] !== undefined && manifest.nx.targets['lint'] !== undefined,
    'needs build and lint',
  );
  if (manifest.exports !== undefined)
    must(JSON.stringify(manifest.exports) === JSON.stringify(libraryExports), 'its exports are not those of a library');
  return faults;
}

function hasFile(tree: Tree, path: string): boolean {
  return tree.some((file) => file.path === path);
}

/** A third-party package that a project's code imports is among its dependencies; tests may use the root's as well. */
export const packagesAreDeclared: Rule = (tree) => {
  const root = rootManifest(tree);
  const installed = { ...root.dependencies, ...root.devDependencies };
  return projectsOf(tree).flatMap((project) => {
    const faults = new Map<string, string>();
    for (const { path, found } of importsOf(tree, project)) {
      const name = packageOf(found);
      if (name === undefined || name.startsWith(scope) || isBuiltin(name)) continue;
      if (isTest(path) ? !(name in installed) : !(name in (project.manifest.dependencies ?? {})))
        faults.set(name, `${project.folder}/package.json: lacks ${name}, which ${path} imports`);
    }
    return [...faults.values()];
  });
};

/** One exact version of each package, the root's: a second one would be a second copy, with registries and classes of its own. */
export const versionsAreTheRoots: Rule = (tree) => {
  const root = rootManifest(tree);
  const installed = { ...root.dependencies, ...root.devDependencies };
  const faults = Object.entries(installed)
    .filter(([, version]) => !/^(npm:.+@)?\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `package.json: ${name} is not exact: ${version}`);
  for (const { folder, manifest } of projectsOf(tree))
    for (const [name, version] of Object.entries(manifest.dependencies ?? {}))
      if (version !== (name.startsWith(scope) ? '*' : root.dependencies?.[name]))
        faults.push(`${folder}/package.json: ${name} ${version} is not the root's version`);
  return faults;
};
