/** What only certain files may touch: Kafka and Redis together, the environment, the console, a metrics registry. */
import { factsOf } from './source-facts.js';
import { importsOf, isTest, packageOf, projectsOf, sourcesOf, type Rule } from './repository.js';

const kafka = new Set(['kafkajs', '@landbridge/kafka']);
const redis = new Set(['ioredis', '@landbridge/redis']);
const compositionRoot = /^apps\/[^/]+\/src\/(main|app\.module)\.ts$/;

/** Kafka code never sees Redis code: neither in one library, nor in one file of an app other than its composition root. */
export const kafkaAndRedisApart: Rule = (tree) =>
  projectsOf(tree)
    .filter(({ folder }) => folder !== 'test')
    .flatMap((project) => {
      const isApp = project.folder.startsWith('apps/');
      const sides = new Map<string, Set<'kafka' | 'redis'>>();
      for (const { path, found } of importsOf(tree, project)) {
        const place = isApp ? path : project.folder;
        const seen = sides.get(place) ?? new Set();
        if (kafka.has(packageOf(found) ?? '')) seen.add('kafka');
        if (redis.has(packageOf(found) ?? '')) seen.add('redis');
        sides.set(place, seen);
      }
      return [...sides]
        .filter(([place, seen]) => seen.size > 1 && !compositionRoot.test(place))
        .map(([place]) => `${place}: sees Kafka code and Redis code`);
    });

/** Whose job includes the environment: entries of apps and of a benchmark's program, the harness, and what looks for Java and others. */
const readsEnvironment =
  /^(apps\/[^/]+\/src\/main\.ts|test\/bench\/(?:bare|sink)-door\.ts|test\/harness\/.*|infra\/native\/src\/.*)$/;

/** The environment is read once, at the entry of an app, and handed on as settings. */
export const environmentIsReadOnce: Rule = (tree) =>
  sourcesOf(tree)
    .filter((file) => factsOf(file).members.has('process.env') && !readsEnvironment.test(file.path))
    .map(({ path }) => `${path}: reads process.env`);

/** Processes log through the logger; only the command-line tool speaks to a person. */
export const consoleIsNotUsed: Rule = (tree) =>
  sourcesOf(tree)
    .filter(({ path }) => !isTest(path) && !path.startsWith('apps/cli/'))
    .filter((file) => factsOf(file).words.has('console') && hasMemberOf(factsOf(file).members, 'console'))
    .map(({ path }) => `${path}: writes to the console`);

function hasMemberOf(members: ReadonlySet<string>, object: string): boolean {
  return [...members].some((member) => member.startsWith(`${object}.`));
}

/** Metrics come from the catalogue through `@landbridge/telemetry`, which alone knows prom-client. */
export const metricsComeFromTelemetry: Rule = (tree) =>
  projectsOf(tree)
    .filter(({ folder }) => folder !== 'libs/telemetry')
    .flatMap((project) => importsOf(tree, project))
    .filter(({ path, found }) => !isTest(path) && packageOf(found) === 'prom-client')
    .map(({ path }) => `${path}: makes metrics past the catalogue`);
