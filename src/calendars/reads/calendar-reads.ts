import { isId } from '../../kernel/ids.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** A connected account as its owner sees it; what opens it is not shown. */
export interface CalendarConnectionView {
  id: string;
  provider: 'CALDAV' | 'ICS' | 'GOOGLE' | 'MICROSOFT';
  account: string;
  /** What becomes of a booking whose event its owner moves or deletes: nothing, or the same. */
  onChange: 'NOTHING' | 'FOLLOW';
  /** `PENDING` before the first success, `FAILING` while it is tried again, `ACCESS_LOST` when that is of no use. */
  state: 'PENDING' | 'SYNCED' | 'FAILING' | 'ACCESS_LOST';
  /** Whether nothing is offered on its account. */
  isStale: boolean;
  syncedAt: string | null;
  nextSyncAt: string | null;
  lastError: string | null;
  calendars: ConnectedCalendarView[];
  bookings: MirroredBookingsView;
  /** Why a booking that is not over did not follow what its owner did in the calendar, of several the last. */
  notFollowed: string | null;
  createdAt: string;
}

export interface ConnectedCalendarView {
  name: string;
  /** Whether its events keep the owner busy. */
  read: boolean;
  /** Whether bookings are put into it. */
  write: boolean;
  /** How many of its events block time in the years to come. */
  events: number;
}

/** Bookings that the account's calendars are to show. */
export interface MirroredBookingsView {
  mirrored: number;
  /** To be put, moved or removed soon, or once the provider answers again. */
  pending: number;
  /** Refused by the provider. */
  failed: number;
  /** Why the last of those failed that are not done. */
  lastError: string | null;
}

/** How far an owner has come who set out to sign in at his provider. */
export interface AuthorizationView {
  state: 'WAITING' | 'UNDER_WAY' | 'CONNECTED' | 'FAILED' | 'EXPIRED';
  /** Null until it is connected. */
  connectionId: string | null;
  /** One sentence, if it failed. */
  fault: string | null;
}

/** An account on whose account nothing is offered. */
export interface StaleCalendarView {
  id: string;
  account: string;
  ownerEmail: string;
  lastError: string | null;
}

/** Connected accounts, straight from SQL. */
export class CalendarReads {
  constructor(private readonly sql: Sql) {}

  /** All of an owner's, in the order in which they were made. */
  async connections(ownerId: string): Promise<CalendarConnectionView[]> {
    if (!isId(ownerId)) return [];
    return this.sql.query<CalendarConnectionView>(
      `${SELECT} where c.owner_id = $1 order by c.created_at, c.id`,
      [ownerId],
    );
  }

  /** The one of that id, whoever owns it; null if there is none. */
  async connection(id: string): Promise<CalendarConnectionView | null> {
    if (!isId(id)) return null;
    const [connection] = await this.sql.query<CalendarConnectionView>(`${SELECT} where c.id = $1`, [id]);
    return connection ?? null;
  }

  /** Null if there is no such owner. */
  async ownerEmail(ownerId: string): Promise<string | null> {
    const [owner] = await this.sql.query<{ email: string }>('select email from users where id = $1', [
      ownerId,
    ]);
    return owner?.email ?? null;
  }

  /** How far an authorization has come; null if there is none of that id. One that is under way for two minutes is so no more. */
  async authorization(id: string): Promise<AuthorizationView | null> {
    if (!isId(id)) return null;
    const [authorization] = await this.sql.query<AuthorizationView>(
      `select connection_id as "connectionId", fault,
         case when connection_id is not null then 'CONNECTED' when fault is not null then 'FAILED'
              when expires_at > now() and verifier is not null then 'WAITING'
              when expires_at > now() - interval '5 minutes' and verifier is null then 'UNDER_WAY'
              else 'EXPIRED' end as state
       from calendar_authorizations where id = $1`,
      [id],
    );
    return authorization ?? null;
  }

  /** All owners' that are stale, the longest first; those that wait for their very first sync are not told of for an hour. */
  async stale(): Promise<StaleCalendarView[]> {
    return this.sql.query<StaleCalendarView>(
      `select c.id, c.account, u.email as "ownerEmail", c.last_error as "lastError"
       from calendar_connections c join users u on u.id = c.owner_id
       where c.stale_at <= now() and (c.failures > 0 or c.created_at < now() - interval '1 hour')
       order by c.stale_at, c.id`,
    );
  }
}

const SELECT = `
  select c.id, c.provider, c.account, c.on_change as "onChange",
    case when c.access_lost then 'ACCESS_LOST' when c.failures > 0 then 'FAILING'
         when c.synced_at is null then 'PENDING' else 'SYNCED' end as state,
    c.stale_at <= now() as "isStale", c.synced_at as "syncedAt",
    case when not c.access_lost then c.next_sync_at end as "nextSyncAt", c.last_error as "lastError",
    (select json_agg(json_build_object(
        'name', k.name, 'read', k.is_read, 'write', k.is_written,
        'events', (select count(distinct b.remote_id) from busy_times b where b.calendar_id = k.id)) order by k.name, k.id)
      from calendars k where k.connection_id = c.id) as calendars,
    (select json_build_object(
        'mirrored', count(*) filter (where m.state = 'MIRRORED' and m.is_wanted),
        'pending', count(*) filter (where m.state = 'PENDING'), 'failed', count(*) filter (where m.state = 'FAILED'),
        'lastError', (array_agg(m.last_error order by m.tried_at desc) filter (where m.last_error is not null))[1])
      from mirrored_bookings m where m.calendar_id in (select k.id from calendars k where k.connection_id = c.id)) as bookings,
    (select m.refusal from mirrored_bookings m
     where m.calendar_id in (select k.id from calendars k where k.connection_id = c.id) and m.refusal is not null
       and (m.booking ->> 'endTime')::timestamptz > now()
     order by m.tried_at desc nulls last, m.id limit 1) as "notFollowed",
    c.created_at as "createdAt"
  from calendar_connections c`;
