import type { Instant } from '@js-joda/core';
import { LRUCache } from 'lru-cache';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Interval } from '../../kernel/interval.js';
import { Together } from '../../kernel/together.js';
import { brokenConstraint } from '../../platform/persistence/database-errors.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Sql } from '../../platform/persistence/sql.js';
import type { Writer } from '../../platform/persistence/writes-at-once.js';
import { SlotTaken } from '../domain/errors.js';
import { isSlug } from '../domain/event-type.js';
import type { TakenTime } from '../domain/explanation.js';
import { ALL_TIME, LIMITS_REACH_DAYS, type SlotRange } from '../domain/slots.js';
import type { Opening } from '../domain/weekly-hours.js';
import { Agendas, type DetailedAgenda, type HostAgenda, type Own } from '../ports.js';
import { EVENT_TYPE_TEXT, eventTypeOfText } from './postgres-event-types.js';

const HOSTS_REMEMBERED = 10_000;

const LOCK = 'select lock_host($1)';

/** Hosts' time as the bookings, holds and busy times in PostgreSQL take it. */
export class PostgresAgendas extends Agendas {
  private readonly hosts = new LRUCache<string, string>({ max: HOSTS_REMEMBERED });
  private readonly looks = new Together((looks: readonly Look[]) => this.seeAll(looks));

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
      `select ${EVENT_TYPE_TEXT}, ${BLOCKED}, ${STARTS}, ${IS_STALE}
       from event_types t where t.owner_id = $4 and t.slug = $5 and t.is_active`,
      [...rangeParameters(range, at), ownerId, slug],
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
      `select ${EVENT_TYPE_TEXT}, ${TAKEN}, ${STARTS}, ${IS_STALE}
       from event_types t where t.owner_id = $4 and t.slug = $5 and t.is_active`,
      [...rangeParameters(range, at), ownerId, slug],
    );
    return row ? detailedAgendaOf(row) : null;
  }

  async hostOf(eventTypeId: string): Promise<string | null> {
    if (!isId(eventTypeId)) return null;
    const remembered = this.hosts.get(eventTypeId);
    if (remembered !== undefined) return remembered;
    const text = 'select owner_id from event_types where id = $1';
    const source = this.session.isOpen ? this.session : this.sql;
    const [row] = await source.prepared<{ owner_id: string }>('host of event type', text, [eventTypeId]);
    if (!row) return null;
    this.hosts.set(eventTypeId, row.owner_id);
    return row.owner_id;
  }

  async see(eventTypeId: string, range: SlotRange, at: Instant): Promise<HostAgenda | null> {
    return isId(eventTypeId) ? this.looks.ask({ eventTypeId, range, at }) : null;
  }

  claim(hostId: string, { start, end }: Interval, at: Instant): void {
    const [from, until, atText] = [start, end, at].map(formatInstant);
    this.session.store(CLAIM, [{ host: hostId, stretch: `[${from},${until})`, at: atText! }]);
  }

  async lock(eventTypeId: string, range: SlotRange, at: Instant, own: Own = {}): Promise<HostAgenda | null> {
    const hostId = await this.hostOf(eventTypeId);
    if (hostId === null) return null;
    const locked = this.session.prepared('lock of host', LOCK, [hostId]);
    // A statement of its own, begun after the lock was ours: it sees every booking that was committed before.
    const read = this.session.prepared<AgendaRow>(
      'agenda of locked host',
      `select ${EVENT_TYPE_TEXT}, ${BLOCKED_BY_OTHERS}, ${STARTS_OF_OTHERS}, ${IS_STALE}
       from event_types t where t.id = $4 and t.is_active`,
      [...rangeParameters(range, at), eventTypeId, own.bookingId ?? null, own.holdToken ?? null],
    );
    const [, [row]] = await Promise.all([locked, read]);
    return row ? agendaOf(row) : null;
  }

  private async seeAll(looks: readonly Look[]): Promise<(HostAgenda | null)[]> {
    const rows = await this.sql.prepared<AgendaRow & { place: number }>('agendas of event types', SEE, [
      looks.map(({ eventTypeId }) => eventTypeId),
      looks.map(({ range }) => range.from / 1_000),
      looks.map(({ range }) => range.to / 1_000),
      looks.map(({ at }) => formatInstant(at)),
    ]);
    const seen = looks.map((): HostAgenda | null => null);
    for (const row of rows) seen[row.place - 1] = agendaOf(row);
    return seen;
  }
}

