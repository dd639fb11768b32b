import type { Job } from '../../kernel/job-queue.js';
import { RUNG_FOR, type Turns } from '../../platform/persistence/relay.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** Where relays listen for news of connections. */
export const CALENDARS_CHANNEL = 'calendars';

/** The connections that are due to be synced, as the relay sees them. */
export class DueSyncs implements Turns {
  constructor(private readonly sql: Sql) {}

  async takeDue(limit: number): Promise<Job[]> {
    const rows = await this.sql.query<{ id: string }>(
      `with taken as (
         update calendar_connections set busy_until = now() + ${RUNG_FOR}, under_way = false
         where id in (
           select id from calendar_connections
           where (next_sync_at <= now() or has_news) and (busy_until is null or busy_until <= now())
           order by next_sync_at, id limit $1 for update skip locked)
         returning id, next_sync_at)
       select id from taken order by next_sync_at, id`,
      [limit],
    );
    return rows.map(({ id }) => ({ name: 'sync-calendar', id }));
  }

  async giveBack(jobs: readonly Job[]): Promise<void> {
    await this.sql.query(
      'update calendar_connections set busy_until = null where id = any($1) and not under_way',
      [jobs.map(({ id }) => id)],
    );
  }
}
