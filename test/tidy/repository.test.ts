/** The rules over the repository itself. Each rule is shown to fail in `planted-violations.test.ts`. */
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { metricCatalogue, problems } from '@landbridge/contracts';
import { projectsOf, readTree, sourcesOf } from './repository.js';
import { rulesOver } from './rules.js';

const tree = readTree(fileURLToPath(new URL('../..', import.meta.url)));

it('reads all projects and their sources', () => {
  expect(projectsOf(tree).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['@landbridge/domain', '@landbridge/ingest', '@landbridge/native', '@landbridge/test']),
  );
  for (const project of projectsOf(tree)) expect(sourcesOf(tree, project)).not.toEqual([]);
});

it.each(Object.entries(rulesOver(metricCatalogue, problems)))('%s', (_name, rule) => {
  expect(rule(tree)).toEqual([]);
});
