// The whole of what is measured: started, filled, stopped.
import { deepStrictEqual } from 'node:assert';
import pg from 'pg';
import { ids, owners, worldOf } from './fill.mjs';
import { startBareServer, startClient, startLinkTime } from './processes.mjs';
import { openStage } from './stage.mjs';

/** `keep`: a folder in which the filled database stays for the next run. */
export async function openWorld({ tiny, keep = null, tell }) {
  const world = worldOf(tiny);
  return openStage({ keep, sizes: world, forgetRuns, tell }, async ({ folder, postgres, env, open }) => {
    const linktime = await open('LinkTime', startLinkTime(env));
    const bareEnv = {
      DATABASE_URL: postgres.url,
      DATA_DIR: folder.path,
      OWNER_ID: ids.owner(owners.main),
      LINKTIME_DIST: process.env.LINKTIME_DIST ?? 'dist',
    };
    const bare = await open('the bare server', startBareServer(bareEnv));
    const client = await open('the client', startClient());
    return { world, env, linktime, bare, client, postgresVersion: postgres.version };
  });
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
