/**
 * Ranks: an import between projects goes to a strictly lower rank, by the project's name, and is declared both in package.json and in
 * tsconfig.json. npm links every workspace and tsc finds it there, so neither would notice an import that nobody declared.
 * The linter knows the same fences, folder by folder; `lintKeepsRanks` holds its list against the tags.
 */
import { importsOf, packageOf, projectsOf, type Project, type Rule } from './repository.js';
import { posix } from 'node:path';

const scope = '@landbridge/';

/** What the tests beside the domain's sources may import. */
const domainTestPackages = new Set(['@jest/globals', 'fast-check']);

export const importsGoDown: Rule = (tree) =>
  projectsOf(tree).flatMap((project) =>
    importsOf(tree, project).flatMap(({ path, found }) => {
      const fault = found.specifier.startsWith('.')
        ? borderFault(project, path, found.specifier)
        : rankFault(tree, project, found.specifier, packageOf(found)!);
      return fault ? [`${path}: ${fault}`] : [];
    }),
  );

function borderFault(project: Project, path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  return target.startsWith(`${project.folder}/`) ? undefined : `${specifier} crosses the project's border by a path`;
}

function rankFault(tree: Parameters<Rule>[0], project: Project, specifier: string, name: string): string | undefined {
  if (!name.startsWith(scope)) return undefined;
  const target = projectsOf(tree).find((candidate) => candidate.name === name);
  if (!target) return `${specifier} is no project`;
  if (specifier !== name) return `${specifier} goes past the index of ${name}`;
  if (!(target.rank < project.rank)) return `${name} has rank ${target.rank}, not below ${project.rank}`;
  if (!project.manifest.dependencies?.[name]) return `${name} is not in the dependencies of package.json`;
  return project.references.includes(target.folder) ? undefined : `${name} is not in the references of tsconfig.json`;
}

/** What is declared goes down as well, and the two declarations are the same list. An app is nobody's dependency. */
export const declarationsGoDown: Rule = (tree) =>
  projectsOf(tree).flatMap((project) => {
    const manifest = `${project.folder}/package.json`;
    const faults = Number.isInteger(project.rank) ? [] : [`${manifest}: needs one tag rank:<n>`];
    for (const target of projectsOf(tree)) {
      const declared = target.name in (project.manifest.dependencies ?? {});
      const referred = project.references.includes(target.folder);
      if ((declared || referred) && !(target.rank < project.rank))
        faults.push(`${manifest}: ${target.name} has rank ${target.rank}, not below ${project.rank}`);
      if (declared && !referred) faults.push(`${project.folder}/tsconfig.json: does not refer to ${target.folder}`);
      // The tests refer to the apps so that these are built before; they start them as processes.
      if (referred && !declared && project.folder !== 'test') faults.push(`${manifest}: does not name ${target.name}`);
    }
    return faults;
  });

/** The domain imports nothing at all, and its tests nothing but what runs tests. */
export const domainImportsNothing: Rule = (tree) =>
  projectsOf(tree)
    .filter(({ rank }) => rank === 0)
    .flatMap((domain) => importsOf(tree, domain))
    .filter(({ path, found }) => {
      const name = packageOf(found);
      return name !== undefined && !(path.endsWith('.test.ts') && domainTestPackages.has(name));
    })
    .map(({ path, found }) => `${path}: the domain imports ${found.specifier}`);

interface Restriction {
  readonly group?: readonly string[];
  readonly regex?: string;
}
interface LintConfig {
  readonly rules?: LintRules;
  readonly overrides?: readonly { readonly files: readonly string[]; readonly rules?: LintRules }[];
}
type LintRules = Readonly<Record<string, readonly [string, { readonly patterns: readonly Restriction[] }]>>;

const lintConfig = '.oxlintrc.json';
const lintRule = 'no-restricted-imports';

/**
 * The linter lets each project import exactly the projects of lower rank. An override replaces the options of the base rule, so each must
 * repeat them; and oxlint drops a rule without a word when it cannot read its regex, which look-around is the way to.
 */
export const lintKeepsRanks: Rule = (tree) => {
  const file = tree.find(({ path }) => path === lintConfig);
  if (!file) return [`${lintConfig}: is missing`];
  const config = JSON.parse(file.text) as LintConfig;
  const everywhere = patternsOf(config.rules);
  const faults = (config.overrides ?? []).flatMap(({ files, rules }) => {
    const patterns = patternsOf(rules);
    const lacking = everywhere.filter(
      (one) => !patterns.some((other) => JSON.stringify(other) === JSON.stringify(one)),
    );
    return [
      ...(lacking.length > 0 ? [`${lintConfig}: the override of ${files.join(', ')} drops a common pattern`] : []),
      ...patterns
        .filter(({ regex }) => regex?.includes('(?'))
        .map(({ regex }) => `${lintConfig}: the linter cannot read ${regex}`),
    ];
  });
  for (const project of projectsOf(tree)) {
    const allowed = projectsOf(tree)
      .filter(({ rank }) => rank < project.rank)
      .map(({ name }) => name);
    const lint = lintedAs(config, project);
    if (project.folder !== 'test' && (!lint || lint.toSorted().join() !== allowed.toSorted().join()))
      faults.push(`${lintConfig}: ${project.folder} may import ${allowed.join(', ') || 'nothing'}: say the same`);
  }
  return faults;
};

function patternsOf(rules: LintRules | undefined): readonly Restriction[] {
  return rules?.[lintRule]?.[1].patterns ?? [];
}

/** The projects that the linter lets a project import, or undefined where it has no fence. */
function lintedAs({ overrides = [] }: LintConfig, { folder }: Project): readonly string[] | undefined {
  const override = overrides.find(({ files }) => files.some((glob) => `${folder}/`.startsWith(glob.replace('**', ''))));
  const patterns = patternsOf(override?.rules);
  if (patterns.some(({ regex }) => regex === '^[^.]')) return [];
  const fence = patterns.find(({ group }) => group?.[0] === `${scope}*`)?.group;
  return fence?.slice(1).map((pattern) => pattern.replace('!', ''));
}
