/** Modules of ours are written as they are in Node.js: `./x.js` for the file x.ts, `@app/x` for a lib. */
const sources = {
  extensionsToTreatAsEsm: ['.ts'],
  // JavaScript first: packages ship it, our own sources exist as TypeScript alone.
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
          target: 'es2023',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.stack/'],
  setupFilesAfterEnv: ['<rootDir>/test/support/assertions/matchers.ts'],
};

const project = (displayName, testMatch, more = {}) => ({ displayName, testMatch, ...sources, ...more });

/** Tests on real servers and processes wait longer for a condition than a unit test may take. */
const longTests = {
  setupFilesAfterEnv: [...sources.setupFilesAfterEnv, '<rootDir>/test/support/assertions/timeouts.ts'],
};

/** Where the four apps of an end-to-end run are started and stopped, once for all its specs. */
const oneSystem = {
  ...longTests,
  globalSetup: '<rootDir>/test/support/apps/global-setup.js',
  globalTeardown: '<rootDir>/test/support/apps/global-teardown.js',
};

export default {
  projects: [
    project('unit', [
      '<rootDir>/{apps,libs,tools,test/conventions,test/edge,test/load,test/support}/**/*.spec.ts',
    ]),
    project(
      'integration',
      ['<rootDir>/{apps,libs,tools,test/conventions,test/support}/**/*.int-spec.ts'],
      longTests,
    ),
    project('e2e', ['<rootDir>/test/e2e/**/*.e2e-spec.ts'], oneSystem),
    project('chaos', ['<rootDir>/test/chaos/**/*.chaos-spec.ts'], {
      setupFilesAfterEnv: [
        ...longTests.setupFilesAfterEnv,
        '<rootDir>/test/support/assertions/chaos-invariants.ts',
      ],
    }),
  ],
  // A worker's heap grows with each suite that loads Nest; a new one is cheaper than the memory.
  workerIdleMemoryLimit: '600MB',
  maxWorkers: '100%',
  // Ends a unit test that hangs, and is no measure of anything: beside other work a second of it takes ten. Where a time
  // matters the test says so itself.
  testTimeout: 30_000,
  coverageDirectory: 'coverage',
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'lcov'],
  collectCoverageFrom: [
    'libs/*/src/**/*.ts',
    '!**/*.{spec,int-spec}.ts',
    '!**/index.ts',
    '!libs/contracts/src/generated/**',
  ],
};
