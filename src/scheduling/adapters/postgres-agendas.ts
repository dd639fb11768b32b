import type { Instant } from '@js-joda/core';
import type { DataSource } from 'typeorm';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import { isSlug } from '../domain/event-type.js';
import type { SlotRange } from '../domain/slots.js';
import { Agendas, type HostAgenda, type Own } from '../ports.js';
import { EVENT_TYPE_COLUMNS, eventTypeOf, type EventTypeRow } from './postgres-event-types.js';

/** Hosts' time as the bookings in PostgreSQL take it. */
export class PostgresAgendas extends Agendas {
  constructor(
    private readonly dataSource: DataSource,
    private readonly session: Session,
  ) {
    super();
  }

  async read(ownerId: string, slug: string, range: SlotRange, at: Instant): Promise<HostAgenda | null> {
    if (!isSlug(slug)) return null;
    const [row] = await this.dataSource.query<AgendaRow[]>(
      `select ${EVENT_TYPE_COLUMNS}, ${OCCUPANCY}
       from event_types t where t.owner_id = $6 and t.slug = $7 and t.is_active`,
      [...occupancyParameters(range, at), ownerId, slug],
    );
    return row ? agendaOf(row) : null;
  }

  async lock(eventTypeId: string, range: SlotRange, at: Instant, own: Own = {}): Promise<HostAgenda | null> {
    if (!isId(eventTypeId)) return null;
    const [host] = await this.session.query<{ id: string }>(
      `select t.id, pg_advisory_xact_lock(hashtextextended(t.owner_id::text, 0))
       from event_types t where t.id = $1 and t.is_active`,
      [eventTypeId],
    );
    if (!host) return null;
    // A statement of its own, begun after the lock was ours: it sees every booking that was committed before.
    const [row] = await this.session.query<AgendaRow>(
      `select ${EVENT_TYPE_COLUMNS}, ${OCCUPANCY} from event_types t where t.id = $6 and t.is_active`,
      [...occupancyParameters(range, at, own), eventTypeId],
    );
    return row ? agendaOf(row) : null;
  }
}

interface AgendaRow extends EventTypeRow {
  /** Pairs of epoch milliseconds. */
  blocked: [number, number][] | null;
  /** Epoch milliseconds. */
  starts: number[] | null;
}

// Parameters 1 to 5: see `occupancyParameters`. What bookings block is found by the exclusion constraint's own index.
const OCCUPANCY = `
  (select json_agg(json_build_array((extract(epoch from lower(taken)) * 1000)::bigint,
                                    (extract(epoch from upper(taken)) * 1000)::bigint))
   from (select b.blocked as taken from bookings b
         where b.owner_id = t.owner_id and b.status in ('CONFIRMED', 'PENDING')
           and b.blocked && tstzrange(to_timestamp($1), to_timestamp($2)) and b.id is distinct from $4
         union all
         select h.blocked from holds h
         where h.owner_id = t.owner_id and h.expires_at > $3
           and h.blocked && tstzrange(to_timestamp($1), to_timestamp($2)) and h.token is distinct from $5
        ) stretches) as blocked,
  case when coalesce(t.daily_limit, t.weekly_limit) is not null then
    (select json_agg((extract(epoch from starts_at) * 1000)::bigint)
     from (select b.starts_at from bookings b
           where b.event_type_id = t.id and b.status in ('CONFIRMED', 'PENDING')
             and b.starts_at >= to_timestamp($1) and b.starts_at < to_timestamp($2) and b.id is distinct from $4
           union all
           select h.starts_at from holds h
           where h.event_type_id = t.id and h.owner_id = t.owner_id and h.expires_at > $3
             and h.starts_at >= to_timestamp($1) and h.starts_at < to_timestamp($2) and h.token is distinct from $5
          ) counted) end as starts`;

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
