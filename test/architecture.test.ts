import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from './support/paths.js';

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

const rules = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: { name: string }[];
};

/** What breaks a rule: the rule, the file at fault, and the file or package that it should not import. */
// prettier-ignore
const planted: [what: string, rule: string, from: string, to: string][] = [
  ['an import of nothing', 'unresolvable', 'src/crm/domain/typo.ts', './no-such-file.js'],
  ['an import of a package that is not there', 'unresolvable', 'src/crm/http/typo.ts', 'no-such-package'],
  ['two files in need of each other', 'cycle', 'src/platform/http/chicken.ts', 'src/platform/http/egg.ts'],
  ['the kernel importing a module', 'kernel-is-the-ground', 'src/kernel/clock.ts', 'src/crm/domain/contact.ts'],
  ['the kernel importing a driver', 'kernel-is-the-ground', 'src/kernel/page.ts', 'typeorm'],
  ['a rule asking a port', 'domain-knows-the-kernel-only', 'src/crm/domain/asking.ts', 'src/crm/ports.ts'],
  ['a rule using the platform', 'domain-knows-the-kernel-only', 'src/crm/domain/late.ts', 'src/platform/http/limits.ts'],
  ['a port in words of a use case', 'ports-speak-the-domain', 'src/identity/ports.ts', 'src/identity/use-cases/make-key.ts'],
  ['a use case choosing its adapter', 'use-cases-know-domain-and-ports', 'src/crm/use-cases/a.ts', 'src/crm/adapters/sql.ts'],
  ['a use case reading views', 'use-cases-know-domain-and-ports', 'src/crm/use-cases/b.ts', 'src/crm/reads/contacts.ts'],
  ['a use case calling another module', 'use-cases-know-domain-and-ports', 'src/crm/use-cases/c.ts', 'src/identity/use-cases/x.ts'],
  ['a decorated use case', 'core-is-plain', 'src/crm/use-cases/d.ts', '@nestjs/common'],
  ['a row in the domain', 'core-is-plain', 'src/crm/domain/row.ts', 'typeorm'],
  ['a rule reading files', 'core-only-calculates', 'src/crm/domain/files.ts', 'fs'],
  ['a controller choosing an adapter', 'http-asks-use-cases-and-reads', 'src/crm/http/a.ts', 'src/crm/adapters/sql.ts'],
  ['a controller asking a port', 'http-asks-use-cases-and-reads', 'src/crm/http/b.ts', 'src/crm/ports.ts'],
  ['a job choosing an adapter', 'jobs-ask-use-cases-and-reads', 'src/crm/jobs/a.ts', 'src/crm/adapters/sql.ts'],
  ['an adapter calling a controller', 'adapters-answer-ports', 'src/crm/adapters/a.ts', 'src/crm/http/dto.ts'],
  ['an adapter using a view', 'adapters-answer-ports', 'src/crm/adapters/b.ts', 'src/crm/reads/contacts.ts'],
  ['a use case writing a mail', 'use-cases-know-domain-and-ports', 'src/crm/use-cases/e.ts', 'src/crm/mails/fine.tsx'],
  ['a rule writing a mail', 'domain-knows-the-kernel-only', 'src/crm/domain/mail.ts', 'src/crm/mails/fine.tsx'],
  ['a mail asking a port', 'mails-are-pure', 'src/crm/mails/a.ts', 'src/crm/ports.ts'],
  ['a mail reading a view', 'mails-are-pure', 'src/crm/mails/b.tsx', 'src/crm/reads/contacts.ts'],
  ['a mail asking the platform', 'mails-are-pure', 'src/crm/mails/c.ts', 'src/platform/http/limits.ts'],
  ['a mail sending itself', 'mails-are-pure', 'src/crm/mails/d.ts', 'nodemailer'],
  ['a mail loading a picture', 'mails-are-pure', 'src/crm/mails/e.ts', 'fs'],
  ['a read calling a use case', 'reads-stand-alone', 'src/crm/reads/a.ts', 'src/crm/use-cases/add.ts'],
  ['a controller of one module using another', 'another-module-only-from-adapters', 'src/crm/http/c.ts', 'src/identity/use-cases/x.ts'],
  ['a read of one module asking for the wiring of another', 'another-module-only-from-adapters', 'src/crm/reads/b.ts', 'src/identity/identity.module.ts'],
  ["an adapter opening another's domain", 'another-module-only-at-its-use-cases', 'src/crm/adapters/c.ts', 'src/identity/domain/key.ts'],
  ["an adapter taking another's port", 'another-module-only-at-its-use-cases', 'src/crm/adapters/d.ts', 'src/identity/ports.ts'],
  ["wiring with another's adapter", 'modules-are-wired-to-modules', 'src/crm/crm.module.ts', 'src/identity/adapters/sql.ts'],
  ['a command choosing an adapter', 'command-line-asks-use-cases-and-reads', 'src/command-line/keys.ts', 'src/crm/adapters/sql.ts'],
  ['a controller using the command line', 'command-line-is-an-edge', 'src/crm/http/e.ts', 'src/command-line/values.ts'],
  ['the command line reaching for the composition', 'composition-is-the-top', 'src/command-line/a.ts', 'src/composition/profile.ts'],
  ['the platform knowing the product', 'platform-knows-no-product', 'src/platform/http/a.ts', 'src/crm/domain/contact.ts'],
  ['a controller reaching for the composition', 'composition-is-the-top', 'src/crm/http/d.ts', 'src/composition/profile.ts'],
  ['the platform reaching for the composition', 'composition-is-the-top', 'src/platform/http/b.ts', 'src/composition/profile.ts'],
  ['the composition starting a program', 'nothing-imports-a-program', 'src/composition/api.module.ts', 'src/main.ts'],
  ['the product using a fake', 'no-tests-in-the-product', 'src/crm/adapters/e.ts', 'test/fakes/clock.ts'],
  ['the product using a spec', 'no-tests-in-the-product', 'src/crm/adapters/f.ts', 'src/crm/domain/contact.spec.ts'],
  ['the product using a package of its tests', 'no-development-package-in-the-product', 'src/crm/adapters/g.ts', 'fast-check'],
  ['the product using a package it has not declared', 'no-development-package-in-the-product', 'src/crm/adapters/h.ts', 'acorn'],
];

