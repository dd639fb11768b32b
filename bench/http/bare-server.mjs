// What LinkTime is measured against: Fastify and pg, the best SQL we know by hand, the same answers through the same response
// schemas, and nothing else: no authentication, no limits, no validation, no log, no layers.
import { randomBytes } from 'node:crypto';
import { fastify } from 'fastify';
import pg from 'pg';
import { v7 } from 'uuid';
import { built } from './processes.mjs';

const { answerSchemas, committedDocument } = await built('src/composition/answer-schemas.js');
const { rarestPieces } = await built('src/crm/domain/search-pieces.js');
const { PieceSample } = await built('src/crm/reads/piece-sample.js');
const { DATABASE_URL, OWNER_ID } = process.env;

const TIMESTAMPTZ = 1184;
const utcText = (text) =>
  `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, text.indexOf('+', 19)).slice(0, 3).padEnd(3, '0')}Z`;
const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: 10,
  options: '-c timezone=UTC',
  types: {
    getTypeParser: (oid, format) => (oid === TIMESTAMPTZ ? utcText : pg.types.getTypeParser(oid, format)),
  },
});
const ask = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const server = fastify({ logger: false });
const schemas = answerSchemas(committedDocument());
const route = (method, url, handler) =>
  server.route({ method, url, handler, schema: { response: schemas(method, url) } });

route('GET', '/api/v1/me', async () => {
  const [{ plan, ...me }] = await ask(
    'me',
    'select id, email, name, username, plan, timezone from users where id = $1',
    [OWNER_ID],
  );
  return { ...me, plan, effectivePlan: plan };
});

const BOOKING = `b.id, b.status, b.starts_at as "startTime", b.ends_at as "endTime", b.invitee_name as "inviteeName",
  b.invitee_email as "inviteeEmail", b.invitee_timezone as "inviteeTimezone", b.invitee_phone as "inviteePhone", b.guests,
  b.notes, b.answers, b.location, b.meeting_link as "meetingLink", b.cancel_reason as "cancelReason",
  b.cancelled_at as "cancelledAt", b.cancelled_by as "cancelledBy", b.sequence, b.created_at as "createdAt",
  b.updated_at as "updatedAt", b.event_type_id, b.event_type_name, b.duration_minutes, t.slug,
  c.id as contact_id, c.name as contact_name, c.email as contact_email, c.phone as contact_phone, c.company as contact_company`;
const JOINS = 'join event_types t on t.id = b.event_type_id left join contacts c on c.id = b.contact_id';

function booking(row) {
  row.payment = null;
  row.eventType = {
    id: row.event_type_id,
    name: row.event_type_name,
    slug: row.slug,
    durationMinutes: row.duration_minutes,
  };
  row.contact = row.contact_id && {
    id: row.contact_id,
    name: row.contact_name,
    email: row.contact_email,
    phone: row.contact_phone,
    company: row.contact_company,
  };
  return row;
}

const TOTAL = '(select coalesce(sum(total), 0)::int from booking_counts where owner_id = $1)';

route('GET', '/api/v1/bookings', async ({ query }) => {
  const page = Number(query.page ?? 1);
  const limit = Number(query.limit ?? 20);
  const rows = await ask(
    'bookings',
    `select ${TOTAL} as total, ${BOOKING}
     from (select * from bookings where owner_id = $1 order by starts_at desc, id desc limit $2 offset $3) b ${JOINS}
     order by b.starts_at desc, b.id desc`,
    [OWNER_ID, limit, (page - 1) * limit],
  );
  const total = rows[0]?.total ?? 0;
  return {
    data: rows.map(booking),
    pagination: { page, limit, total, totalPages: Math.ceil(total / limit) },
  };
});

route('GET', '/api/v1/bookings/:id', async ({ params }) => {
  const [row] = await ask(
    'booking',
    `select ${BOOKING}, (select json_agg(json_build_object('id', id, 'type', type, 'recipient', recipient, 'subject', subject,
       'status', status, 'error', error, 'attempts', attempts,
       'createdAt', to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       'sentAt', to_char(sent_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by created_at, id)
       from email_logs where booking_id = b.id) as "emailLogs",
       (select json_build_object('state', state, 'error', last_error,
          'mirroredAt', to_char(mirrored_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        from mirrored_bookings where booking_id = b.id
        order by array_position(array['FAILED', 'PENDING', 'MIRRORED'], state), id limit 1) as calendar
     from bookings b ${JOINS} where b.id = $1 and b.owner_id = $2`,
    [params.id, OWNER_ID],
  );
  const found = booking(row);
  found.emailLogs ??= [];
  return found;
});

