// Fills a database by generate_series: the same rows on every run. Times are relative to midnight of the day of the run.
import pg from 'pg';

/** What is where: `main` is whom the workloads ask for, the others are there for size. */
export function worldOf(tiny) {
  return tiny
    ? {
        bookings: { main: 1_000, small: 100, large: 2_000, connected: 100 },
        contacts: { main: 500, small: 50, medium: 100 },
        calendars: { connections: 3, events: 50 },
        hosts: 4,
      }
    : {
        bookings: { main: 100_000, small: 10_000, large: 1_000_000, connected: 10_000 },
        contacts: { main: 100_000, small: 1_000, medium: 10_000 },
        calendars: { connections: 3, events: 5_000 },
        hosts: 24,
      };
}

/** Ids tell at a glance what they are of: kind, owner, number. */
const uuid = (kind, owner, number) =>
  `${kind}${String(owner).padStart(7, '0')}-0000-7000-8000-${Number(number).toString(16).padStart(12, '0')}`;
const uuidSql = (kind, owner, number) =>
  `('${kind}${String(owner).padStart(7, '0')}-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

export const owners = { main: 1, small: 2, large: 3, medium: 4, connected: 5 };
const FIRST_HOST = 100;

export const ids = {
  owner: (owner) => uuid('a', owner, 0),
  eventType: (owner) => uuid('e', owner, 0),
  contact: (owner, number) => uuid('c', owner, number),
  booking: (owner, number) => uuid('b', owner, number),
  host: (number) => FIRST_HOST + number,
};

/** Half an hour at each full hour, from long ago until 60 days from now: the newest is the first. */
const DAYS_AHEAD = 60;

/** Empties nothing: for a database with the schema and no rows. `tell` is told of each step. */
export async function fill(url, world, tell) {
  const client = new pg.Client({
    connectionString: url,
    options: '-c timezone=UTC -c synchronous_commit=off -c maintenance_work_mem=512MB',
  });
  await client.connect();
  const run = async (what, sql) => {
    tell(what);
    await client.query(sql);
  };
  try {
    const people = [
      ...Object.values(owners),
      ...Array.from({ length: world.hosts }, (_, host) => ids.host(host)),
    ];
    for (const owner of people) await client.query(ownerSql(owner));
    const indexes = await dropIndexes(client);
    await client.query('set session_replication_role = replica'); // no triggers: references hold, and counts follow
    for (const [name, size] of Object.entries(world.contacts)) {
      await run(`contacts of ${name}: ${size}`, contactsSql(owners[name], size));
    }
    for (const [name, size] of Object.entries(world.bookings)) {
      const contacts = world.contacts[name] ?? null;
      await run(`bookings of ${name}: ${size}`, bookingsSql(owners[name], size, contacts));
    }
    await run('e-mail logs', EMAIL_LOGS);
    if (world.calendars) await run('calendars', calendarsSql(owners.connected, world.calendars));
    await client.query('set session_replication_role = origin');
    for (const index of indexes) await run(`index ${index.name}`, index.sql);
    await run('counts', COUNTS);
    await run('vacuum', 'vacuum (analyze)');
    await run('checkpoint', 'checkpoint');
  } finally {
    await client.end();
  }
}

// Built once over all rows, indexes take a tenth of the time. Keys that others refer to stay.
async function dropIndexes(client) {
  const { rows } = await client.query(`
    select i.relname as name, t.relname as table,
      coalesce('alter table ' || t.relname || ' add constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid),
               pg_get_indexdef(i.oid)) as sql, c.conname as constraint
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    left join pg_constraint c on c.conindid = i.oid and c.contype in ('x', 'u')
    where t.relname in ('bookings', 'contacts') and not x.indisprimary`);
  for (const row of rows) {
    await client.query(
      row.constraint
        ? `alter table ${row.table} drop constraint ${row.constraint}`
        : `drop index ${row.name}`,
    );
  }
  return rows;
}

const HOURS = (start, end) =>
  JSON.stringify(
    ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'].map((day) => ({
      day,
      start,
      end,
    })),
  );

/** Hosts of the booking workload are open round the clock in steps of ten minutes; the others on each day from nine to five. */
function ownerSql(owner) {
  const isHost = owner >= FIRST_HOST;
  const minutes = isHost ? 10 : 30;
  return `
    insert into users (id, email, name, username, timezone, plan, created_at, updated_at) values
      ('${ids.owner(owner)}', 'owner${owner}@example.com', 'Owner ${owner}', 'owner${owner}', 'UTC', 'BUSINESS', now(), now());
    insert into event_types (id, owner_id, slug, name, duration_minutes, buffer_before, buffer_after,
      minimum_notice_minutes, booking_window_days, timezone, availability, overrides, questions, is_active, position,
      created_at, updated_at)
    values ('${ids.eventType(owner)}', '${ids.owner(owner)}', 'intro', 'Intro call', ${minutes}, 0, 0, 0, 730, 'UTC',
      '${isHost ? HOURS('00:00', '24:00') : HOURS('09:00', '17:00')}', '[]', '[]', true, 0, now(), now())`;
}

const NAMES = `(array['Ada','Grace','Alan','Edsger','Barbara','Donald','Frances','Ken','Leslie','Margaret','Niklaus','Radia'])`;
const SURNAMES = `(array['Lovelace','Hopper','Turing','Dijkstra','Liskov','Knuth','Allen','Thompson','Lamport','Hamilton'])`;
const COMPANIES = `(array['Analytical Engines','Difference Ltd','Bombe & Co','Structured AG','Abstract Inc','Literate Press','Unix Labs'])`;

// The last names are numbered, so that a search can be for few, as people search, or for many.
function contactsSql(owner, size) {
  return `
    insert into contacts (id, owner_id, name, email, phone, company, source, created_at, updated_at)
    select ${uuidSql('c', owner, 'n')}, '${ids.owner(owner)}',
      ${NAMES}[1 + n % 12] || ' ' || ${SURNAMES}[1 + n / 12 % 10] || ' ' || substr(md5('contact ' || n), 1, 6),
      'contact' || n || '@' || substr(md5('host ' || n % 5000), 1, 8) || '.example.com',
      case when n % 3 = 0 then '+44 20 ' || n end, ${COMPANIES}[1 + n % 7], 'BOOKING',
      now() - make_interval(mins => n), now() - make_interval(mins => n)
    from generate_series(1, ${size}) n`;
}

// One in ten was cancelled.
function bookingsSql(owner, size, contacts) {
  const contact = contacts === null ? 'null' : uuidSql('c', owner, `1 + (n * 7919::bigint) % ${contacts}`);
  return `
    insert into bookings (id, owner_id, event_type_id, contact_id, status, starts_at, ends_at, blocked, event_type_name,
      duration_minutes, invitee_name, invitee_email, invitee_timezone, guests, notes, answers, invitee_token, sequence,
      cancelled_at, cancelled_by, cancel_reason, created_at, updated_at)
    select ${uuidSql('b', owner, 'n')}, '${ids.owner(owner)}', '${ids.eventType(owner)}', ${contact},
      case when n % 10 = 0 then 'CANCELLED' else 'CONFIRMED' end, start, start + interval '30 minutes',
      tstzrange(start, start + interval '30 minutes'), 'Intro call', 30,
      ${NAMES}[1 + n % 12] || ' ' || ${SURNAMES}[1 + n / 12 % 10], 'invitee' || n || '@example.com', 'Europe/London', '[]',
      'About the engine', '{}', md5('token ' || n), 0,
      case when n % 10 = 0 then start - interval '1 day' end, case when n % 10 = 0 then 'HOST' end,
      case when n % 10 = 0 then 'Ill' end, start - interval '14 days', start - interval '14 days'
    from (select n, date_trunc('day', now()) + interval '${DAYS_AHEAD} days' - make_interval(hours => n) as start
          from generate_series(1, ${size}) n) numbered`;
}

// Half an hour at each full hour of the evening, when nothing is offered, so that it takes no slot away: 5,000 of them fill the two
// years that are cached.
function calendarsSql(owner, { connections, events }) {
  const connection = uuidSql('f', owner, '1 + n % ' + connections);
  return `
    insert into calendar_connections (id, owner_id, provider, account, credentials, synced_at, stale_at, failures, access_lost,
      created_at, updated_at)
    select ${uuidSql('f', owner, 'n')}, '${ids.owner(owner)}', 'CALDAV', 'account ' || n, '', now(), 'infinity', 0, false, now(), now()
    from generate_series(1, ${connections}) n;
    insert into calendars (id, connection_id, owner_id, remote_id, name, writable, is_read, is_written)
    select id, id, owner_id, 'calendar', 'Calendar', true, true, false from calendar_connections;
    insert into calendar_events (calendar_id, remote_id, told_in_turn)
    select ${connection}, n, 1 from generate_series(1, ${events}) n;
    insert into busy_times (calendar_id, remote_id, owner_id, busy)
    select ${connection}, n, '${ids.owner(owner)}', tstzrange(start, start + interval '30 minutes')
    from (select n, date_trunc('day', now()) + make_interval(days => n / 7, hours => 17 + n % 7) as start
          from generate_series(1, ${events}) n) numbered`;
}

// Two for each of the first thousand bookings, which the detail workload asks for.
const EMAIL_LOGS = `
  insert into email_logs (id, owner_id, booking_id, event_id, type, recipient, subject, status, attempts, created_at,
    next_attempt_at, sent_at)
  select ('d000000' || (mail - 1) || substr(b.id::text, 9))::uuid, b.owner_id, b.id, 'evt_' || b.id,
    (array['BOOKING_CONFIRMATION', 'BOOKING_NOTIFICATION'])[mail], 'someone@example.com', 'Confirmed: Intro call', 'SENT', 1,
    b.created_at, b.created_at, b.created_at
  from bookings b, generate_series(1, 2) mail
  where b.owner_id = '${ids.owner(owners.main)}' and b.id <= '${ids.booking(owners.main, 1_000)}'`;

// The triggers that keep them were off.
const COUNTS = `
  insert into booking_counts (owner_id, status, total) select owner_id, status, count(*) from bookings group by owner_id, status`;
