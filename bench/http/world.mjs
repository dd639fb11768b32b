// The whole of what is measured: started, filled, stopped.
import { randomBytes } from 'node:crypto';
import { deepStrictEqual } from 'node:assert';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { fill, ids, owners, worldOf } from './fill.mjs';
import {
  built,
  startBareServer,
  startClient,
  startLinkTime,
  startPostgres,
  startRedis,
  temporaryFolder,
} from './processes.mjs';

// High enough for no request of a run to be refused, and counted all the same.
const HIGH_LIMITS = {
  LIMIT_API_KEY_PER_MINUTE: '1000000',
  LIMIT_PREAUTH_PER_MINUTE: '1000000',
  LIMIT_PUBLIC_BOOKING_PER_MINUTE: '1000000',
};

/** `keep`: a folder in which the filled database stays for the next run. */
export async function openWorld({ tiny, keep = null, tell }) {
  const world = worldOf(tiny);
  const folder = await temporaryFolder();
  const running = [];
  const close = async () => {
    for (const process of running.reverse()) await process.stop();
    await folder.remove();
  };
  const open = async (what, started) => {
    tell(what);
    const process = await started;
    running.push(process);
    return process;
  };
  try {
    const postgres = await open('PostgreSQL', startPostgres(keep ?? join(folder.path, 'postgres')));
    const { migrate } = await built('src/platform/persistence/data-source.js');
    await migrate(postgres.url);
    if (postgres.isNew) await fill(postgres.url, world, tell);
    else await forgetRuns(postgres.url);
    const keys = await issueKeys(postgres.url);
    const redisFolder = join(folder.path, 'redis');
    await mkdir(redisFolder);
    const redis = await open('Redis', startRedis(redisFolder));
    const env = {
      ...HIGH_LIMITS,
      ...{
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        DATA_DIR: folder.path,
        HOST: '127.0.0.1',
        PORT: '0',
      },
    };
    const linktime = await open('LinkTime', startLinkTime(env));
    const bare = await open(
      'the bare server',
      startBareServer({
        DATABASE_URL: postgres.url,
        DATA_DIR: folder.path,
        OWNER_ID: ids.owner(owners.main),

        LINKTIME_DIST: process.env.LINKTIME_DIST ?? 'dist',
      }),
    );
    const client = await open('the client', startClient());
    return { world, env, keys, linktime, bare, client, postgresVersion: postgres.version, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What earlier runs on a kept database have booked. */
async function forgetRuns(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const table of ['bookings', 'contacts']) {
    await client.query(`delete from ${table} where owner_id >= $1`, [ids.owner(ids.host(0))]);
  }
  await client.query('truncate outbox, api_keys');
  await client.query('vacuum (analyze) bookings, contacts, booking_counts');
  await client.end();
}

/** A key for each owner, by the owner's name. */
export async function issueKeys(url) {
  const { makeKeyText, hashOfKey } = await built('src/identity/domain/api-key.js');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const keys = {};
  for (const [name, owner] of Object.entries(owners)) {
    keys[name] = makeKeyText(randomBytes(32));
    await client.query(
      `insert into api_keys (id, owner_id, name, prefix, hash, created_at)
       values (gen_random_uuid(), $1, 'Bench', $2, $3, now())`,
      [ids.owner(owner), keys[name].slice(0, 12), hashOfKey(keys[name])],
    );
  }
  await client.end();
  return keys;
}

/** Throws unless both answer alike. */
export async function checkLikeness({ linktime, bare }, paths, key) {
  const headers = { authorization: `Bearer ${key}` };
  for (const path of paths) {
    const [one, other] = await Promise.all(
      [linktime, bare].map(async ({ url }) => (await fetch(url + path, { headers })).json()),
    );
    deepStrictEqual(one, other, `${path} is not answered alike`);
  }
}
