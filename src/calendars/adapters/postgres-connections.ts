import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import { SealBroken, type SealedText } from '../../platform/sealed-text.js';
import {
  CalendarConnection,
  type CalendarProvider,
  type ConnectedCalendar,
  type OnChange,
  type SignInProvider,
} from '../domain/connection.js';
import { CalendarAccessLost } from '../domain/errors.js';
import {
  Connections,
  type CalendarAccount,
  type ClaimedSync,
  type Credentials,
  type RemovedConnection,
} from '../ports.js';
import { CALENDARS_CHANNEL } from './due-syncs.js';

/** How long a claim lasts: longer than any one request that is made under it. */
const CLAIMED_FOR = `interval '5 minutes'`;

export class PostgresConnections extends Connections {
  constructor(
    private readonly session: Session,
    private readonly unitOfWork: UnitOfWork,
    private readonly sealedText: SealedText,
  ) {
    super();
  }

  async add(connection: CalendarConnection, credentials: Credentials): Promise<void> {
    const row = rowOf(connection);
    await this.session.query(
      `insert into calendar_connections (${COLUMNS.join(', ')}, credentials)
       select ${COLUMNS.join(', ')}, $2 from json_populate_record(null::calendar_connections, $1)`,
      [JSON.stringify(row), await this.sealed(row.id, credentials)],
    );
    await this.saveCalendars(connection);
    this.session.tell(CALENDARS_CHANNEL);
  }

  async account(connectionId: string): Promise<CalendarAccount> {
    return {
      connectionId,
      credentials: await this.credentials(connectionId),
      renewed: (credentials) => this.renew(connectionId, credentials),
      reread: () => this.credentials(connectionId),
    };
  }

  async save(connection: CalendarConnection): Promise<void> {
    await this.session.query(
      `update calendar_connections c set (${COLUMNS.join(', ')}) = row (${COLUMNS.map((column) => `r.${column}`).join(', ')})
       from json_populate_record(null::calendar_connections, $1) r where c.id = r.id`,
      [JSON.stringify(rowOf(connection))],
    );
    await this.saveCalendars(connection);
  }

  async remove(connectionId: string): Promise<RemovedConnection | null> {
    if (!isId(connectionId)) return null;
    const [removed] = await this.session.query<RemovedConnection>(
      'delete from calendar_connections where id = $1 returning provider, account',
      [connectionId],
    );
    return removed ?? null;
  }

  async claim(connectionId: string, isAsked: boolean): Promise<ClaimedSync | null> {
    if (!isId(connectionId)) return null;
    const [claimed] = await this.session.query<{ turn: number; timezone: string }>(
      `update calendar_connections c
       set under_way = true, turn = turn + 1, busy_until = now() + ${CLAIMED_FOR}, has_news = false
       where id = $1 and ($2 or next_sync_at <= now() or has_news) and (not under_way or busy_until <= now())
       returning turn, (select timezone from users u where u.id = c.owner_id) as timezone`,
      [connectionId, isAsked],
    );
    const connection = claimed && (await this.find(connectionId));
    return connection ? { connection, ...claimed } : null;
  }

  async resume({ connection, turn }: ClaimedSync): Promise<CalendarConnection | null> {
    const resumed = await this.session.query(
      `update calendar_connections set busy_until = now() + ${CLAIMED_FOR}
       where id = $1 and turn = $2 and under_way returning id`,
      [connection.state.id, turn],
    );
    return resumed.length > 0 ? this.find(connection.state.id) : null;
  }

  async release({ connection, turn }: ClaimedSync): Promise<void> {
    await this.session.query(
      'update calendar_connections set busy_until = null, under_way = false where id = $1 and turn = $2',
      [connection.state.id, turn],
    );
  }

  async has(connectionId: string): Promise<boolean> {
    if (!isId(connectionId)) return false;
    const rows = await this.session.query('select from calendar_connections where id = $1', [connectionId]);
    return rows.length > 0;
  }

  async ofAccount(
    ownerId: string,
    provider: SignInProvider,
    account: string,
  ): Promise<CalendarConnection | null> {
    await this.session.query('select from users where id = $1 for no key update', [ownerId]);
    const [row] = await this.session.query<{ id: string }>(
      'select id from calendar_connections where owner_id = $1 and provider = $2 and account = $3',
      [ownerId, provider, account],
    );
    return row ? this.find(row.id) : null;
  }

  async hasAccount(provider: CalendarProvider, account: string): Promise<boolean> {
    const rows = await this.session.query(
      'select from calendar_connections where provider = $1 and account = $2 limit 1',
      [provider, account],
    );
    return rows.length > 0;
  }

  async reopen(connection: CalendarConnection, credentials: Credentials): Promise<void> {
    const { id } = connection.state;
    await this.save(connection);
    await this.session.query(
      `update calendar_connections
       set credentials = $2, turn = turn + 1, under_way = false, busy_until = null where id = $1`,
      [id, await this.sealed(id, credentials)],
    );
    this.session.tell(CALENDARS_CHANNEL);
  }

  async hasNews(connectionId: string): Promise<void> {
    if (!isId(connectionId)) return;
    await this.session.query(
      'update calendar_connections set has_news = true where id = $1 and failures = 0 and not has_news',
      [connectionId],
    );
    this.session.tell(CALENDARS_CHANNEL);
  }

  async find(id: string): Promise<CalendarConnection | null> {
    if (!isId(id)) return null;
    const [row] = await this.session.query<ConnectionRow & { calendars: CalendarRow[] }>(
      `select ${COLUMNS.join(', ')},
         (select json_agg(k order by k.id) from calendars k where k.connection_id = c.id) as calendars
       from calendar_connections c where id = $1 for no key update`,
      [id],
    );
    return row ? connectionOf(row) : null;
  }

