/**
 * Each rule, on a small repository that keeps all of them, and on the same with one thing wrong: a rule that cannot fail protects nothing.
 */
import { describe, expect, it } from '@jest/globals';
import type { Tree } from './repository.js';
import { rulesOver, type RuleName } from './rules.js';
import { libraryExports, manifest, tidy, tsconfig } from './tidy-example.js';

const rules = rulesOver(
  { landbridge_posts_total: { kind: 'counter' }, landbridge_post_seconds: { kind: 'histogram' } },
  {
    overloaded: { status: 503, retryable: true, title: 'Full.' },
    not_found: { status: 404, retryable: false, title: 'Nothing.' },
  },
);

/** What is wrong, where, the text that then stands there (`+` adds to the tidy one), what is said of it, of which file if another. */
type Case = readonly [string, string, string, string, string?];

const weight = 'libs/domain/src/weight.ts';
const weightTest = 'libs/domain/src/weight.test.ts';
const answer = 'apps/ingest/src/answer.ts';
const kafka = 'libs/kafka/src/index.ts';
const redisManifest = 'libs/redis/package.json';
const lint = '.oxlintrc.json';
const page = 'libs/contracts/PROBLEMS.md';
/** In two parts, so that this file is not found guilty. */
const marker = ['TO', 'DO'].join('');
const catalogue = 'libs/contracts/src/metric-catalogue.ts';