// By the rarest pieces of what is searched, which are the same for both servers.
const sample = new PieceSample({ query: async (text, values) => (await pool.query(text, values)).rows });
await sample.take();

route('GET', '/api/v1/contacts', async ({ query }) => {
  const search = query.search.toLowerCase();
  const [one, other = one, third = other] = rarestPieces([search], sample.latest);
  if (!one) throw new Error(`Nothing in ${search} is rare`);
  const rows = await ask(
    'contacts',
    `with found as materialized (
       select id, created_at from contacts
       where search like '%' || $3 || '%' and search like '%' || $4 || '%' and search like '%' || $5 || '%'
         and owner_id is not distinct from $1 and strpos(search, $2) > 0)
     select (select count(*)::int from found) as total, c.id, c.name, c.email, c.phone, c.company, c.notes, c.source,
       (select count(*)::int from bookings b where b.contact_id = c.id and b.status = 'CONFIRMED') as "meetingCount",
       c.created_at as "createdAt", c.updated_at as "updatedAt"
     from (select id from found order by created_at desc, id desc limit 20) page join contacts c on c.id = page.id
     order by c.created_at desc, c.id desc`,
    [OWNER_ID, search, one, other, third],
  );
  const total = rows[0]?.total ?? 0;
  return { data: rows, pagination: { page: 1, limit: 20, total, totalPages: Math.ceil(total / 20) } };
});

