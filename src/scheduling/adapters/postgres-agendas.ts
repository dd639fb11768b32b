import type { Instant } from '@js-joda/core';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Sql } from '../../platform/persistence/sql.js';
import { isSlug } from '../domain/event-type.js';
import type { TakenTime } from '../domain/explanation.js';
import { LIMITS_REACH_DAYS, type SlotRange } from '../domain/slots.js';
import { Agendas, type DetailedAgenda, type HostAgenda, type Own } from '../ports.js';
import { EVENT_TYPE_COLUMNS, eventTypeOf, type EventTypeRow } from './postgres-event-types.js';

/** Hosts' time as the bookings in PostgreSQL take it. */
export class PostgresAgendas extends Agendas {
  constructor(
    private readonly sql: Sql,
    private readonly session: Session,
  ) {
    super();
  }

  async read(ownerId: string, slug: string, range: SlotRange, at: Instant): Promise<HostAgenda | null> {
    if (!isSlug(slug)) return null;
    const [row] = await this.sql.prepared<AgendaRow>(
      'agenda',
      `select ${EVENT_TYPE_COLUMNS}, ${OCCUPANCY}
       from event_types t where t.owner_id = $6 and t.slug = $7 and t.is_active`,
      [...occupancyParameters(range, at), ownerId, slug],
    );
    return row ? agendaOf(row) : null;
  }

  async readDetailed(
    ownerId: string,
    slug: string,
    range: SlotRange,
    at: Instant,
  ): Promise<DetailedAgenda | null> {
    if (!isSlug(slug)) return null;
    const [row] = await this.sql.query<DetailedAgendaRow>(
      `select ${EVENT_TYPE_COLUMNS}, ${TAKEN}, ${STARTS}
       from event_types t where t.owner_id = $6 and t.slug = $7 and t.is_active`,
      [...occupancyParameters(range, at), ownerId, slug],
    );
    return row ? detailedAgendaOf(row) : null;
  }

  async lock(eventTypeId: string, range: SlotRange, at: Instant, own: Own = {}): Promise<HostAgenda | null> {
    if (!isId(eventTypeId)) return null;
    const locked = this.session.prepared(
      'lock of host',
      `select pg_advisory_xact_lock(hashtextextended(t.owner_id::text, 0))
       from event_types t where t.id = $1 and t.is_active`,
      [eventTypeId],
    );
    // A statement of its own, begun after the lock was ours: it sees every booking that was committed before.
    const read = this.session.prepared<AgendaRow>(
      'agenda of locked host',
      `select ${EVENT_TYPE_COLUMNS}, ${OCCUPANCY} from event_types t where t.id = $6 and t.is_active`,
      [...occupancyParameters(range, at, own), eventTypeId],
    );
    const [, [row]] = await Promise.all([locked, read]);
    return row ? agendaOf(row) : null;
  }
}

interface AgendaRow extends EventTypeRow {
  /** Pairs of epoch milliseconds. */
  blocked: [number, number][] | null;
  /** Epoch milliseconds. */
  starts: number[] | null;
}

interface DetailedAgendaRow extends EventTypeRow {
  /** What it is, its booking's id, the meeting's ends and the ends of what it blocks, in epoch milliseconds. */
  taken: [TakenTime['by'], string | null, number, number, number, number][] | null;
  /** Epoch milliseconds. */
  starts: number[] | null;
}

// Parameters 1 to 5: see `occupancyParameters`. What bookings block is found by the exclusion constraint's own index.

// Slots that start in the range reach as far around it as the event type's buffers and duration.
const REACH = `
  tstzrange(to_timestamp($1) - make_interval(mins => t.buffer_before),
            to_timestamp($2) + make_interval(mins => t.duration_minutes + t.buffer_after))`;

// Limits look at whole days and weeks around the range, in whatever zone the schedule is.
const IN_LIMITS_REACH = `
  between to_timestamp($1) - interval '${LIMITS_REACH_DAYS} days' and to_timestamp($2) + interval '${LIMITS_REACH_DAYS} days'`;

const BLOCKED = `
  (select json_agg(json_build_array((extract(epoch from lower(taken)) * 1000)::bigint,
                                    (extract(epoch from upper(taken)) * 1000)::bigint))
   from (select b.blocked as taken from bookings b
         where b.owner_id = t.owner_id and b.status in ('CONFIRMED', 'PENDING')
           and b.blocked && ${REACH} and b.id is distinct from $4
         union all
         select h.blocked from holds h
         where h.owner_id = t.owner_id and h.expires_at > $3
           and h.blocked && ${REACH} and h.token is distinct from $5
        ) stretches) as blocked`;

const TAKEN = `
  (select json_agg(json_build_array(taken_by, booking_id, (extract(epoch from starts_at) * 1000)::bigint,
                                    (extract(epoch from ends_at) * 1000)::bigint,
                                    (extract(epoch from lower(blocked)) * 1000)::bigint,
                                    (extract(epoch from upper(blocked)) * 1000)::bigint))
   from (select 'booking' as taken_by, b.id as booking_id, b.starts_at, b.ends_at, b.blocked from bookings b
         where b.owner_id = t.owner_id and b.status in ('CONFIRMED', 'PENDING')
           and b.blocked && tstzrange(to_timestamp($1), to_timestamp($2)) and b.id is distinct from $4
         union all
         select 'hold', null, lower(h.blocked), upper(h.blocked), h.blocked from holds h
         where h.owner_id = t.owner_id and h.expires_at > $3
           and h.blocked && tstzrange(to_timestamp($1), to_timestamp($2)) and h.token is distinct from $5
        ) stretches) as taken`;

const STARTS = `
  case when coalesce(t.daily_limit, t.weekly_limit) is not null then
    (select json_agg((extract(epoch from starts_at) * 1000)::bigint)
     from (select b.starts_at from bookings b
           where b.event_type_id = t.id and b.status in ('CONFIRMED', 'PENDING')
             and b.starts_at ${IN_LIMITS_REACH} and b.id is distinct from $4
           union all
           select h.starts_at from holds h
           where h.event_type_id = t.id and h.owner_id = t.owner_id and h.expires_at > $3
             and h.starts_at ${IN_LIMITS_REACH} and h.token is distinct from $5
          ) counted) end as starts`;

const OCCUPANCY = `${BLOCKED}, ${STARTS}`;

function occupancyParameters({ from, to }: SlotRange, at: Instant, own: Own = {}): unknown[] {
  return [from / 1_000, to / 1_000, formatInstant(at), own.bookingId ?? null, own.holdToken ?? null];
}

function agendaOf(row: AgendaRow): HostAgenda {
  return {
    eventType: eventTypeOf(row),
    occupancy: {
      blocked: (row.blocked ?? []).map(([start, end]) => ({ start, end })),
      starts: row.starts ?? [],
    },
  };
}

function detailedAgendaOf(row: DetailedAgendaRow): DetailedAgenda {
  const taken = (row.taken ?? []).map(([by, bookingId, start, end, blockedFrom, blockedUntil]) => ({
    by,
    bookingId,
    meeting: { start, end },
    blocked: { start: blockedFrom, end: blockedUntil },
  }));
  return { eventType: eventTypeOf(row), takenTimes: { taken, starts: row.starts ?? [] } };
}