const worldly = `export const now = Date.now();
export const chance = Math.random();
export const world = process.env;
export const later = setTimeout;
export type Day = Date;
`;

/** What the house is built of. */
const innocent: [from: string, to: string][] = [
  ['src/kernel/ids.ts', 'uuid'],
  ['src/kernel/ids.ts', 'crypto'],
  ['src/kernel/interval.ts', '@js-joda/core'],
  ['src/crm/domain/fine.ts', 'src/kernel/interval.ts'],
  ['src/crm/domain/fine.ts', '@js-joda/core'],
  ['src/crm/domain/fine.ts', 'crypto'],
  ['src/crm/domain/fine.spec.ts', '@jest/globals'],
  ['src/crm/domain/fine.spec.ts', 'test/fakes/clock.ts'],
  ['src/crm/ports.ts', 'src/crm/domain/fine.ts'],
  ['src/crm/use-cases/fine.ts', 'src/crm/ports.ts'],
  ['src/crm/adapters/fine.ts', 'src/crm/ports.ts'],
  ['src/crm/adapters/fine.ts', 'src/identity/use-cases/x.ts'],
  ['src/crm/adapters/fine.ts', 'src/platform/persistence/session.ts'],
  ['src/crm/adapters/fine.ts', 'typeorm'],
  ['src/crm/adapters/fine.ts', 'src/crm/mails/fine.tsx'],
  ['src/crm/mails/fine.tsx', 'src/crm/domain/fine.ts'],
  ['src/crm/mails/fine.tsx', 'src/kernel/interval.ts'],
  ['src/crm/mails/fine.tsx', 'preact'],
  ['src/crm/mails/fine.tsx', 'preact-render-to-string'],
  ['src/crm/mails/fine.tsx', 'ical.js'],
  ['src/crm/mails/fine.tsx', 'module'],
  ['src/crm/reads/fine.ts', 'src/platform/persistence/session.ts'],
  ['src/crm/http/fine.ts', 'src/crm/reads/fine.ts'],
  ['src/crm/http/fine.ts', 'src/crm/use-cases/fine.ts'],
  ['src/crm/http/fine.ts', 'src/platform/http/limits.ts'],
  ['src/crm/http/fine.ts', '@nestjs/common'],
  ['src/crm/jobs/fine.ts', 'src/crm/use-cases/fine.ts'],
  ['src/identity/identity.module.ts', 'src/identity/reads/users.ts'],
  ['src/identity/identity.module.ts', 'src/delivery/delivery.module.ts'],
  ['src/identity/identity.module.ts', 'src/delivery/use-cases/deliver.ts'],
  ['src/composition/production.ts', 'src/crm/adapters/fine.ts'],
  ['src/command-line/users.ts', 'src/crm/use-cases/fine.ts'],
  ['src/command-line/users.ts', 'src/crm/reads/fine.ts'],
  ['src/composition/doctor.ts', 'src/command-line/values.ts'],
  ['src/cli.ts', 'src/command-line/users.ts'],
  ['src/worker.ts', 'src/composition/production.ts'],
];

