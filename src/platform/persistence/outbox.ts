import type { DataSource } from 'typeorm';
import type { DomainEvent } from '../../kernel/domain-event.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Ids } from '../../kernel/ids.js';
import { instantOf } from './instant-column.js';
import type { Session } from './session.js';

/** An event as it waits in the outbox for its work to be done. */
export interface OwedEvent {
  readonly id: string;
  readonly event: DomainEvent;
}

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

  /** Stores events, in order, before the unit of work ends, and wakes the relays when it is committed. */
  async append(events: readonly DomainEvent[]): Promise<void> {
    if (events.length === 0) return;
    const rows = events.map((event, place) => ({
      place,
      id: `evt_${this.ids.next()}`,
      name: event.name,
      owner_id: event.ownerId,
      subject_id: event.subjectId,
      data: event.data,
      occurred_at: formatInstant(event.occurredAt),
    }));
    const sent = this.session.prepared(
      'append to outbox',
      `with stored as (
         insert into outbox (id, name, owner_id, subject_id, data, occurred_at)
         select id, name, owner_id, subject_id, data, occurred_at
         from json_to_recordset($1)
           as e (place int, id text, name text, owner_id uuid, subject_id uuid, data json, occurred_at timestamptz)
         order by place
       )
       select pg_notify('${OUTBOX_CHANNEL}', '')`,
      [JSON.stringify(rows)],
    );
    this.session.follow(sent);
  }

  /** Takes an owed event, locked until the unit of work ends; null if its work is done or being done elsewhere. */
  async take(eventId: string): Promise<OwedEvent | null> {
    const [row] = await this.session.query<EventRow>(
      `select id, name, owner_id, subject_id, data, occurred_at
       from outbox where id = $1 and handled_at is null for update skip locked`,
      [eventId],
    );
    return row ? { id: row.id, event: eventOf(row) } : null;
  }

  /** Says that the event's work is done, in the same transaction as that work. */
  async settle(eventId: string): Promise<void> {
    await this.session.query('update outbox set handled_at = now(), last_error = null where id = $1', [
      eventId,
    ]);
  }
}

/** The outbox as the relay sees it: whose turn it is to be rung for. */
export class OutboxTurns {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes up to `limit` events that are due, oldest first, each of them for `leaseSeconds`: if their work is not done by then,
   * they are due again. Two relays never take the same.
   */
  async takeDue(limit: number, leaseSeconds: number): Promise<string[]> {
    const [rows] = await this.dataSource.query<[{ id: string; position: string }[], number]>(
      `update outbox set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
       where id in (
         select id from outbox where handled_at is null and next_attempt_at <= now()
         order by next_attempt_at, position limit $1 for update skip locked)
       returning id, position`,
      [limit, leaseSeconds],
    );
    return rows.sort((a, b) => Number(a.position) - Number(b.position)).map(({ id }) => id);
  }

  /** Ends the leases of events for which nobody was rung: they are due at once. */
  async giveBack(eventIds: readonly string[]): Promise<void> {
    await this.dataSource.query(
      'update outbox set next_attempt_at = now(), attempts = attempts - 1 where id = any($1) and handled_at is null',
      [eventIds],
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

  /** How many events are owed, and for how many seconds the oldest of them has been. */
  async backlog(): Promise<{ owed: number; oldestSeconds: number }> {
    const [row] = await this.dataSource.query<[{ owed: number; oldest: number }]>(
      `select count(*)::int as owed, coalesce(extract(epoch from now() - min(occurred_at)), 0)::float8 as oldest
       from outbox where handled_at is null`,
    );
    return { owed: row.owed, oldestSeconds: Math.max(0, row.oldest) };
  }

  /** Forgets what nobody will ask for again: events done 30 days ago, idempotency keys older than a day. */
  async prune(): Promise<void> {
    await this.dataSource.query(`delete from outbox where handled_at < now() - interval '30 days'`);
    await this.dataSource.query(
      `delete from idempotency_keys where created_at < now() - interval '24 hours'`,
    );
  }
}

interface EventRow {
  id: string;
  name: DomainEvent['name'];
  owner_id: string;
  subject_id: string;
  data: unknown;
  occurred_at: string;
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