const DAY = 86_400_000;
const two = (number) => String(number).padStart(2, '0');
const TIMES = Array.from(
  { length: 1_440 },
  (_, minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`,
);

// Hours in UTC, no limits, no overrides: just what the workload needs.
route('GET', '/api/v1/availability/:slug', async ({ params, query }) => {
  const from = Date.parse(query.startDate);
  const to = Date.parse(query.endDate) + DAY;
  const [row] = await ask(
    'availability',
    `select id, name, slug, duration_minutes, availability,
       (select json_agg(json_build_array((extract(epoch from lower(blocked)) * 1000)::bigint,
                                         (extract(epoch from upper(blocked)) * 1000)::bigint) order by lower(blocked))
        from bookings b where b.owner_id = t.owner_id and b.status in ('CONFIRMED', 'PENDING')
          and b.blocked && tstzrange(to_timestamp($3), to_timestamp($4))) as busy,
       (select json_agg(lower(blocked)) from holds h where h.owner_id = t.owner_id and h.expires_at > now()) as held
     from event_types t where owner_id = $1 and slug = $2 and is_active`,
    [OWNER_ID, params.slug, from / 1_000, to / 1_000],
  );
  const busy = row.busy ?? [];
  const length = row.duration_minutes * 60_000;
  const earliest = Date.now();
  const data = [];
  let next = 0;
  for (let day = from; day < to; day += DAY) {
    const date = new Date(day).toISOString().slice(0, 10);
    const { start, end } = row.availability[(new Date(day).getUTCDay() + 6) % 7];
    const closes = day + minutes(end);
    for (let at = day + minutes(start); at + length <= closes; at += length) {
      while (next < busy.length && busy[next][1] <= at) next += 1;
      if (at < earliest || (next < busy.length && busy[next][0] < at + length)) continue;
      const time = TIMES[(at - day) / 60_000];
      const endTime = TIMES[(at + length - day) / 60_000];
      data.push({ date, time, startTime: `${date}T${time}:00.000Z`, endTime: `${date}T${endTime}:00.000Z` });
    }
  }
  const eventType = { id: row.id, name: row.name, slug: row.slug, durationMinutes: row.duration_minutes };
  return { data, eventType, timezone: query.timezone };
});

function minutes(text) {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * 60_000;
}

// Transactions that notify commit one after another, so this is told after them, once for all of ten milliseconds.
let isRung = false;
function ring() {
  if (isRung) return;
  isRung = true;
  setTimeout(() => {
    isRung = false;
    pool.query('notify outbox').catch(() => {});
  }, 10);
}

// All in one statement, which is a transaction by itself: the exclusion constraint decides.
const BOOK = `
  with offer as (select * from event_types where id = $1 and is_active),
  contact as (
    insert into contacts (id, owner_id, name, email, source, created_at, updated_at)
    select $2, owner_id, $3, $4, 'BOOKING', $5, $5 from offer
    on conflict (owner_id, email) do update set email = excluded.email returning id, owner_id, xmax = 0 as is_new),
  booking as (
    insert into bookings (id, owner_id, event_type_id, contact_id, status, starts_at, ends_at, blocked, event_type_name,
      duration_minutes, invitee_name, invitee_email, invitee_timezone, guests, answers, invitee_token, sequence, created_at,
      updated_at)
    select $6, o.owner_id, o.id, c.id, 'CONFIRMED', $7, $7 + make_interval(mins => o.duration_minutes),
      tstzrange($7 - make_interval(mins => o.buffer_before),
                $7 + make_interval(mins => o.duration_minutes + o.buffer_after)), o.name, o.duration_minutes, $3, $4, $8,
      '[]', '{}', $9, 0, $5, $5
    from offer o, contact c on conflict do nothing returning id, owner_id, contact_id, ends_at),
  events as (
    insert into outbox (id, name, owner_id, subject_id, data, occurred_at)
    select $10, 'contact.created', owner_id, id, json_build_object('id', id, 'name', $3, 'email', $4, 'phone', null,
      'company', null, 'notes', null, 'source', 'BOOKING', 'createdAt', $11::text, 'updatedAt', $11::text), $5
    from contact where is_new
    union all
    select $12, 'booking.created', b.owner_id, b.id, json_build_object('id', b.id, 'status', 'CONFIRMED', 'sequence', 0,
      'eventType', json_build_object('id', o.id, 'name', o.name, 'slug', o.slug, 'durationMinutes', o.duration_minutes),
      'startTime', $13::text, 'endTime', to_char(b.ends_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'invitee', json_build_object('name', $3, 'email', $4, 'timezone', $8, 'phone', null, 'guests', '[]'::json),
      'contactId', b.contact_id, 'location', null, 'meetingLink', null, 'notes', null, 'answers', '{}'::json, 'price', null,
      'createdAt', $11::text, 'updatedAt', $11::text), $5
    from booking b, offer o)
  select b.id, b.ends_at, o.id as event_type_id, o.name, o.slug, o.duration_minutes, o.location
  from booking b, offer o`;
const TYPED = BOOK.replace(/\$(\d+)(?!\d|::)/g, (place, number) => `${place}::${typeOf(Number(number))}`);

function typeOf(number) {
  if ([1, 2, 6].includes(number)) return 'uuid';
  return [5, 7].includes(number) ? 'timestamptz' : 'text';
}

route('POST', '/api/bookings', async ({ body }, reply) => {
  const { eventTypeId, inviteeName, inviteeEmail, inviteeTimezone, startTime } = body;
  const id = v7();
  const token = randomBytes(32).toString('base64url');
  const now = new Date().toISOString();
  const [row] = await ask('book', TYPED, [
    ...[eventTypeId, v7(), inviteeName, inviteeEmail, now, id, startTime, inviteeTimezone, token],
    ...[`evt_${v7()}`, now, `evt_${v7()}`, startTime],
  ]);
  if (!row) return reply.code(409).send({ error: 'This time slot is no longer available' });
  ring();
  reply.code(201);
  return {
    id,
    bookingId: id,
    status: 'CONFIRMED',
    startTime,
    endTime: row.ends_at,
    eventType: {
      id: row.event_type_id,
      name: row.name,
      slug: row.slug,
      durationMinutes: row.duration_minutes,
    },
    inviteeName,
    inviteeEmail,
    inviteeTimezone,
    location: row.location,
    meetingLink: null,
    cancelUrl: `http://127.0.0.1/bookings/${id}/cancel?token=${token}`,
    rescheduleUrl: `http://127.0.0.1/bookings/${id}/reschedule?token=${token}`,
  };
});

console.log(`listening on ${await server.listen({ port: 0, host: '127.0.0.1' })}`);
process.on('SIGTERM', () => process.exit(0));
