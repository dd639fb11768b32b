import type { Instant } from '@js-joda/core';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import type { WebhookEndpoint } from '../domain/webhook-endpoint.js';
import { WebhookDeliveries, type ClaimedDelivery, type EndedAttempt, type Recovered } from '../ports.js';
import { IS_DUE, WEBHOOK_DELIVERIES_CHANNEL } from './due-deliveries.js';

// No statement takes longer than a fraction of a second, however much an endpoint is owed.
const RECOVERED_AT_ONCE = 2_000;
const ABANDONED_AT_ONCE = 1_000;

/** Deliveries in PostgreSQL. Who locks endpoints and deliveries locks the endpoint first. */
export class PostgresWebhookDeliveries extends WebhookDeliveries {
  constructor(private readonly session: Session) {
    super();
  }

  async fanOut(eventIds: readonly string[]): Promise<void> {
    const owed = this.session.prepared(
      'fan out events',
      `insert into webhook_deliveries (id, event_id, endpoint_id, status, next_attempt_at, created_at)
       select gen_random_uuid(), p.id, e.id, 'PENDING', now(), now()
       from published_events p join webhook_endpoints e on e.owner_id = p.owner_id
       where p.id = any($1) and e.state = 'ENABLED' and ${LISTENS}
       order by p.position on conflict (event_id, endpoint_id) do nothing returning id`,
      [eventIds],
    );
    this.session.follow(
      owed.then(({ length }) => {
        if (length > 0) this.session.tell(WEBHOOK_DELIVERIES_CHANNEL);
      }),
    );
  }

  async owe(eventId: string, endpointId: string): Promise<string> {
    const [owed] = await this.session.query<{ id: string }>(
      `insert into webhook_deliveries (id, event_id, endpoint_id, status, next_attempt_at, created_at)
       values (gen_random_uuid(), $1, $2, 'PENDING', now(), now())
       on conflict (event_id, endpoint_id) do update set ${BEGUN_ANEW} returning id`,
      [eventId, endpointId],
    );
    this.session.tell(WEBHOOK_DELIVERIES_CHANNEL);
    return owed!.id;
  }

  async recover({ state }: WebhookEndpoint, since: Instant, after: string | null): Promise<Recovered> {
    // A microsecond lies between two attempts, so that they are made in the order in which it all happened.
    const [recovered] = await this.session.query<Recovered>(
      `with missed as (
         select p.id, p.position, row_number() over (order by p.position) as place
         from published_events p join webhook_endpoints e on e.id = $1
         where p.owner_id = $2 and p.position > $3 and p.published_at >= $4 and not p.is_test and ${LISTENS}
           and not exists (
             select from webhook_deliveries d
             where d.event_id = p.id and d.endpoint_id = e.id and (d.status = 'SUCCEEDED' or ${IS_UNDER_WAY}))
         order by p.position limit ${RECOVERED_AT_ONCE}
       ), owed as (
         insert into webhook_deliveries (id, event_id, endpoint_id, status, next_attempt_at, created_at)
         select gen_random_uuid(), id, $1, 'PENDING', now() + place * interval '1 microsecond', now() from missed
         on conflict (event_id, endpoint_id) do update set ${BEGUN_ANEW}
       )
       select count(*)::int as count, case count(*) when ${RECOVERED_AT_ONCE} then max(position)::text end as next
       from missed`,
      [state.id, state.ownerId, after ?? 0, formatInstant(since)],
    );
    if (recovered!.count > 0) this.session.tell(WEBHOOK_DELIVERIES_CHANNEL);
    return recovered!;
  }

  async find(id: string): Promise<{ eventId: string; endpointId: string } | null> {
    if (!isId(id)) return null;
    const [row] = await this.session.query<{ eventId: string; endpointId: string }>(
      'select event_id as "eventId", endpoint_id as "endpointId" from webhook_deliveries where id = $1',
      [id],
    );
    return row ?? null;
  }

  async abandon(endpointId: string, reason: string): Promise<void> {
    await this.session.query(
      `update webhook_deliveries
       set status = 'FAILED', finished_at = now(), last_error = $2, busy_until = null, under_way = false
       where id in (
         select d.id from webhook_deliveries d
         where d.endpoint_id = $1 and d.status = 'PENDING' and not ${IS_UNDER_WAY}
         limit ${ABANDONED_AT_ONCE} for update skip locked)`,
      [endpointId, reason],
    );
  }

  async claim(deliveryIds: readonly string[]): Promise<ClaimedDelivery[]> {
    this.session.doWithoutDisk(); // what is lost is attempted once more, under the same id
    return this.session.prepared<ClaimedDelivery>('claim webhook deliveries', CLAIM, [
      deliveryIds.filter(isId),
    ]);
  }

