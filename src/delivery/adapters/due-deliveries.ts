import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Job } from '../../kernel/job-queue.js';
import { takeInTurns } from '../../platform/persistence/fair-turns.js';
import { RUNG_FOR, type Turns } from '../../platform/persistence/relay.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** Where relays listen for news of deliveries. */
export const WEBHOOK_DELIVERIES_CHANNEL = 'webhook_deliveries';

const PRUNED_AT_ONCE = 1_000;

/**
 * Deliveries that are due, as the relay sees them. Endpoints take turns, and of each of them at most eight are rung for or under way
 * at a time, one of an endpoint whose last attempt failed: however many a slow or dead receiver is owed, others wait for none of them.
 * No more than forty wait at a time for somebody to hear the ring, first of those endpoints that are owed least: however much is owed, what
 * comes now has its turn soon.
 */
export class DueDeliveries implements Turns {
  constructor(
    private readonly session: Session,
    private readonly unitOfWork: UnitOfWork,
    private readonly sql: Sql,
  ) {}

  async takeDue(limit: number): Promise<Job[]> {
    // Rows of endpoints are not locked: whoever records an attempt has them locked, almost always.
    const ids = await takeInTurns(this.session, this.unitOfWork, 'due deliveries', TAKE_DUE, limit);
    return ids.map((id) => ({ name: 'deliver-webhook', id }));
  }

  async giveBack(jobs: readonly Job[]): Promise<void> {
    await this.sql.query(
      `update webhook_deliveries set busy_until = null
       where id = any($1) and status = 'PENDING' and not under_way`,
      [jobs.map(({ id }) => id)],
    );
  }

  /**
   * Forgets events published more than 30 days ago, with their deliveries, a thousand at a time. Of each owner's the newest stays, for
   * a reader of the feed who has seen it and asks what came after.
   */
  async prune(): Promise<void> {
    for (;;) {
      const [{ pruned }] = (await this.sql.query<{ pruned: number }>(
        `with pruned as (
           delete from published_events where id in (
             select id from published_events old
             where published_at < now() - interval '30 days' and (is_test or exists (
               select from published_events newer
               where newer.owner_id = old.owner_id and newer.position > old.position and not newer.is_test))
             order by published_at limit $1)
           returning id
         )
         select count(*)::int as pruned from pruned`,
        [PRUNED_AT_ONCE],
      )) as [{ pruned: number }];
      if (pruned < PRUNED_AT_ONCE) return;
    }
  }
}

/** Whether the delivery `d` is due and nobody was rung for it who may still come. */
export const IS_DUE = `
  d.status = 'PENDING' and d.next_attempt_at <= now() and (d.busy_until is null or d.busy_until <= now())`;

// The first step goes along the index from endpoint to endpoint: the cost grows with how many are owed anything, and not with how much.
// Of each the first sixteen show enough: those rung for or under way were the first when they were taken.
const TAKE_DUE = `
  with recursive owed as (
    (select d.endpoint_id, d.next_attempt_at from webhook_deliveries d
     where d.status = 'PENDING' order by d.endpoint_id, d.next_attempt_at limit 1)
    union all
    select next.endpoint_id, next.next_attempt_at
    from owed cross join lateral (
      select d.endpoint_id, d.next_attempt_at from webhook_deliveries d
      where d.status = 'PENDING' and d.endpoint_id > owed.endpoint_id
      order by d.endpoint_id, d.next_attempt_at limit 1) next
  ), seen as (
    select sight.*, case when e.failing_since is null then 8 else 1 end - busy as room
    from owed join webhook_endpoints e on e.id = owed.endpoint_id cross join lateral (
      select count(*) filter (where is_busy) as busy, count(*) filter (where is_busy and not under_way) as waiting,
        array_agg(id order by next_attempt_at) filter (where not is_busy) as due, min(next_attempt_at) as since
      from (
        select d.id, d.next_attempt_at, d.under_way, (d.busy_until > now()) is true as is_busy
        from webhook_deliveries d
        where d.endpoint_id = e.id and d.status = 'PENDING' and d.next_attempt_at <= now()
        order by d.next_attempt_at limit 16) first) sight
    where owed.next_attempt_at <= now()
  ), chosen as (
    select id, busy + place as place
    from seen cross join lateral unnest(due[1:room]) with ordinality as delivery (id, place)
    order by busy + place, cardinality(due), since
    limit least($1, greatest(0, 40 - (select sum(waiting) from seen)))
  )
  update webhook_deliveries d set busy_until = now() + ${RUNG_FOR}, under_way = false
  from chosen where d.id = chosen.id and (d.busy_until is null or d.busy_until <= now())
  returning d.id, chosen.place::int, extract(epoch from d.next_attempt_at)::float8 as due`;
