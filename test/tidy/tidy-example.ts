/** A small repository in which every rule is kept, by path: what the planted violations are planted in. */
export const libraryExports = {
  '.': { '@landbridge/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
};

/** A package.json. */
export function manifest(name: string, rank: number, dependencies: Record<string, string>, exports?: object): string {
  const nx = { tags: [`rank:${rank}`], targets: { build: {}, lint: {} } };
  return JSON.stringify({
    name: `@landbridge/${name}`,
    version: '1.0.0',
    private: true,
    type: 'module',
    exports,
    dependencies,
    nx,
  });
}

/** A tsconfig.json that refers to these folders. */
export function tsconfig(...references: string[]): string {
  return JSON.stringify({
    extends: '../../tsconfig.base.json',
    references: references.map((path) => ({ path: `../../${path}` })),
  });
}

function fence(folder: string, ...lower: string[]): object {
  const group = ['@landbridge/*', ...lower.map((name) => `!@landbridge/${name}`)];
  const last = lower.length > 0 ? { group } : { regex: '^[^.]' };
  return {
    files: [`${folder}/**`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['@landbridge/*/*'] }, last] }] },
  };
}

export const tidy: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    version: '1.0.0',
    dependencies: { kafkajs: '2.2.4', ioredis: '6.0.0', 'prom-client': '15.1.3' },
    devDependencies: { '@jest/globals': '30.5.2' },
  }),
  '.oxlintrc.json': JSON.stringify({
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['@landbridge/*/*'] }] }] },
    overrides: [
      fence('libs/domain'),
      fence('libs/kafka', 'domain'),
      fence('libs/redis', 'domain'),
      fence('apps/ingest', 'domain', 'kafka', 'redis'),
      fence('apps/viewer', 'domain', 'kafka', 'redis'),
    ],
  }),
  'libs/domain/package.json': manifest('domain', 0, {}, libraryExports),
  'libs/domain/tsconfig.json': tsconfig(),
  'libs/domain/src/index.ts': `export { weigh } from './weight.js';`,
  // These two need each other, one of them for a type only: no cycle.
  'libs/domain/src/weight.ts': `
import type { Unit } from './unit.js';
export const weigh = (unit: Unit) => unit.grams;`,
  'libs/domain/src/unit.ts': `
import { weigh } from './weight.js';
export interface Unit { grams: number }
export type Weigh = typeof weigh;`,
  'libs/domain/src/weight.test.ts': `
import { it } from '@jest/globals';
import { crate } from './fake-crate.js';
import { weigh } from './weight.js';
it('weighs', () => weigh(crate));`,
  'libs/domain/src/fake-crate.ts': `export const crate = { grams: 1 };`,
  'libs/kafka/package.json': manifest('kafka', 3, { '@landbridge/domain': '*', kafkajs: '2.2.4' }, libraryExports),
  'libs/kafka/tsconfig.json': tsconfig('libs/domain'),
  'libs/kafka/src/index.ts': `
import { weigh } from '@landbridge/domain';
import { Kafka } from 'kafkajs';
export const log = [Kafka, weigh];`,
  'libs/redis/package.json': manifest('redis', 3, { ioredis: '6.0.0' }, libraryExports),
  'libs/redis/tsconfig.json': tsconfig(),
  'libs/redis/src/index.ts': `
import { Redis } from 'ioredis';
export const store = Redis;`,
  'apps/ingest/package.json': manifest('ingest', 4, { '@landbridge/kafka': '*', '@landbridge/redis': '*' }),
  'apps/ingest/tsconfig.json': tsconfig('libs/kafka', 'libs/redis'),
  'apps/ingest/src/main.ts': `
import { log } from '@landbridge/kafka';
import { store } from '@landbridge/redis';
import { answer } from './answer.js';
answer(log, store, process.env);`,
  // Words in comments and strings are no code.
  'apps/ingest/src/answer.ts': `
const names = ['overloaded', 'not_found', 'landbridge_posts_total', 'landbridge_post_seconds'];
// console.log(process.env)
export const answer = (...args: unknown[]) => [args, names, 'console.log(process.env); it.only()'];`,
  'apps/viewer/package.json': manifest('viewer', 4, {}),
  'apps/viewer/tsconfig.json': tsconfig(),
  'apps/viewer/src/main.ts': `export {};`,
  'infra/grafana/hub.json': `"rate(landbridge_posts_total[5m]) / rate(landbridge_post_seconds_bucket[5m])"`,
  'libs/contracts/PROBLEMS.md': `
| code |
|---|
| \`overloaded\` | 503 | yes | Full. |
| \`not_found\` | 404 | no | Nothing. |
`,
};