  async record(ended: readonly EndedAttempt[]): Promise<ReadonlyMap<string, ClaimedDelivery | null>> {
    this.session.doWithoutDisk(); // what is lost is attempted once more, under the same id
    const columns = {
      ids: ended.map(({ claim }) => claim.id),
      turns: ended.map(({ claim }) => claim.turn),
      statuses: ended.map(({ outcome }) => STATUS[outcome.kind]),
      waits: ended.map(({ outcome }) => (outcome.kind === 'retry' ? outcome.afterSeconds : 0)),
      errors: ended.map(({ attempt }) => attempt.error),
      starts: ended.map(({ attempt }) => formatInstant(attempt.startedAt)),
      times: ended.map(({ attempt }) => attempt.tookMs),
      codes: ended.map(({ attempt }) => attempt.statusCode),
      responses: ended.map(({ attempt }) => attempt.response),
      goOn: ended.map(({ goesOn }) => goesOn),
    };
    const recorded = await this.session.prepared<RecordedRow>(
      'record webhook attempts',
      RECORD,
      Object.values(columns),
    );
    return new Map(recorded.map(({ endedId, ...next }) => [endedId, isClaim(next) ? next : null]));
  }

  async giveUp({ id, turn }: ClaimedDelivery, reason: string): Promise<void> {
    await this.session.query(
      `update webhook_deliveries
       set status = 'FAILED', finished_at = now(), last_error = $3, busy_until = null, under_way = false
       where id = $1 and turn = $2 and status = 'PENDING'`,
      [id, turn, reason],
    );
  }
}

/** Whether somebody makes an attempt at the delivery `d`, and has not taken too long. */
const IS_UNDER_WAY = '(d.under_way and d.busy_until > now())';

/** A delivery whose attempt was recorded, with what was claimed in its place: all null if that is nothing. */
type RecordedRow = { endedId: string } & (ClaimedDelivery | Record<keyof ClaimedDelivery, null>);

function isClaim(row: { readonly id: string | null }): row is ClaimedDelivery {
  return row.id !== null;
}

/** Claims the deliveries of the step `due` before it. */
const CLAIM_DUE = `
  update webhook_deliveries d set under_way = true, turn = turn + 1, busy_until = now() + interval '20 s'
  from due, published_events p where d.id = due.id and p.id = d.event_id
  returning d.id, d.endpoint_id as "endpointId", d.event_id as "eventId", p.name as "eventName", p.body, d.attempts, d.turn`;

// Whoever has one of them locked, if only to see that it is not due, is waited for: who hears a ring and lets it be makes it a lost one.
const CLAIM = `
  with due as (
    select id from webhook_deliveries d
    where id = any($1)
      and (status = 'PENDING' and next_attempt_at <= now() and not ${IS_UNDER_WAY}) is true -- by which nothing is to be searched
    order by id for update
  )
  ${CLAIM_DUE}`;

const RECORD = `
  with ended as (
    update webhook_deliveries d
    set status = made.status, attempts = attempts + 1, last_error = made.error, busy_until = null, under_way = false,
      next_attempt_at = case made.status when 'PENDING' then now() + make_interval(secs => made.wait) else next_attempt_at end,
      finished_at = case made.status when 'PENDING' then null else now() end
    from unnest($1::uuid[], $2::int[], $3::text[], $4::float8[], $5::text[], $6::timestamptz[], $7::int[], $8::int[], $9::text[],
        $10::bool[])
      as made (id, turn, status, wait, error, started_at, took_ms, status_code, response, goes_on)
    where d.id = made.id
      and (d.turn = made.turn and d.status = 'PENDING') is true -- by which nothing is to be searched
    returning made.*, d.endpoint_id
  ), logged as (
    insert into webhook_attempts (delivery_id, started_at, took_ms, status_code, response, error)
    select id, started_at, took_ms, status_code, response, error from ended
  ), places as (
    select e.id as endpoint_id, count(*) as free
    from ended join webhook_endpoints e on e.id = ended.endpoint_id
    where goes_on and e.state = 'ENABLED' and e.failing_since is null group by e.id
  ), due as (
    select next.id from places cross join lateral (
      select d.id from webhook_deliveries d
      where d.endpoint_id = places.endpoint_id and ${IS_DUE} and d.id <> all($1)
      order by d.next_attempt_at limit places.free for update skip locked) next
  ), claimed as (${CLAIM_DUE})
  select ended.id as "endedId", next.*
  from (select id, endpoint_id, goes_on, row_number() over (partition by endpoint_id, goes_on) as place from ended) ended
  left join (select claimed.*, row_number() over (partition by "endpointId") as place from claimed) next
    on goes_on and next."endpointId" = ended.endpoint_id and next.place = ended.place`;

/** Whether the endpoint `e` listens for the event `p`. A filter by event type leaves events alone that are about none. */
const LISTENS = `
  p.name = any(e.events) and (e.event_type_id is null or p.event_type_id is null or p.event_type_id = e.event_type_id)`;

/** A delivery as if it had never been tried; whoever is at it has no say any more. */
const BEGUN_ANEW = `
  status = 'PENDING', attempts = 0, next_attempt_at = excluded.next_attempt_at, busy_until = null,
  under_way = false, turn = webhook_deliveries.turn + 1, last_error = null, finished_at = null`;

const STATUS = { succeeded: 'SUCCEEDED', retry: 'PENDING', failed: 'FAILED' } as const;
