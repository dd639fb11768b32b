import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { findPostmaster, pidFileOf } from './postmaster.js';

const password = 'only-for-this-test';
const seconds = 1_000;

jest.setTimeout(60 * seconds); // a database is made in each

describe('the embedded PostgreSQL', () => {
  let dataDir: string;
  let clusterDir: string;
  let users: EmbeddedPostgres[];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'linktime-'));
    clusterDir = join(dataDir, 'postgres');
    users = [];
  });

  afterEach(async () => {
    await Promise.all(users.map((user) => user.stop()));
    const left = await findPostmaster(clusterDir);
    if (left) await killServer();
    await rm(dataDir, { recursive: true, maxRetries: 10 });
    expect(left).toBeNull();
  });

  function newUser(options: { password: string } = { password }): EmbeddedPostgres {
    const user = new EmbeddedPostgres({ dataDir, ...options });
    users.push(user);
    return user;
  }

  async function killServer(): Promise<void> {
    process.kill(-(await findPostmaster(clusterDir))!.pid, 'SIGKILL');
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await delay(10);
  }

  it('is made on the first start and shut down by the last who stops', async () => {
    const user = newUser();
    const { url } = await user.start();
    expect(await ask(url, 'show server_encoding')).toBe('UTF8');
    expect(await ask(url, 'show timezone')).toBe('UTC');
    expect(await ask(url, `select lower('ÉЖ')`)).toBe('éж');
    await user.stop();
    expect(await findPostmaster(clusterDir)).toBeNull();
    expect(await readdir(dataDir)).toEqual(['postgres', 'postgres.lock', 'postgres.log']);
  });

  it('lets nobody in without the password', async () => {
    const { url } = await newUser().start();
    await expect(ask(url.replace(password, 'guess'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('has every acknowledged write after it was killed', async () => {
    const first = newUser();
    await ask((await first.start()).url, 'create table notes as select 1 as id');
    await killServer();
    const { url } = await newUser().start();
    expect(await ask(url, 'select id from notes')).toBe(1);
  });

  it('comes back on its port when it is killed in the midst of work', async () => {
    const { url } = await newUser().start();
    await killServer();
    await until(async () => (await ask(url, 'select 1').catch(() => null)) === 1);
  });

  it('is gone after a stop in the midst of its coming back, or of its first start', async () => {
    const user = newUser();
    await user.start();
    await killServer();
    await until(async () => (await findPostmaster(clusterDir)) !== null);
    await user.stop();
    expect(await findPostmaster(clusterDir)).toBeNull();

    const start = user.start();
    await user.stop();
    await start;
    expect(await findPostmaster(clusterDir)).toBeNull();
  });

  it('is the same server for everybody on the data directory, and stays until the last is gone', async () => {
    const [first, second] = [newUser(), newUser()];
    const { url } = await first.start();
    expect(await second.start()).toEqual({ url });
    await first.stop();
    expect(await ask(url, 'select 1')).toBe(1);
    await second.stop();
    expect(await findPostmaster(clusterDir)).toBeNull();
  });

  it('stays while any other connection is open', async () => {
    const user = newUser();
    const { url } = await user.start();
    const visitor = new pg.Client(url);
    await visitor.connect();
    await user.stop();
    expect((await visitor.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await visitor.end();
    await user.start();
  });

  it('is one server when three start it at once', async () => {
    const starts = await Promise.all([newUser().start(), newUser().start(), newUser().start()]);
    expect(new Set(starts.map(({ url }) => url)).size).toBe(1);
  });

  it('is there for whoever starts while the last one stops', async () => {
    const first = newUser();
    await first.start();
    const [{ url }] = await Promise.all([newUser().start(), first.stop()]);
    expect(await ask(url, 'select 1')).toBe(1);
  });

  it('starts in spite of a cluster that was left half made', async () => {
    await mkdir(join(dataDir, 'postgres.new-killed', 'cluster', 'base'), { recursive: true });
    const { url } = await newUser().start();
    expect(await ask(url, 'select 1')).toBe(1);
    expect(await readdir(dataDir)).not.toContain('postgres.new-killed');
  });

  it('starts in spite of a lock whose number another process has by now', async () => {
    const first = newUser();
    await first.start();
    await first.stop();
    await writeFile(
      pidFileOf(clusterDir),
      `${process.pid}\n${clusterDir}\n1\n5432\n\n127.0.0.1\n0\nready   \n`,
    );
    const { url } = await newUser().start();
    expect(await ask(url, 'select 1')).toBe(1);
  });

  it('starts in spite of a lock that was cut short', async () => {
    const first = newUser();
    await first.start();
    await first.stop();
    await writeFile(pidFileOf(clusterDir), '');
    const { url } = await newUser().start();
    expect(await ask(url, 'select 1')).toBe(1);
  });

  it('says what to do when the secrets do not belong to the database', async () => {
    const first = newUser();
    await first.start();
    await expect(newUser({ password: 'another' }).start()).rejects.toThrow(
      'restore the secrets.json that belongs to it',
    );
  });

  it('says what to do when the data directory cannot be written to', async () => {
    const file = join(dataDir, 'file');
    await writeFile(file, '');
    const user = new EmbeddedPostgres({ dataDir: join(file, 'data'), password });
    await expect(user.start()).rejects.toThrow('set DATA_DIR to a directory that this user may write to');
    await rm(file);
  });

  it('says why it did not start', async () => {
    const first = newUser();
    await first.start();
    await first.stop();
    await writeFile(join(clusterDir, 'PG_VERSION'), '11\n');
    await expect(newUser().start()).rejects.toThrow('database files are incompatible with server');
  });

  const asRoot = process.geteuid?.() === 0 ? describe : describe.skip;

  asRoot('run by root', () => {
    it.each([
      ['under a directory that only root may enter', 0o700],
      ['under a directory that all may enter', 0o755],
    ])('runs as another user %s', async (_where, mode) => {
      await chmod(dataDir, mode);
      const { url } = await newUser().start();
      expect(await ask(url, 'select 1')).toBe(1);
      expect((await stat(clusterDir)).uid).not.toBe(0);
    });
  });
});

/** The one value that the statement gives. */
async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5 * seconds });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}
