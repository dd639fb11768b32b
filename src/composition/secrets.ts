import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareDataDir } from '../platform/data-dir.js';
import { writeDurably } from '../platform/durable-files.js';
import { exclusively } from '../platform/exclusively.js';
import type { Profile } from './profile.js';

const names = ['databasePassword', 'sealingKey'] as const;

/** What only this installation knows; each is 256 random bits as base64url. */
export type Secrets = Readonly<Record<(typeof names)[number], string>>;

/**
 * The secrets of the installation, from `secrets.json` in its data directory. Those that are missing are made first; of
 * processes that start at once, one makes them for all.
 */
export async function openSecrets(dataDir: string): Promise<Secrets> {
  await prepareDataDir(dataDir);
  const file = join(dataDir, 'secrets.json');
  const known = await readSecrets(file);
  return isComplete(known) ? known : exclusively(join(dataDir, 'secrets.lock'), () => completeSecrets(file));
}

/** The key of what is sealed in the database: from the settings, or the installation's own. */
export async function sealingKeyOf({ secretsKey, dataDir }: Profile): Promise<Uint8Array> {
  return Buffer.from(secretsKey ?? (await openSecrets(dataDir)).sealingKey, 'base64url');
}

async function completeSecrets(file: string): Promise<Secrets> {
  const known = await readSecrets(file);
  if (isComplete(known)) return known;
  const made = Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64url')]));
  const secrets = { ...made, ...known } as Secrets;
  await writeDurably(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

// What it holds beyond the names known here, a newer release put there: it is kept.
async function readSecrets(file: string): Promise<Partial<Secrets>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Secrets>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(
      `The secrets in ${file} cannot be read (${(error as Error).message}): restore the file from a backup, or make it readable.`,
      { cause: error },
    );
  }
}

function isComplete(secrets: Partial<Secrets>): secrets is Secrets {
  return names.every((name) => typeof secrets[name] === 'string' && secrets[name] !== '');
}
