// The direction of the arrows, enforced. A module is a folder of src/ that is none of kernel, platform, command-line and
// composition.
//
//   http, jobs ─┐
//               ├─> use-cases ─> domain ─> kernel ─> js-joda
//   adapters ───┘       └─> ports.ts ──┘
//     └─> mails ─> domain
//   reads <─ http, jobs, command-line      composition ─> everything
//
// test/architecture.test.ts plants a violation of every rule here and sees it caught.

const MODULE = '^src/(?!kernel/|platform/|command-line/|composition/)([^/]+)/';
const CORE = `${MODULE}(domain/|use-cases/|ports\\.ts$)`;
const WIRING = `${MODULE}[^/]+\\.module\\.ts$`;
const SPEC = '\\.spec\\.ts$';
const NODE_MODULES = 'node_modules/';

/** Packages by name, wherever they are installed. */
const packages = (...names) => `${NODE_MODULES}(${names.join('|')})/`;

/** The rule that nothing in `from` (specs apart) leads to `to`. */
const never = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: SPEC, ...from },
  to,
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'unresolvable',
      comment: 'A rule about an import that cannot be resolved does not fail: it stops existing.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'cycle',
      comment: 'Two files that need each other are one file, or one of them knows too much.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    never(
      'kernel-is-the-ground',
      'The kernel imports itself, js-joda, uuid, zone data and Node.',
      { path: '^src/kernel/' },
      {
        pathNot: ['^src/kernel/', packages('@js-joda/core', '@js-joda/timezone', 'uuid', 'moment-timezone')],
        dependencyTypesNot: ['core'],
      },
    ),
    never(
      'domain-knows-the-kernel-only',
      'Rules are decided in the domain, without asking the world, so it has no ports.',
      { path: `${MODULE}domain/` },
      { path: '^src/', pathNot: ['^src/kernel/', '^src/$1/domain/'] },
    ),
    never(
      'ports-speak-the-domain',
      'What a module asks of the world is said in words of its domain and the kernel.',
      { path: `${MODULE}ports\\.ts$` },
      { path: '^src/', pathNot: ['^src/kernel/', '^src/$1/domain/'] },
    ),
    never(
      'use-cases-know-domain-and-ports',
      'A use case reaches the world through ports.ts, and no other module.',
      { path: `${MODULE}use-cases/` },
      { path: '^src/', pathNot: ['^src/kernel/', '^src/$1/(domain/|use-cases/|ports\\.ts$)'] },
    ),
    never(
      'core-is-plain',
      'The core is TypeScript and js-joda: no framework, no driver.',
      { path: CORE },
      { path: NODE_MODULES, pathNot: packages('@js-joda/core') },
    ),
    never(
      'core-only-calculates',
      'Of Node the core takes calculations: hashing and checksums.',
      { path: CORE },
      { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|zlib)$' },
    ),
    never(
      'http-asks-use-cases-and-reads',
      'A controller turns a request into a command or a query; which adapter answers is none of its business.',
      { path: `${MODULE}http/` },
      { path: '^src/$1/', pathNot: '^src/$1/(http|use-cases|domain|reads)/' },
    ),
    never(
      'jobs-ask-use-cases-and-reads',
      'A job calls a use case.',
      { path: `${MODULE}jobs/` },
      { path: '^src/$1/', pathNot: '^src/$1/(jobs|use-cases|domain|reads)/' },
    ),
    never(
      'adapters-answer-ports',
      'An adapter knows the core that it serves and not the edges that call it.',
      { path: `${MODULE}adapters/` },
      { path: '^src/$1/', pathNot: '^src/$1/(adapters/|use-cases/|domain/|mails/|ports\\.ts$)' },
    ),
    never(
      'mails-are-pure',
      'A mail is written of what it is told, in words of the domain: no framework, no driver, no file, no network.',
      { path: `${MODULE}mails/` },
      {
        pathNot: [
          '^src/kernel/',
          '^src/$1/(mails|domain)/',
          '^src/platform/icalendar-text\\.ts$', // as pure as they are
          packages('@js-joda/core', 'preact', 'preact-render-to-string', 'ical\\.js', 'moment-timezone'),
          '^(node:)?module$', // loads data, such as which country a time zone lies in
        ],
      },
    ),
    never(
      'reads-stand-alone',
      'SQL in, view out: a read needs no use case, port, adapter or edge.',
      { path: `${MODULE}reads/` },
      { path: '^src/$1/', pathNot: '^src/$1/(reads|domain)/' },
    ),
    never(
      'another-module-only-from-adapters',
      'What a module asks of another goes through a port of its own and an adapter that answers it.',
      { path: MODULE, pathNot: [`${MODULE}adapters/`, WIRING, SPEC] },
      { path: MODULE, pathNot: '^src/$1/' },
    ),
    never(
      'another-module-only-at-its-use-cases',
      "An adapter does what another module's user could do, and sees no more of it.",
      { path: `${MODULE}adapters/` },
      { path: MODULE, pathNot: ['^src/$1/', `${MODULE}use-cases/`] },
    ),
    never(
      'modules-are-wired-to-modules',
      "A module's wiring hands its adapters what another module offers them: use cases.",
      { path: WIRING },
      { path: MODULE, pathNot: ['^src/$1/', `${MODULE}use-cases/`, WIRING] },
    ),
    never(
      'command-line-asks-use-cases-and-reads',
      'A command calls use cases and shows views, as a controller does, of whichever module.',
      { path: '^src/command-line/' },
      { path: MODULE, pathNot: `${MODULE}(use-cases|domain|reads)/` },
    ),
    never(
      'command-line-is-an-edge',
      'What people type is the affair of nothing but the programs.',
      { path: '^src/', pathNot: ['^src/[^/]+\\.ts$', '^src/(command-line|composition)/', SPEC] },
      { path: '^src/command-line/' },
    ),
    never(
      'platform-knows-no-product',
      'The platform would serve any product.',
      { path: '^src/platform/' },
      { path: '^src/', pathNot: ['^src/platform/', '^src/kernel/'] },
    ),
    never(
      'composition-is-the-top',
      'Only the programs themselves are put together from the composition.',
      { path: '^src/', pathNot: ['^src/[^/]+\\.ts$', '^src/composition/', SPEC] },
      { path: '^src/composition/' },
    ),
    never(
      'nothing-imports-a-program',
      'main, worker and cli are started, not imported.',
      {},
      { path: '^src/(main|worker|cli)\\.ts$' },
    ),
    never(
      'no-tests-in-the-product',
      'What is shipped does not need what proves it.',
      { path: ['^src/', '^migrations/'] },
      { path: ['^(test|bench|scripts)/', SPEC] },
    ),
    never(
      'no-development-package-in-the-product',
      'It would be missing where only production packages are installed.',
      { path: ['^src/', '^migrations/'] },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // `import type` is an arrow too
    doNotFollow: { path: NODE_MODULES },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
