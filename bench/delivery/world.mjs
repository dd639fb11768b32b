// An installation in production profile that delivers: API, worker, PostgreSQL, Redis, and a receiver on this machine.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ids } from '../http/fill.mjs';
import { startHelper, startLinkTime, startWorker } from '../http/processes.mjs';
import { openStage } from '../http/stage.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

export async function openWorld({ tiny, tell }) {
  const sizes = {
    bookings: { main: tiny ? 200 : 20_000 },
    contacts: { main: tiny ? 100 : 5_000 },
    hosts: tiny ? 4 : 24,
  };
  const settings = { WEBHOOK_ALLOW_PRIVATE: 'true' };
  return openStage({ sizes, settings, tell }, async ({ postgres, env, open }) => {
    const receiver = await open('the receiver', startHelper(join(here, 'receiver.mjs')));
    const { url: receiverUrl } = await receiver.ask({ what: 'listen' });
    const database = await openDatabase(postgres.url, open);
    for (let host = 0; host < sizes.hosts; host += 1) {
      await database.query(
        endpointSql(ids.owner(ids.host(host)), `${receiverUrl}/steady/${host}`, 'booking.created'),
      );
    }
    const api = await open('the API', startLinkTime(env));
    const worker = await open('the worker', startWorker(env));
    const visitors = await open('visitors', startHelper(join(here, 'visitors.mjs')));
    return { sizes, api, worker, receiver, receiverUrl, visitors, database, postgres: postgres.version };
  });
}

async function openDatabase(url, open) {
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  await open('a connection', { stop: () => database.end() });
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
