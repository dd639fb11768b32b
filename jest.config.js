// The same TypeScript as in tsconfig.json, compiled by SWC: types are checked by `npm run types`.
const swc = (tsx) => ({
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true, tsx },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      react: { runtime: 'automatic', importSource: 'preact' },
    },
    target: 'es2022',
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
});

/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testMatch: ['**/*.spec.ts', '**/*.spec.tsx', '**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc(false)], '^.+\\.tsx$': ['@swc/jest', swc(true)] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' }, // what is imported as .js is .ts or .tsx here
  injectGlobals: false,
  testTimeout: 30_000,
  maxWorkers: 2,
  workerGracefulExitTimeout: 10_000, // a worker ended by force after that long has a leak: scripts/run-jest.mjs
};
