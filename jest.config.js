// The same TypeScript as in tsconfig.json, compiled by SWC: types are checked by `npm run types`.
const swc = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    target: 'es2022',
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts', '**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' }, // what is imported as .js is .ts here
  injectGlobals: false,
  testTimeout: 30_000,
  maxWorkers: 2,
  workerGracefulExitTimeout: 10_000, // a worker ended by force after that long has a leak: scripts/run-jest.mjs
};