  private async saveCalendars(connection: CalendarConnection): Promise<void> {
    await this.session.query(
      `insert into calendars (${CALENDAR_COLUMNS.join(', ')})
       select ${CALENDAR_COLUMNS.join(', ')} from json_populate_recordset(null::calendars, $1)
       on conflict (id) do update set
         (${CALENDAR_COLUMNS.join(', ')}) = row (${CALENDAR_COLUMNS.map((column) => `excluded.${column}`).join(', ')})`,
      [JSON.stringify(calendarRowsOf(connection))],
    );
  }

  private async credentials(connectionId: string): Promise<Credentials> {
    const [row] = await this.unitOfWork.run(() =>
      this.session.query<{ credentials: Buffer }>(
        'select credentials from calendar_connections where id = $1',
        [connectionId],
      ),
    );
    if (!row) throw new CalendarAccessLost('The calendar was disconnected');
    return this.unsealed(connectionId, row.credentials);
  }

  private async renew(connectionId: string, credentials: Credentials): Promise<void> {
    const sealed = await this.sealed(connectionId, credentials);
    await this.unitOfWork.run(() =>
      this.session.query('update calendar_connections set credentials = $2 where id = $1', [
        connectionId,
        sealed,
      ]),
    );
  }

  private sealed(connectionId: string, credentials: Credentials): Promise<Buffer> {
    return this.sealedText.seal(JSON.stringify(credentials), connectionId);
  }

  private async unsealed(connectionId: string, sealed: Buffer): Promise<Credentials> {
    try {
      return JSON.parse(await this.sealedText.open(sealed, connectionId)) as Credentials;
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      throw new CalendarAccessLost(
        'The password of this calendar was kept under another key: bring the former SECRETS_KEY or secrets.json back, or connect the calendar anew',
        { cause: error },
      );
    }
  }
}

interface ConnectionRow {
  id: string;
  owner_id: string;
  provider: CalendarProvider;
  account: string;
  on_change: OnChange;
  next_sync_at: string | null;
  synced_at: string | null;
  stale_at: string;
  stale_told_at: string | null;
  failures: number;
  last_error: string | null;
  access_lost: boolean;
  created_at: string;
  updated_at: string;
}

const COLUMNS: readonly (keyof ConnectionRow)[] = [
  'id',
  'owner_id',
  'provider',
  'account',
  'on_change',
  'next_sync_at',
  'synced_at',
  'stale_at',
  'stale_told_at',
  'failures',
  'last_error',
  'access_lost',
  'created_at',
  'updated_at',
];

interface CalendarRow {
  id: string;
  connection_id: string;
  owner_id: string;
  remote_id: string;
  name: string;
  writable: boolean;
  is_read: boolean;
  is_written: boolean;
  cursor: string | null;
  expanded_at: string | null;
  followed_since: string | null;
}

const CALENDAR_COLUMNS: readonly (keyof CalendarRow)[] = [
  'id',
  'connection_id',
  'owner_id',
  'remote_id',
  'name',
  'writable',
  'is_read',
  'is_written',
  'cursor',
  'expanded_at',
  'followed_since',
];

function rowOf({ state }: CalendarConnection): ConnectionRow {
  return {
    id: state.id,
    owner_id: state.ownerId,
    provider: state.provider,
    account: state.account,
    on_change: state.onChange,
    next_sync_at: state.nextSyncAt && formatInstant(state.nextSyncAt),
    synced_at: state.syncedAt && formatInstant(state.syncedAt),
    stale_at: formatInstant(state.staleAt),
    stale_told_at: state.staleToldAt && formatInstant(state.staleToldAt),
    failures: state.failures,
    last_error: state.lastError,
    access_lost: state.accessLost,
    created_at: formatInstant(state.createdAt),
    updated_at: formatInstant(state.updatedAt),
  };
}

function calendarRowsOf({ state }: CalendarConnection): CalendarRow[] {
  return state.calendars.map((calendar) => ({
    id: calendar.id,
    connection_id: state.id,
    owner_id: state.ownerId,
    remote_id: calendar.remoteId,
    name: calendar.name,
    writable: calendar.writable,
    is_read: calendar.isRead,
    is_written: calendar.isWritten,
    cursor: calendar.cursor,
    expanded_at: calendar.expandedAt && formatInstant(calendar.expandedAt),
    followed_since: calendar.followedSince && formatInstant(calendar.followedSince),
  }));
}

function connectionOf({
  calendars,
  ...row
}: ConnectionRow & { calendars: CalendarRow[] }): CalendarConnection {
  return CalendarConnection.of({
    id: row.id,
    ownerId: row.owner_id,
    provider: row.provider,
    account: row.account,
    onChange: row.on_change,
    calendars: calendars.map(calendarOf),
    nextSyncAt: row.next_sync_at === null ? null : instantOf(row.next_sync_at),
    syncedAt: row.synced_at === null ? null : instantOf(row.synced_at),
    staleAt: instantOf(row.stale_at),
    staleToldAt: row.stale_told_at === null ? null : instantOf(row.stale_told_at),
    failures: row.failures,
    lastError: row.last_error,
    accessLost: row.access_lost,
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
  });
}

function calendarOf(row: CalendarRow): ConnectedCalendar {
  return {
    id: row.id,
    remoteId: row.remote_id,
    name: row.name,
    writable: row.writable,
    isRead: row.is_read,
    isWritten: row.is_written,
    cursor: row.cursor,
    expandedAt: row.expanded_at === null ? null : instantOf(row.expanded_at),
    followedSince: row.followed_since === null ? null : instantOf(row.followed_since),
  };
}
