import type { DataSource } from 'typeorm';
import type { DomainEvent, OwedEvent } from '../../kernel/domain-event.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Ids } from '../../kernel/ids.js';
import type { Job } from '../../kernel/job-queue.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { takeInTurns } from './fair-turns.js';
import { instantOf } from './instant-column.js';
import { RUNG_FOR, type Turns } from './relay.js';
import type { Session } from './session.js';
import type { Sql } from './sql.js';
import type { Writer } from './writes-at-once.js';

/** Where relays listen for news of the outbox. */
export const OUTBOX_CHANNEL = 'outbox';

/**
 * The events of every change, stored in the change's own transaction: both are committed or neither. An event stays owed until
 * its work is done, whatever becomes of queues and processes meanwhile.
 */
export class Outbox {
  constructor(
    private readonly session: Session,
    private readonly ids: Ids,
  ) {}

  /** Stores events, in order, as the unit of work ends, and wakes the relays when it is committed. */
  append(events: readonly DomainEvent[]): void {
    if (events.length === 0) return;
    this.session.leave(
      APPEND,
      events.map((event) => rowOf(`evt_${this.ids.next()}`, event)),
    );
    this.session.tell(OUTBOX_CHANNEL);
  }

  /**
   * Takes an owed event and what its owner was owed before it, if `withLater` also what he is owed since, oldest first and at most
   * `limit` of them, locked until the unit of work ends; whoever else works on them is waited for. What could not be handled holds up
   * nothing that came after it. None if the event's work is done.
   */
  async take(eventId: string, limit: number, withLater: boolean): Promise<OwedEvent[]> {
    const rows = await this.session.prepared<EventRow>('take owed events', TAKE, [eventId, limit, withLater]);
    return rows.map((row) => ({ id: row.id, event: eventOf(row) }));
  }

  /** Says that the work of these events is done, in the same transaction as that work. */
  async settle(eventIds: readonly string[]): Promise<void> {
    this.session.doWithoutDisk(); // what is lost is done once more, as it is lost with its work
    this.session.write(
      'settle owed events',
      'update outbox set handled_at = now(), last_error = null where id = any($1)',
      [eventIds],
    );
  }
}

// Subqueries, and an order that is the index's, so that what comes first is found without reading all that the owner is owed, whatever
// the planner knows of the table.
const TAKE = `
  select id, name, owner_id, subject_id, data, occurred_at
  from outbox
  where owner_id = (select owner_id from outbox where id = $1 and handled_at is null)
    and ($3 or position <= (select position from outbox where id = $1)) and handled_at is null
    and (id = $1 or last_error is null)
  order by owner_id, position limit $2 for update`;

/**
 * The outbox as the relay sees it. Whoever hears a ring does much of what that owner is owed, so that each owner is rung for once: again
 * when that is done, or after a second, as the ring may have been lost. No more than sixteen are rung for at a time, first of those who are
 * owed least: however much happens to one owner at once, what happens to another is told soon.
 */
