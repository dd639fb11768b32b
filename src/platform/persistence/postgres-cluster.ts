import { execFile } from 'node:child_process';
import { chown, lchown, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { renameDurably } from '../durable-files.js';
import type { PostgresUser } from './postgres-user.js';

/** PostgreSQL needs little of the surroundings, and nothing of what they say of other servers (`PGPORT`, ...). */
export const surroundings = { PATH: process.env['PATH'], LC_ALL: 'C' };

/** Whether there is a cluster: one is there as a whole or not at all. */
export async function isCluster(clusterDir: string): Promise<boolean> {
  return stat(join(clusterDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/** Makes a cluster with the superuser `superuser`. It is built aside and moved into its place, so none is ever half made. */
export async function makeCluster(
  initdb: string,
  clusterDir: string,
  superuser: { name: string; password: string },
  user: PostgresUser,
): Promise<void> {
  await removeDrafts(clusterDir);
  const draft = await mkdtemp(draftPrefix(clusterDir));
  try {
    const passwordFile = join(draft, 'password');
    await writeFile(passwordFile, superuser.password, { mode: 0o600 });
    await giveTo(user, draft);
    const { file, args, options } = user.command(initdb, [
      ...['--pgdata', join(draft, 'cluster'), '--username', superuser.name, '--pwfile', passwordFile],
      ...['--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions'],
      // Letters are known by Unicode, and their order is by code point, alike on every system.
      ...['--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ]);
    await promisify(execFile)(file, args, { ...options, cwd: '/', env: surroundings });
    await renameDurably(join(draft, 'cluster'), clusterDir);
  } catch (error) {
    throw new Error(`The database could not be made in ${clusterDir}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await remove(draft);
  }
}

/** Makes the cluster belong to the user PostgreSQL runs as, should root own it, as after a backup was copied back. */
export async function giveTo({ owner }: PostgresUser, directory: string): Promise<void> {
  if (owner === null || (await stat(directory)).uid === owner.uid) return;
  const files = await readdir(directory, { recursive: true });
  await Promise.all(files.map((file) => lchown(join(directory, file), owner.uid, owner.gid)));
  await chown(directory, owner.uid, owner.gid);
}

/** What those who were killed while they made a cluster have left behind. */
async function removeDrafts(clusterDir: string): Promise<void> {
  const prefix = basename(draftPrefix(clusterDir));
  const siblings = await readdir(dirname(clusterDir));
  const drafts = siblings.filter((name) => name.startsWith(prefix));
  await Promise.all(drafts.map((name) => remove(join(dirname(clusterDir), name))));
}

function draftPrefix(clusterDir: string): string {
  return `${clusterDir}.new-`;
}

// Best effort: a killed starter's initdb may still be writing there, and what stays is removed another time.
async function remove(draft: string): Promise<void> {
  await rm(draft, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr?.split('\n').find((line) => line.includes('error: ')) ?? message;
}