/** One who wants to see an agenda. */
interface Look {
  readonly eventTypeId: string;
  readonly range: SlotRange;
  readonly at: Instant;
}

interface Claim {
  readonly host: string;
  /** `[from,until)` */
  readonly stretch: string;
  readonly at: string;
}

const CLAIM: Writer<Claim> = {
  name: 'claim time of hosts',
  text: 'select claim_times_of_hosts($1)',
  valuesOf: (claims) => [JSON.stringify(claims)],
  faultOf: faultOfClaim,
};

function faultOfClaim(error: unknown): never {
  throw brokenConstraint(error) === 'held_for_another' ? new SlotTaken() : error;
}

interface AgendaRow {
  event_type: string;
  /** Seconds since the epoch with commas between: where each stretch begins and ends. */
  blocked: string | null;
  /** Seconds since the epoch with commas between. */
  starts: string | null;
  is_stale: boolean;
}

interface DetailedAgendaRow {
  event_type: string;
  /** What it is, its booking's id, the meeting's ends and the ends of what it blocks, in epoch milliseconds. */
  taken: [TakenTime['by'], string | null, number, number, number, number][] | null;
  /** Seconds since the epoch with commas between. */
  starts: string | null;
  is_stale: boolean;
}

/** Where a statement finds the range in question, in epoch seconds, and the time at which holds have to last. */
interface Asked {
  readonly from: string;
  readonly to: string;
  readonly at: string;
}

/** As `rangeParameters` tells them. */
const PARAMETERS: Asked = { from: '$1', to: '$2', at: '$3' };

/** As columns of `look`, with which many are asked for at once. */
const COLUMNS_OF_LOOK: Asked = { from: 'look.begins', to: 'look.ends', at: 'look.at' };

// What bookings block is found in the exclusion constraint's own index, and read from it. Slots that start in the range reach as far
// around it as the event type's buffers and duration.
const reachOf = ({ from, to }: Asked) => `
  tstzrange(to_timestamp(${from}) - make_interval(mins => t.buffer_before),
            to_timestamp(${to}) + make_interval(mins => t.duration_minutes + t.buffer_after))`;

// Limits look at whole days and weeks around the range, in whatever zone the schedule is. As results of their own the bounds look
// alike to the planner whatever they are: it would else plan anew for each range, which takes longer than to answer.
const inLimitsReach = ({ from, to }: Asked) => `
  between (select to_timestamp(${from}) - interval '${LIMITS_REACH_DAYS} days')
      and (select to_timestamp(${to}) + interval '${LIMITS_REACH_DAYS} days')`;

/** What is left out of account: nothing, or in the work of one booking (parameter 5) or hold (6) itself. */
const NOTHING = { booking: '', hold: '' };
const OWN = { booking: 'and b.id is distinct from $5', hold: 'and h.token is distinct from $6' };

const blockedExcept = (own: typeof OWN, asked = PARAMETERS) => `
  (select string_agg(date_part('epoch', lower(taken)) || ',' || date_part('epoch', upper(taken)), ',')
   from (select b.blocked as taken from bookings b
         where b.owner_id = t.owner_id and b.status in ('CONFIRMED', 'PENDING')
           and b.blocked && ${reachOf(asked)} ${own.booking}
         union all
         select h.blocked from holds h
         where h.owner_id = t.owner_id and h.expires_at > ${asked.at}
           and h.blocked && ${reachOf(asked)} ${own.hold}
         union all
         select x.busy from busy_times x where x.owner_id = t.owner_id and x.busy && ${reachOf(asked)}
        ) stretches) as blocked`;

const startsExcept = (own: typeof OWN, asked = PARAMETERS) => `
  case when coalesce(t.daily_limit, t.weekly_limit) is not null then
    (select string_agg(date_part('epoch', starts_at)::text, ',')
     from (select b.starts_at from bookings b
           where b.event_type_id = t.id and b.status in ('CONFIRMED', 'PENDING')
             and b.starts_at ${inLimitsReach(asked)} ${own.booking}
           union all
           select h.starts_at from holds h
           where h.event_type_id = t.id and h.owner_id = t.owner_id and h.expires_at > ${asked.at}
             and h.starts_at ${inLimitsReach(asked)} ${own.hold}
          ) counted) end as starts`;

