import type { DataSource } from 'typeorm';
import { isId } from '../../kernel/ids.js';
import type { Session } from '../../platform/persistence/session.js';
import { isSlug } from '../domain/event-type.js';
import type { SlotRange } from '../domain/slots.js';
import { Agendas, type HostAgenda } from '../ports.js';
import { EVENT_TYPE_COLUMNS, eventTypeOf, type EventTypeRow } from './postgres-event-types.js';

/** Hosts' time as the bookings in PostgreSQL take it. */
export class PostgresAgendas extends Agendas {
  constructor(
    private readonly dataSource: DataSource,
    private readonly session: Session,
  ) {
    super();
  }

  async read(ownerId: string, slug: string, range: SlotRange): Promise<HostAgenda | null> {
    if (!isSlug(slug)) return null;
    const [row] = await this.dataSource.query<AgendaRow[]>(
      `select ${EVENT_TYPE_COLUMNS}, ${OCCUPANCY}
       from event_types t where t.owner_id = $3 and t.slug = $4 and t.is_active`,
      [seconds(range.from), seconds(range.to), ownerId, slug],
    );
    return row ? agendaOf(row) : null;
  }

  async lock(eventTypeId: string, range: SlotRange): Promise<HostAgenda | null> {
    if (!isId(eventTypeId)) return null;
    const [host] = await this.session.query<{ id: string }>(
      `select t.id, pg_advisory_xact_lock(hashtextextended(t.owner_id::text, 0))
       from event_types t where t.id = $1 and t.is_active`,
      [eventTypeId],
    );
    if (!host) return null;
    // A statement of its own, begun after the lock was ours: it sees every booking that was committed before.
    const [row] = await this.session.query<AgendaRow>(
      `select ${EVENT_TYPE_COLUMNS}, ${OCCUPANCY} from event_types t where t.id = $3 and t.is_active`,
      [seconds(range.from), seconds(range.to), eventTypeId],
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

// $1 and $2: from and to of the range, in epoch seconds. What is blocked is found by the exclusion constraint's own index.
const OCCUPANCY = `
  (select json_agg(json_build_array((extract(epoch from lower(b.blocked)) * 1000)::bigint,
                                    (extract(epoch from upper(b.blocked)) * 1000)::bigint))
   from bookings b
   where b.owner_id = t.owner_id and b.status in ('CONFIRMED', 'PENDING')
     and b.blocked && tstzrange(to_timestamp($1), to_timestamp($2))) as blocked,
  case when coalesce(t.daily_limit, t.weekly_limit) is not null then
    (select json_agg((extract(epoch from b.starts_at) * 1000)::bigint)
     from bookings b
     where b.event_type_id = t.id and b.status in ('CONFIRMED', 'PENDING')
       and b.starts_at >= to_timestamp($1) and b.starts_at < to_timestamp($2)) end as starts`;

function seconds(milliseconds: number): number {
  return milliseconds / 1_000;
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