export class OutboxTurns implements Turns {
  constructor(
    private readonly dataSource: DataSource,
    private readonly session: Session,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async takeDue(limit: number): Promise<Job[]> {
    const ids = await takeInTurns(this.session, this.unitOfWork, 'outbox', TAKE_DUE, limit);
    return ids.map((id) => ({ name: 'handle-event', id }));
  }

  async giveBack(jobs: readonly Job[]): Promise<void> {
    await this.dataSource.query(
      `update outbox set next_attempt_at = now(), attempts = attempts - 1 where id in (
         select id from outbox where id = any($1) and handled_at is null order by owner_id, position for update)`,
      [jobs.map(({ id }) => id)],
    );
  }

  /** Puts an event whose work failed off: for 2 s after the first attempt, twice as long after each, an hour at most. */
  async putOff(eventId: string, reason: string): Promise<void> {
    await this.dataSource.query(
      `update outbox set last_error = $2,
         next_attempt_at = now() + make_interval(secs => least(3600, power(2, least(attempts, 12))))
       where id = $1 and handled_at is null`,
      [eventId, reason.slice(0, 1_000)],
    );
  }

  /** Has an event tried again at once, as if for the first time; false if it is not owed. */
  async retry(eventId: string): Promise<boolean> {
    return (await this.retryWhere('id = $1', [eventId])) > 0;
  }

  /** The same for all whose last attempt failed; how many these are. */
  retryFailed(): Promise<number> {
    return this.retryWhere('last_error is not null', []);
  }

  private async retryWhere(condition: string, parameters: unknown[]): Promise<number> {
    // In the order in which who handles them locks them: neither ever waits for the other in a circle.
    const [, retried] = await this.dataSource.query<[unknown[], number]>(
      `update outbox set attempts = 0, next_attempt_at = now() where id in (
         select id from outbox where handled_at is null and ${condition} order by owner_id, position for update)`,
      parameters,
    );
    if (retried > 0) await this.dataSource.query(`notify ${OUTBOX_CHANNEL}`);
    return retried;
  }

  /** Forgets what nobody will ask for again: events done 30 days ago, idempotency keys older than a day. */
  async prune(): Promise<void> {
    await this.dataSource.query(`delete from outbox where handled_at < now() - interval '30 days'`);
    await this.dataSource.query(
      `delete from idempotency_keys where created_at < now() - interval '24 hours'`,
    );
  }
}

/** How many events are owed, and for how many seconds the oldest of them has been. */
export async function outboxBacklog(sql: Sql): Promise<{ owed: number; oldestSeconds: number }> {
  const [row] = await sql.query<{ owed: number; oldest: number }>(
    `select count(*)::int as owed, coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as oldest
     from outbox where handled_at is null`,
  );
  return { owed: row!.owed, oldestSeconds: Math.max(0, row!.oldest) };
}

// Rows come out of the list in order, and take their positions in that order.
const APPEND: Writer<EventRow> = {
  name: 'append to outbox',
  text: `
    insert into outbox (id, name, owner_id, subject_id, data, occurred_at)
    select * from json_to_recordset($1)
      as event(id text, name text, owner_id uuid, subject_id uuid, data json, occurred_at timestamptz)`,
  valuesOf: (rows) => [JSON.stringify(rows)],
};

// The first step goes along the index from owner to owner: the cost grows with how many are owed anything, and not with how much.
const TAKE_DUE = `
  with recursive owners as (
    (select owner_id from outbox where handled_at is null order by owner_id limit 1)
    union all
    select next.owner_id from owners cross join lateral (
      select owner_id from outbox where handled_at is null and owner_id > owners.owner_id
      order by owner_id limit 1) next
  ), rung as (
    select owner_id, count(*) as rung, max(next_attempt_at) as until from outbox
    where handled_at is null and next_attempt_at > now() and attempts > 0 and last_error is null group by owner_id
  ), chosen as (
    select due.id, coalesce(rung, 0) as place
    from owners left join rung using (owner_id) cross join lateral (
      select id, position, count(*) over () as owed from (
        select id, position from outbox
        where handled_at is null and owner_id = owners.owner_id and next_attempt_at <= now()
        order by position limit 20) first
      order by position limit 1) due
    where until is null or until < now() + ${RUNG_FOR} - interval '1 s'
    order by coalesce(rung, 0), due.owed, due.position
    limit least($1, greatest(0, 16 - (select coalesce(sum(rung), 0) from rung)))
  ), taken as (
    select id from outbox
    where id = any(array(select id from chosen))
      and (handled_at is null and next_attempt_at <= now()) is true -- by which nothing is to be searched
    for update skip locked
  )
  update outbox o set attempts = attempts + 1, next_attempt_at = now() + ${RUNG_FOR}
  from chosen where o.id = any(array(select id from taken)) and chosen.id = o.id
  returning o.id, chosen.place::int, o.position::float8 as due`;

interface EventRow {
  id: string;
  name: DomainEvent['name'];
  owner_id: string;
  subject_id: string;
  data: unknown;
  occurred_at: string;
}

function rowOf(id: string, { name, ownerId, subjectId, data, occurredAt }: DomainEvent): EventRow {
  return { id, name, owner_id: ownerId, subject_id: subjectId, data, occurred_at: formatInstant(occurredAt) };
}

function eventOf(row: EventRow): DomainEvent {
  return {
    name: row.name,
    ownerId: row.owner_id,
    subjectId: row.subject_id,
    occurredAt: instantOf(row.occurred_at),
    data: row.data,
  } as DomainEvent;
}
