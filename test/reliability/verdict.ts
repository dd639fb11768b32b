import { eventually } from '../support/eventually.js';
import type { Asked } from './guests.js';
import type { World } from './world.js';

export interface Verdict {
  /** Requests of guests, and how often they were answered 503 or not at all. */
  readonly requests: number;
  readonly refusals: number;
  readonly bookings: number;
  readonly events: number;
  readonly webhooks: number;
  /** Webhooks and mails that came more than once, under the same id. */
  readonly webhooksTwice: number;
  readonly mails: number;
  readonly mailsTwice: number;
  /** From the change to the first receipt, in seconds. */
  readonly longestDelaySeconds: number;
  /** How long it took until nothing was owed any more, in seconds. */
  readonly drainedSeconds: number;
  /** What is wrong, one sentence each. */
  readonly faults: readonly string[];
}

/** Waits until nothing is owed any more but to receivers that never take it, and returns how many seconds that took. */
export async function drain(world: World, withinMs: number): Promise<number> {
  const began = performance.now();
  let left = '';
  try {
    await eventually(async () => {
      const [row] = await world.query<{ events: number; webhooks: number; mails: number }>(
        `select (select count(*)::int from outbox where handled_at is null) as events,
           (select count(*)::int from webhook_deliveries d join webhook_endpoints e on e.id = d.endpoint_id
            where d.status = 'PENDING' and e.url like '%/good%') as webhooks,
           (select count(*)::int from email_logs where status = 'QUEUED') as mails`,
      );
      left = JSON.stringify(row);
      return row!.events + row!.webhooks + row!.mails === 0;
    }, withinMs);
  } catch {
    const stuck = await world.query(
      `select 'event' as what, attempts, last_error as error, next_attempt_at - now() as due, null as busy
         from outbox where handled_at is null
       union all select 'webhook', attempts, last_error, next_attempt_at - now(), busy_until - now()
         from webhook_deliveries where status = 'PENDING'
       union all select 'mail', attempts, error, next_attempt_at - now(), busy_until - now()
         from email_logs where status = 'QUEUED' limit 5`,
    );
    throw new Error(
      `After ${withinMs / 1_000} s there is still owed: ${left}, such as ${JSON.stringify(stuck)}\n${lastWords(world)}`,
    );
  }
  return (performance.now() - began) / 1_000;
}

/** What processes wrote last of what went wrong. */
function lastWords(world: World): string {
  const complaints = world
    .logs()
    .split('\n')
    .filter((line) => line.includes('"level":50'));
  return complaints.slice(-5).join('\n').slice(0, 5_000);
}

/** Holds what guests were told, what is stored and what the world received against each other. */
export async function judge(world: World, asked: readonly Asked[], drainedSeconds: number): Promise<Verdict> {
  const bookings = await world.query<StoredBooking>(
    `select id, event_type_id as "eventTypeId", invitee_email as email, starts_at as starts, status from bookings`,
  );
  const events = await world.query<{ id: string; name: string; owner: string; subject: string; at: string }>(
    'select id, name, owner_id as owner, subject_id as subject, occurred_at as at from outbox',
  );
  const overlaps = await world.query(
    `select a.id from bookings a join bookings b on a.owner_id = b.owner_id and a.id < b.id and a.blocked && b.blocked
     where a.status = 'CONFIRMED' and b.status = 'CONFIRMED'`,
  );
  const {
    webhooks,
    webhooksTwice,
    longestDelaySeconds,
    faults: hookFaults,
  } = await judgeHooks(world, events);
  const { mails, mailsTwice, faults: mailFaults } = await judgeMails(world);
  return {
    requests: asked.reduce((sum, { answers }) => sum + answers.length, 0),
    refusals: asked.reduce(
      (sum, { answers }) => sum + answers.filter((it) => it === 0 || it === 503).length,
      0,
    ),
    bookings: bookings.length,
    events: events.length,
    ...{ webhooks, webhooksTwice, mails, mailsTwice, longestDelaySeconds, drainedSeconds },
    faults: [
      ...overlaps.map(() => 'Two confirmed bookings overlap'),
      ...judgeAnswers(asked, bookings),
      ...judgeEvents(bookings, events),
      ...hookFaults,
      ...mailFaults,
    ],
  };
}

interface StoredBooking {
  readonly id: string;
  readonly eventTypeId: string;
  readonly email: string;
  readonly starts: string;
  readonly status: string;
}

