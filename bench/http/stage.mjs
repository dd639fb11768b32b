// What every measured installation stands on: a filled PostgreSQL, a Redis, keys, and settings in which no limit is reached.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { fill, ids, owners } from './fill.mjs';
import { built, startPostgres, startRedis, temporaryFolder } from './processes.mjs';

// High enough for no request of a run to be refused, and counted all the same.
const SETTINGS = {
  LIMIT_API_KEY_PER_MINUTE: '1000000',
  LIMIT_PREAUTH_PER_MINUTE: '1000000',
  LIMIT_PUBLIC_BOOKING_PER_MINUTE: '1000000',
  HOST: '127.0.0.1',
  PORT: '0',
};

/**
 * `keep`: a folder in which the database stays for the next run; one that is there is handed to `forgetRuns` in place of being filled.
 * What is opened on the stage is stopped with it, last first, and so is everything if `furnish` throws.
 */
export async function openStage(
  { keep = null, sizes, settings = {}, forgetRuns = async () => {}, tell },
  furnish,
) {
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
    if (postgres.isNew) await fill(postgres.url, sizes, tell);
    else await forgetRuns(postgres.url);
    const keys = await issueKeys(postgres.url);
    const redisFolder = join(folder.path, 'redis');
    await mkdir(redisFolder);
    const redis = await open('Redis', startRedis(redisFolder));
    const urls = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, DATA_DIR: folder.path };
    const stage = { folder, postgres, keys, env: { ...SETTINGS, ...settings, ...urls }, open, close };
    return { ...(await furnish(stage)), keys, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A key for each owner, by the owner's name. */
async function issueKeys(url) {
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