const planted: Readonly<Record<RuleName, readonly Case[]>> = {
  'imports go to a lower rank and are declared': [
    ['an import upwards', weight, `+import '@landbridge/kafka';`, '@landbridge/kafka has rank 3'],
    ['an import of the same rank', kafka, `+import '@landbridge/redis';`, '@landbridge/redis has rank 3'],
    ['an import of an app', answer, `+import '@landbridge/viewer';`, '@landbridge/viewer has rank 4'],
    ['a type from above', weight, `+import type { log } from '@landbridge/kafka';`, 'has rank 3'],
    ['a name handed on', weight, `+export { log } from '@landbridge/kafka';`, 'has rank 3'],
    ['a type expression', weight, `+export type L = import('@landbridge/kafka').Log;`, 'has rank 3'],
    ['a dynamic import', weight, `+await import('@landbridge/kafka');`, 'has rank 3'],
    ['a deep import', kafka, `+import '@landbridge/domain/weight';`, 'goes past the index'],
    ['a path across', kafka, `+import '../../domain/src/weight.js';`, 'crosses'],
    ['a project that is none', kafka, `+import '@landbridge/nobody';`, 'is no project'],
    ['an import without dependency', answer, `+import '@landbridge/domain';`, 'is not in the dependencies'],
    ['an import without reference', 'libs/kafka/tsconfig.json', tsconfig(), 'is not in the references', kafka],
  ],
  'declared dependencies go to a lower rank': [
    ['a dependency upwards', redisManifest, manifest('redis', 3, { '@landbridge/kafka': '*' }), 'not below 3'],
    ['a missing reference', 'libs/kafka/tsconfig.json', tsconfig(), 'does not refer to libs/domain'],
    ['a missing dependency', 'libs/redis/tsconfig.json', tsconfig('libs/domain'), 'does not name', redisManifest],
    ['no rank', 'apps/viewer/package.json', '{"name":"@landbridge/viewer"}', 'needs one tag'],
  ],
  'the domain imports nothing': [
    ['a module of Node', weight, `+import 'node:fs';`, 'imports node:fs'],
    ['a library in a test', weightTest, `+import 'kafkajs';`, 'imports kafkajs'],
  ],
  'the linter keeps the same ranks': [
    ['a project without a fence', 'libs/config/package.json', manifest('config', 2, {}), 'libs/config may', lint],
    ['another rank', redisManifest, manifest('redis', 4, {}), 'libs/redis may import @landbridge/domain, ', lint],
    ['a regex it cannot read', lint, tidy[lint]!.replace('^[^.]', String.raw`^(?!\\.)`), 'cannot read ^(?!'],
    [
      'a dropped common pattern',
      lint,
      tidy[lint]!.replace('{"group":["@landbridge/*/*"]},{"regex"', '{"regex"'),
      'drops',
    ],
  ],
  'Kafka code and Redis code stay apart': [
    ['a library that sees both', kafka, `+import type { Redis } from 'ioredis';`, 'sees', 'libs/kafka'],
    ['a file of an app that sees both', answer, `+import '@landbridge/kafka';\nimport 'ioredis';`, 'sees'],
  ],
  'the environment is read at the entry': [
    ['a second reader', answer, `+export const home = process.env['HOME'];`, 'reads process.env'],
    ['a reader by another way', answer, `+export const home = process['env'];`, 'reads process.env'],
  ],
  'services do not write to the console': [['a print', answer, `+console.error('gone');`, 'writes to the console']],
  'metrics are made from the catalogue': [
    ['a counter of its own', answer, `+import { Counter } from 'prom-client';`, 'past the catalogue'],
  ],
  'no import cycles': [
    ['a cycle of two', weight, `+import './unit.js';`, 'by way of'],
    ['a file that imports itself', answer, `+import './answer.js';`, 'imports itself'],
  ],
  'no unused files': [
    ['a file that only its test uses', 'libs/domain/src/index.ts', 'export {};', 'leads to it', weight],
    ['a file that nobody uses', 'libs/domain/src/lost.ts', 'export {};', 'leads to it'],
    ['a fake that no test uses', 'libs/domain/src/fake-box.ts', 'export {};', 'no test uses it'],
    ['a fake that is shipped', weight, `+import './fake-crate.js';`, 'is for tests', 'libs/domain/src/fake-crate.ts'],
  ],
  'no unused exports': [
    ['a function', answer, '+export function idle() {}', 'nobody imports idle'],
    ['a class', answer, '+export class Idle {}', 'nobody imports Idle'],
    ['a list', answer, '+const a = 1;\nexport { a };', 'nobody imports a'],
  ],
  'metrics are the same in code, catalogue and dashboards': [
    ['an idle row', answer, `export const answer = 'landbridge_posts_total';`, 'landbridge_post_seconds', catalogue],
    [
      'a row in a comment only',
      answer,
      `export const answer = 1; // landbridge_post_seconds`,
      'post_seconds',
      catalogue,
    ],
    ['a panel over nothing', 'infra/grafana/hub.json', 'landbridge_gone_total', 'exposes landbridge_gone_total'],
    ['buckets of a counter', 'infra/prometheus/a.yml', 'landbridge_posts_total_bucket', 'posts_total_bucket'],
  ],
  'problems are the same in code and on their page': [
    ['an idle code', answer, `export const answer = 'overloaded';`, 'not_found', 'libs/contracts/src/problems.ts'],
    ['another status', page, tidy[page]!.replace('503', '500'), 'lacks | `overloaded` | 503'],
    ['a row too many', page, '+| `gone` | 410 | no | Gone. |', 'must not say | `gone`'],
    ['a row twice', page, '+| `not_found` | 404 | no | Nothing. |', 'has another order'],
  ],
  'projects are described alike': [
    ['a name of its own', 'apps/viewer/package.json', manifest('screen', 4, {}), 'its name'],
    ['an index without exports', redisManifest, manifest('redis', 3, {}), 'has an index.ts'],
    ['other exports', redisManifest, manifest('redis', 3, {}, { '.': './src/index.ts' }), 'its exports'],
    ['a compiler of its own', 'apps/viewer/tsconfig.json', '{}', 'does not extend'],
  ],
  'imported packages are declared': [
    ['an undeclared package', answer, `+import type { Redis } from 'ioredis';`, 'ioredis', 'apps/ingest/package.json'],
    ['a test with what is not installed', weightTest, `+import 'left-pad';`, 'left-pad', 'libs/domain/package.json'],
  ],
  'packages have one version': [
    ['another version', redisManifest, manifest('redis', 3, { ioredis: '5.0.0' }, libraryExports), 'ioredis 5.0.0'],
    ['a range', 'package.json', '{"dependencies":{"ioredis":"^6.0.0"}}', 'ioredis is not exact'],
  ],
  'files are short enough to read': [
    ['a long line', answer, `+// ${'long '.repeat(30)}`, 'has 153 characters'],
    ['a long file', answer, 'export const answer = 1;\n'.repeat(401), 'has 401 lines'],
  ],
  'nothing is marked as unfinished': [['a marker', answer, `+// ${marker}: later`, `says ${marker}`]],
  'every test runs, without mocks': [
    ['a test that runs alone', weightTest, `+it.only('runs', () => {});`, 'uses it.only'],
    ['a table that is left out', weightTest, `+describe.skip.each([1])('runs', () => {});`, 'uses describe.skip'],
    ['a test that is crossed out', weightTest, `+xit('runs', () => {});`, 'uses xit'],
    ['a mock', weightTest, `+jest.mock('./weight.js');`, 'uses jest.mock'],
  ],
  'files are named after what they hold': [
    ['a drawer for everything', 'libs/domain/src/date-utils.ts', 'export {};', 'is not named'],
    ['capitals', 'libs/domain/src/Weight.ts', 'export {};', 'is not named'],
  ],
};

function treeOf(changes: Readonly<Record<string, string>>): Tree {
  return Object.entries({ ...tidy, ...changes }).map(([path, text]) => ({ path, text }));
}

describe('a tidy repository', () => {
  it.each(Object.entries(rules))('%s', (_name, rule) => {
    expect(rule(treeOf({}))).toEqual([]);
  });
});

describe.each(Object.entries(planted))('%s', (name, cases) => {
  it.each(cases)('finds %s', (_what, path, text, says, at = path) => {
    const changed = text.startsWith('+') ? `${tidy[path]}\n${text.slice(1)}` : text;
    const found = rules[name as RuleName](treeOf({ [path]: changed }));
    expect(found.filter((violation) => violation.startsWith(at) && violation.includes(says))).toHaveLength(1);
  });
});