function judgeAnswers(asked: readonly Asked[], bookings: readonly StoredBooking[]): string[] {
  const faults: string[] = [];
  const ofId = new Map(bookings.map((booking) => [booking.id, booking]));
  const wishes = new Set(asked.map(({ inviteeEmail }) => inviteeEmail));
  const taken = new Set(bookings.map(({ eventTypeId, starts }) => `${eventTypeId} ${starts}`));
  for (const { kind, answers, id, eventTypeId, startTime } of asked) {
    const strange = answers.find((status) => ![0, 200, 201, 409, 503].includes(status));
    if (strange) faults.push(`A request to ${kind} was answered ${strange}`);
    const last = answers.at(-1);
    if (kind === 'book' && last === 201 && ofId.get(id!)?.starts !== startTime)
      faults.push('A confirmed booking is not there');
    if (kind === 'book' && last === 409 && !taken.has(`${eventTypeId} ${startTime}`))
      faults.push('A slot was refused that nobody had taken');
    if (kind === 'cancel' && last === 200 && ofId.get(id!)?.status !== 'CANCELLED')
      faults.push('A cancelled booking is not cancelled');
    if (kind === 'cancel' && last === 409)
      faults.push('A cancellation was refused that nobody else had asked for');
  }
  const booked = bookings.map(({ email }) => email);
  if (booked.some((email) => !wishes.has(email))) faults.push('There is a booking that nobody asked for');
  if (new Set(booked).size < booked.length) faults.push('One wish was booked twice');
  return faults;
}

function judgeEvents(
  bookings: readonly { id: string; status: string }[],
  events: readonly { name: string; subject: string }[],
): string[] {
  const of = (name: string) => events.filter((event) => event.name === name).map(({ subject }) => subject);
  return [
    ...differences(
      'booking.created',
      of('booking.created'),
      bookings.map(({ id }) => id),
    ),
    ...differences(
      'booking.cancelled',
      of('booking.cancelled'),
      bookings.filter(({ status }) => status === 'CANCELLED').map(({ id }) => id),
    ),
  ];
}

async function judgeHooks(
  world: World,
  events: readonly { id: string; owner: string; at: string }[],
): Promise<Pick<Verdict, 'webhooks' | 'webhooksTwice' | 'longestDelaySeconds' | 'faults'>> {
  const endpoints = await world.query<{ owner: string; url: string }>(
    `select owner_id as owner, url from webhook_endpoints where url like '%/good%'`,
  );
  const faults: string[] = [];
  const happenedAt = new Map(events.map(({ id, at }) => [id, Date.parse(at)]));
  let received = 0;
  let longest = 0;
  for (const { owner, url } of endpoints) {
    const here = world.hooks.accepted.filter(({ endpoint }) => url.endsWith(endpoint));
    const firsts = new Map<string, string>();
    for (const { id, body, at } of here) {
      if (firsts.has(id)) {
        if (firsts.get(id) !== body) faults.push('A webhook came again with another body');
        continue;
      }
      firsts.set(id, body);
      longest = Math.max(longest, at - (happenedAt.get(id) ?? at));
    }
    const due = events.filter((event) => event.owner === owner).map(({ id }) => id);
    faults.push(...differences('webhook', [...firsts.keys()], due));
    received += firsts.size;
  }
  const [doubled] = await world.query<{ count: number }>(
    `select count(*)::int from (select 1 from webhook_attempts where status_code between 200 and 299
       group by delivery_id having count(*) > 1) twice`,
  );
  if (doubled!.count > 0) faults.push(`${doubled!.count} webhooks were sent again after a recorded success`);
  const all = world.hooks.accepted.filter(({ endpoint }) => endpoint.startsWith('/good')).length;
  return { webhooks: received, webhooksTwice: all - received, longestDelaySeconds: longest / 1_000, faults };
}

async function judgeMails(world: World): Promise<Pick<Verdict, 'mails' | 'mailsTwice' | 'faults'>> {
  const owed = await world.query<{ id: string; status: string }>('select id, status from email_logs');
  const received = world.mails.received.map(({ messageId }) => messageId.split('@')[0]!);
  const faults = owed.filter(({ status }) => status !== 'SENT').map(({ status }) => `A mail is ${status}`);
  const once = [...new Set(received)];
  faults.push(
    ...differences(
      'mail',
      once,
      owed.map(({ id }) => id),
    ),
  );
  return { mails: once.length, mailsTwice: received.length - once.length, faults };
}

function differences(what: string, got: readonly string[], due: readonly string[]): string[] {
  const faults: string[] = [];
  const all = new Set(got);
  const expected = new Set(due);
  if (all.size < got.length) faults.push(`${got.length - all.size} of ${what} are there twice`);
  const missing = [...expected].filter((id) => !all.has(id)).length;
  if (missing > 0) faults.push(`${missing} of ${what} are missing`);
  const unknown = [...all].filter((id) => !expected.has(id)).length;
  if (unknown > 0) faults.push(`${unknown} of ${what} are for what never happened`);
  return faults;
}
