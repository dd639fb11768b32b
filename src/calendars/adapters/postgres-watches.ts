import type { Instant } from '@js-joda/core';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import type { CalendarProvider } from '../domain/connection.js';
import { Watches, type DueWatch, type Watch } from '../ports.js';

interface WatchRow {
  watch_handle: string | null;
  watch_expires_at: string | null;
}

interface DueRow extends WatchRow {
  provider: CalendarProvider;
  id: string;
  remote_id: string;
}

/** Watches are columns of the calendars that they watch over. */
export class PostgresWatches extends Watches {
  constructor(private readonly session: Session) {
    super();
  }

  async due(connectionId: string, at: Instant): Promise<DueWatch[]> {
    if (!isId(connectionId)) return [];
    const rows = await this.session.query<DueRow>(
      `select c.provider, k.id, k.remote_id, k.watch_handle, k.watch_expires_at
       from calendars k join calendar_connections c on c.id = k.connection_id
       where c.id = $1 and c.synced_at is not null and c.failures = 0 and k.is_read
         and (k.watch_due_at is null or k.watch_due_at <= $2)
       order by k.id`,
      [connectionId, formatInstant(at)],
    );
    return rows.map((row) => ({
      provider: row.provider,
      calendarId: row.id,
      remoteId: row.remote_id,
      former: watchOf(row),
    }));
  }

  async keep(calendarId: string, watch: Watch | null, dueAt: Instant): Promise<boolean> {
    const kept = await this.session.query(
      `update calendars set watch_handle = $2, watch_expires_at = $3, watch_due_at = $4 where id = $1 returning id`,
      [calendarId, watch?.handle ?? null, watch && formatInstant(watch.expiresAt), formatInstant(dueAt)],
    );
    return kept.length > 0;
  }

  async of(connectionId: string): Promise<Watch[]> {
    if (!isId(connectionId)) return [];
    const rows = await this.session.query<WatchRow>(
      `select watch_handle, watch_expires_at from calendars
       where connection_id = $1 and watch_handle is not null order by id`,
      [connectionId],
    );
    return rows.map(watchOf).filter((watch) => watch !== null);
  }
}

function watchOf({ watch_handle: handle, watch_expires_at: expiresAt }: WatchRow): Watch | null {
  return handle === null || expiresAt === null ? null : { handle, expiresAt: instantOf(expiresAt) };
}