const isStale = ({ at }: Asked) => `
  exists (select from calendar_connections c where c.owner_id = t.owner_id and c.stale_at <= ${at}) as is_stale`;

const BLOCKED = blockedExcept(NOTHING);
const BLOCKED_BY_OTHERS = blockedExcept(OWN);
const STARTS = startsExcept(NOTHING);
const STARTS_OF_OTHERS = startsExcept(OWN);
const IS_STALE = isStale(PARAMETERS);

const SEE = `
  select look.place::int, ${EVENT_TYPE_TEXT}, ${blockedExcept(NOTHING, COLUMNS_OF_LOOK)},
    ${startsExcept(NOTHING, COLUMNS_OF_LOOK)}, ${isStale(COLUMNS_OF_LOOK)}
  from unnest($1::uuid[], $2::float8[], $3::float8[], $4::timestamptz[])
    with ordinality as look(event_type_id, begins, ends, at, place)
  join event_types t on t.id = look.event_type_id and t.is_active`;

const TAKEN = `
  (select json_agg(json_build_array(taken_by, booking_id, (extract(epoch from starts_at) * 1000)::bigint,
                                    (extract(epoch from ends_at) * 1000)::bigint,
                                    (extract(epoch from lower(blocked)) * 1000)::bigint,
                                    (extract(epoch from upper(blocked)) * 1000)::bigint))
   from (select 'booking' as taken_by, b.id as booking_id, b.starts_at, b.ends_at, b.blocked from bookings b
         where b.owner_id = t.owner_id and b.status in ('CONFIRMED', 'PENDING')
           and b.blocked && tstzrange(to_timestamp($1), to_timestamp($2))
         union all
         select 'hold', null, lower(h.blocked), upper(h.blocked), h.blocked from holds h
         where h.owner_id = t.owner_id and h.expires_at > $3
           and h.blocked && tstzrange(to_timestamp($1), to_timestamp($2))
         union all
         select 'busy', null, lower(x.busy), upper(x.busy), x.busy from busy_times x
         where x.owner_id = t.owner_id and x.busy && tstzrange(to_timestamp($1), to_timestamp($2))
        ) stretches) as taken`;

function rangeParameters({ from, to }: SlotRange, at: Instant): unknown[] {
  return [from / 1_000, to / 1_000, formatInstant(at)];
}

function agendaOf(row: AgendaRow): HostAgenda {
  const ends = instantsOf(row.blocked);
  const blocked: Opening[] = [];
  for (let i = 0; i < ends.length; i += 2) blocked.push({ start: ends[i]!, end: ends[i + 1]! });
  if (row.is_stale) blocked.push(ALL_TIME);
  return {
    eventType: eventTypeOfText(row.event_type),
    occupancy: { blocked, starts: instantsOf(row.starts) },
    isCalendarStale: row.is_stale,
  };
}

function detailedAgendaOf(row: DetailedAgendaRow): DetailedAgenda {
  const taken = (row.taken ?? []).map<TakenTime>(
    ([by, bookingId, start, end, blockedFrom, blockedUntil]) => ({
      by,
      bookingId,
      meeting: { start, end },
      blocked: { start: blockedFrom, end: blockedUntil },
    }),
  );
  if (row.is_stale) taken.push({ by: 'busy', bookingId: null, meeting: ALL_TIME, blocked: ALL_TIME });
  return {
    eventType: eventTypeOfText(row.event_type),
    takenTimes: { taken, starts: instantsOf(row.starts) },
    isCalendarStale: row.is_stale,
  };
}

/** Epoch milliseconds. */
function instantsOf(seconds: string | null): number[] {
  if (seconds === null) return [];
  const instants = JSON.parse(`[${seconds}]`) as number[];
  for (let i = 0; i < instants.length; i += 1) instants[i] = Math.round(instants[i]! * 1_000);
  return instants;
}
