import { fileURLToPath } from 'node:url';

/** Sources run as ES modules through swc; the compiler has already checked their types in `npm run build`. */
const shared = {
  rootDir: fileURLToPath(new URL('..', import.meta.url)),
  testEnvironment: fileURLToPath(new URL('harness/jest-environment.mjs', import.meta.url)),
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^typebox(/compile)?$': fileURLToPath(new URL('harness/outer-typebox.mjs', import.meta.url)),
  },
  testEnvironmentOptions: { customExportConditions: ['@landbridge/source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2024',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
};

export default {
  rootDir: shared.rootDir,
  // One more than a small machine has cores: system tests wait about a third of their time.
  maxWorkers: 3,
  // The modules of some twenty files; a new worker compiles them all again.
  workerIdleMemoryLimit: '1GB',
  testSequencer: fileURLToPath(new URL('harness/longest-first.mjs', import.meta.url)),
  // For real servers on a loaded machine; what waits in a test polls with a deadline of its own.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{apps,libs}/*/src/**/*.test.ts',
        '<rootDir>/infra/native/src/**/*.test.ts',
        '<rootDir>/test/tidy/**/*.test.ts',
      ],
    },
    {
      ...shared,
      displayName: 'system',
      testMatch: ['<rootDir>/test/{e2e,chaos,sim,issues}/**/*.test.ts'],
      globalSetup: '<rootDir>/test/harness/global-setup.mjs',
      globalTeardown: '<rootDir>/test/harness/global-teardown.mjs',
    },
  ],
};
