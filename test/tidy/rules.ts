/** All rules by name: what the repository is held to, and what the planted violations prove. */
import { noImportCycles } from './import-cycles.js';
import {
  consoleIsNotUsed,
  environmentIsReadOnce,
  kafkaAndRedisApart,
  metricsComeFromTelemetry,
} from './process-boundaries.js';
import { packagesAreDeclared, projectsAreDescribed, versionsAreTheRoots } from './project-files.js';
import { declarationsGoDown, domainImportsNothing, importsGoDown, lintKeepsRanks } from './project-ranks.js';
import type { Rule } from './repository.js';
import { metricsAgree, problemsAgree, type MetricKinds, type ProblemRows } from './shared-names.js';
import { filesAreNamed, nothingIsUnfinished, sizesAreReadable, testsRunForReal } from './source-text.js';
import { noUnusedExports, noUnusedFiles } from './unused-code.js';

/** The rules, over the rows that code and operators' files share. */
export function rulesOver(metrics: MetricKinds, problems: ProblemRows): Readonly<Record<RuleName, Rule>> {
  return {
    ...rules,
    'metrics are the same in code, catalogue and dashboards': metricsAgree(metrics),
    'problems are the same in code and on their page': problemsAgree(problems),
  };
}

const rules = {
  'imports go to a lower rank and are declared': importsGoDown,
  'declared dependencies go to a lower rank': declarationsGoDown,
  'the domain imports nothing': domainImportsNothing,
  'the linter keeps the same ranks': lintKeepsRanks,
  'Kafka code and Redis code stay apart': kafkaAndRedisApart,
  'the environment is read at the entry': environmentIsReadOnce,
  'services do not write to the console': consoleIsNotUsed,
  'metrics are made from the catalogue': metricsComeFromTelemetry,
  'no import cycles': noImportCycles,
  'no unused files': noUnusedFiles,
  'no unused exports': noUnusedExports,
  'projects are described alike': projectsAreDescribed,
  'imported packages are declared': packagesAreDeclared,
  'packages have one version': versionsAreTheRoots,
  'files are short enough to read': sizesAreReadable,
  'nothing is marked as unfinished': nothingIsUnfinished,
  'every test runs, without mocks': testsRunForReal,
  'files are named after what they hold': filesAreNamed,
} as const satisfies Record<string, Rule>;

export type RuleName =
  | keyof typeof rules
  | 'metrics are the same in code, catalogue and dashboards'
  | 'problems are the same in code and on their page';
