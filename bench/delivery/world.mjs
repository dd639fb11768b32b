// An installation in production profile that delivers: API, worker, PostgreSQL, Redis, and a receiver on this machine.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { fill, ids } from '../http/fill.mjs';
import {
  built,
  startHelper,
  startLinkTime,
  startPostgres,
  startRedis,
  startWorker,
  temporaryFolder,
} from '../http/processes.mjs';
import { issueKeys } from '../http/world.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const SETTINGS = {
  LIMIT_API_KEY_PER_MINUTE: '1000000',
  LIMIT_PREAUTH_PER_MINUTE: '1000000',
  LIMIT_PUBLIC_BOOKING_PER_MINUTE: '1000000',
  WEBHOOK_ALLOW_PRIVATE: 'true',
  HOST: '127.0.0.1',
  PORT: '0',
};

export async function openWorld({ tiny, tell }) {
  const sizes = {
    bookings: { main: tiny ? 200 : 20_000 },
    contacts: { main: tiny ? 100 : 5_000 },
    hosts: tiny ? 4 : 24,
  };
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
    const postgres = await open('PostgreSQL', startPostgres(join(folder.path, 'postgres')));
    const { migrate } = await built('src/platform/persistence/data-source.js');
    await migrate(postgres.url);
    await fill(postgres.url, sizes, tell);
    const keys = await issueKeys(postgres.url);
    const redisFolder = join(folder.path, 'redis');
    await mkdir(redisFolder);
    const redis = await open('Redis', startRedis(redisFolder));
    const env = { ...SETTINGS, DATABASE_URL: postgres.url, REDIS_URL: redis.url, DATA_DIR: folder.path };
    const receiver = await open('the receiver', startHelper(join(here, 'receiver.mjs')));
    const { url: receiverUrl } = await receiver.ask({ what: 'listen' });
    const database = await openDatabase(postgres.url);
    running.push({ stop: () => database.end() });
    for (let host = 0; host < sizes.hosts; host += 1) {
      await database.query(
        endpointSql(ids.owner(ids.host(host)), `${receiverUrl}/steady/${host}`, 'booking.created'),
      );
    }
    const api = await open('the API', startLinkTime(env));
    const worker = await open('the worker', startWorker(env));
    const visitors = await open('visitors', startHelper(join(here, 'visitors.mjs')));
    const { version } = postgres;
    return { sizes, keys, api, worker, receiver, receiverUrl, visitors, database, postgres: version, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openDatabase(url) {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  return database;
}

/** Owners with endpoints of their own on the line `burst`; returns their ids. */
export async function addOwners({ database, receiverUrl }, { owners, endpointsEach }) {
  const { rows } = await database.query(`
    insert into users (id, email, name, username, timezone, plan, created_at, updated_at)
    select id, id || '@example.com', 'Busy owner', 'busy-' || id, 'UTC', 'BUSINESS', now(), now()
    from (select gen_random_uuid() as id from generate_series(1, ${owners})) made returning id`);
  for (const { id } of rows) {
    for (let number = 0; number < endpointsEach; number += 1) {
      await database.query(endpointSql(id, `${receiverUrl}/burst/${id}/${number}`, 'contact.created'));
    }
  }
  return rows.map(({ id }) => id);
}

function endpointSql(ownerId, url, event) {
  return `
    insert into webhook_endpoints (id, owner_id, url, events, secret, state, created_at, updated_at)
    values (gen_random_uuid(), '${ownerId}', '${url}', '{${event}}',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwLaLaSwLaLaQ=', 'ENABLED', now(), now())`;
}

/** As many events at once as an import makes, spread evenly over the owners, and the bell that a change rings. */
export async function putEvents(database, owners, count) {
  await database.query(
    `insert into outbox (id, name, owner_id, subject_id, data, occurred_at)
     select 'evt_' || gen_random_uuid(), 'contact.created', ($1::uuid[])[1 + n % cardinality($1::uuid[])], contact,
       json_build_object('id', contact, 'name', 'Contact ' || n, 'email', 'contact' || n || '@example.com', 'phone', null,
         'company', 'Analytical Engines', 'notes', null, 'source', 'IMPORT',
         'createdAt', '2026-01-01T10:00:00.000Z', 'updatedAt', '2026-01-01T10:00:00.000Z'),
       clock_timestamp()
     from (select n, gen_random_uuid() as contact from generate_series(1, $2::int) n) made`,
    [owners, count],
  );
  await database.query('notify outbox');
}
