/**
 * Names that code, catalogue and operators' files share: metrics and problem codes. A row that nothing uses is a promise not kept, and a
 * dashboard over a name that no process exposes stays empty without an error.
 */
import { factsOf } from './source-facts.js';
import { isTest, sourcesOf, type Rule, type Tree } from './repository.js';

const catalogueFile = 'libs/contracts/src/metric-catalogue.ts';
const problemsFile = 'libs/contracts/src/problems.ts';

/** Metrics by name. */
export type MetricKinds = Readonly<Record<string, { readonly kind: string }>>;

/** Problems by code. */
export type ProblemRows = Readonly<Record<string, ProblemRow>>;

interface ProblemRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
}

/** @param catalogue the rows of `@landbridge/contracts`: which kind a metric has */
export function metricsAgree(catalogue: MetricKinds): Rule {
  return (tree) => {
    const used = wordsOf(tree, catalogueFile);
    const idle = Object.keys(catalogue).filter((name) => !used.has(name));
    return [...idle.map((name) => `${catalogueFile}: nothing exposes ${name}`), ...unknownMetrics(tree, catalogue)];
  };
}

const operatorsFile = /^infra\/(prometheus|grafana|helm)\//;

function unknownMetrics(tree: Tree, catalogue: MetricKinds): string[] {
  const exposed = new Set<string>();
  for (const [name, { kind }] of Object.entries(catalogue)) {
    exposed.add(name);
    if (kind === 'histogram') for (const suffix of ['bucket', 'sum', 'count']) exposed.add(`${name}_${suffix}`);
  }
  return tree
    .filter(({ path }) => operatorsFile.test(path))
    .flatMap(({ path, text }) =>
      [...new Set(text.match(/\blandbridge_[a-z0-9_]+/g))]
        .filter((name) => !exposed.has(name))
        .map((name) => `${path}: no process exposes ${name}`),
    );
}

/** Where people read of the problems. */
const problemsPage = 'libs/contracts/PROBLEMS.md';

/** @param problems the rows of `@landbridge/contracts`, in their order */
export function problemsAgree(problems: ProblemRows): Rule {
  return (tree) => {
    const used = wordsOf(tree, problemsFile);
    const idle = Object.keys(problems).filter((code) => !used.has(code));
    return [...idle.map((code) => `${problemsFile}: nothing answers with ${code}`), ...pageFaults(tree, problems)];
  };
}

/** The rows of the page's tables are those of the code, each once and in the same order. */
function pageFaults(tree: Tree, problems: ProblemRows): string[] {
  const page = tree.find(({ path }) => path === problemsPage)?.text ?? '';
  const written = page.split('\n').filter((line) => line.startsWith('| `'));
  const wanted = Object.entries(problems).map(([code, row]) => lineOf(code, row));
  const faults = wanted.filter((line) => !written.includes(line)).map((line) => `${problemsPage}: lacks ${line}`);
  faults.push(
    ...written.filter((line) => !wanted.includes(line)).map((line) => `${problemsPage}: must not say ${line}`),
  );
  if (faults.length === 0 && written.join() !== wanted.join()) faults.push(`${problemsPage}: has another order`);
  return faults;
}

function lineOf(code: string, { status, retryable, title }: ProblemRow): string {
  return `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${title} |`;
}

/** The words of all code that ships, one file apart. */
function wordsOf(tree: Tree, except: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const file of sourcesOf(tree))
    if (!isTest(file.path) && file.path !== except) for (const word of factsOf(file).words) words.add(word);
  return words;
}