describe('the direction of the arrows', () => {
  let found: Violation[];
  const house = mkdtempSync(join(tmpdir(), 'linktime-architecture-'));

  beforeAll(async () => {
    build(house);
    found = await cruise(house, ['src', 'test']);
  });

  afterAll(() => rmSync(house, { recursive: true }));

  it.each(planted)('sees %s', (_what, rule, from, to) => {
    const seen = found.filter((violation) => violation.from === from && violation.rule.name === rule);
    expect(seen.map((violation) => violation.to).filter((target) => target.includes(to))).not.toEqual([]);
  });

  it('has each of its rules put to that test', () => {
    const names = new Set(rules.forbidden.map(({ name }) => name));
    expect(new Set(planted.map(([, rule]) => rule))).toEqual(names);
  });

  it('sees a rule of the core that asks the machine for the time, for chance or for the world', async () => {
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const said = await run([oxlint, '--format=unix', 'src/crm/domain/worldly.ts'], house);
    const lines = said.split('\n').map((line) => Number(/worldly\.ts:(\d+)/.exec(line)?.[1]));
    expect(lines).toEqual(expect.arrayContaining([1, 2, 3, 4, 5]));
  });

  it.each(innocent)('lets %s import %s', (from, to) => {
    expect(found.filter((violation) => violation.from === from && violation.to.includes(to))).toEqual([]);
  });
});

describe('the product', () => {
  it('keeps every rule', async () => {
    const violations = await cruise(root, ['src', 'migrations', 'test']);
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });

  it('keeps every file of a module in one of the rooms that the rules know', () => {
    const strays = filesUnder('src')
      .filter((file) => !/^src\/(kernel|platform|command-line|composition)\//.test(file))
      .filter((file) => !/^src\/[^/]+\.ts$/.test(file))
      .filter(
        (file) =>
          !/^src\/[^/]+\/((domain|use-cases|adapters|mails|reads|http|jobs)\/[^/]+|ports\.ts|[^/]+\.module\.ts)$/.test(
            file,
          ),
      );
    expect(strays).toEqual([]);
  });
});

/** Writes every file named above, each importing what it is said to import. */
function build(folder: string): void {
  for (const file of ['package.json', 'tsconfig.json', '.oxlintrc.json'])
    cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const imports = new Map<string, string[]>();
  const file = (path: string) => imports.get(path) ?? imports.set(path, []).get(path)!;
  for (const [from, to] of [...planted.map(([, , from, to]) => [from, to] as const), ...innocent]) {
    const isFile = /^(src|test)\//.test(to);
    file(from).push(isFile ? `./${relative(dirname(from), to).replace(/\.tsx?$/, '.js')}` : to);
    if (isFile) file(to);
  }
  file('src/platform/http/egg.ts').push('./chicken.js');
  for (const [path, specifiers] of imports) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const lines = specifiers.map(
      (specifier, i) => `import type * as part${i} from '${specifier}';\nexport { part${i} };\n`,
    );
    writeFileSync(join(folder, path), lines.join('') || 'export {};\n');
  }
  writeFileSync(join(folder, 'src/crm/domain/worldly.ts'), worldly);
}

async function cruise(folder: string, targets: string[]): Promise<Violation[]> {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const options = ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json'];
  const report = JSON.parse(await run([program, ...options, ...targets], folder)) as {
    summary: { violations: Violation[] };
  };
  return report.summary.violations;
}

/** What a Node program prints; it may well end with a status that says it found something. */
function run(args: string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (stdout) resolve(stdout);
        else reject(error ?? new Error(stderr));
      },
    );
  });
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
