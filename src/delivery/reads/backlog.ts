import type { Sql } from '../../platform/persistence/sql.js';

/** How much of one kind is due, and for how many seconds the first of it has been; 0 if nothing is. */
export interface Due {
  count: number;
  oldestSeconds: number;
}

export const dueKinds = ['event', 'webhook', 'mail', 'reminder', 'mirror', 'follow'] as const;

export type DueKind = (typeof dueKinds)[number];

/** What is owed to the world and due by now, under way or not. Beyond 100,000 of a kind no more are counted. */
export class Backlog {
  constructor(private readonly sql: Sql) {}

  async of(kind: DueKind): Promise<Due> {
    const [due] = await this.sql.query<Due>(
      `select count(*)::int as count,
         coalesce(greatest(0, extract(epoch from now() - min(since))), 0)::float8 as "oldestSeconds"
       from (${DUE[kind]} limit 100000) due`,
    );
    return due!;
  }

  /** How many endpoints are disabled, by reason. */
  async disabledEndpoints(): Promise<{ reason: string; count: number }[]> {
    return this.sql.query<{ reason: string; count: number }>(
      `select disabled_reason as reason, count(*)::int as count
       from webhook_endpoints where state = 'DISABLED' group by disabled_reason`,
    );
  }
}

/**
 * Each along an index of what is not done with. Deliveries go from endpoint to endpoint, as most of what is pending may be far from
 * due; what has been rung for is `busy_until` 50 s from now at most.
 */
const DUE: Record<DueKind, string> = {
  event: 'select occurred_at as since from outbox where handled_at is null',
  webhook: `
    with recursive owed as (
      (select endpoint_id from webhook_deliveries where status = 'PENDING' order by endpoint_id limit 1)
      union all
      select next.endpoint_id from owed cross join lateral (
        select endpoint_id from webhook_deliveries
        where status = 'PENDING' and endpoint_id > owed.endpoint_id order by endpoint_id limit 1) next
    )
    select d.next_attempt_at as since from owed cross join lateral (
      select next_attempt_at from webhook_deliveries
      where status = 'PENDING' and endpoint_id = owed.endpoint_id and next_attempt_at <= now()
      order by next_attempt_at limit 100000) d`,
  mail: `
    select next_attempt_at as since from email_logs
    where status = 'QUEUED' and coalesce(busy_until, next_attempt_at) <= now() + interval '50 s' and next_attempt_at <= now()`,
  reminder: `
    select due_at as since from reminders
    where coalesce(busy_until, due_at) <= now() + interval '50 s' and due_at <= now()`,
  mirror: `select next_attempt_at as since from mirrored_bookings where next_attempt_at <= now()`,
  follow: `select follow_at as since from mirrored_bookings where follow_at <= now()`,
};
