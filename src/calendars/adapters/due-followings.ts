import type { Job } from '../../kernel/job-queue.js';
import { RUNG_FOR, type Turns } from '../../platform/persistence/relay.js';
import type { Sql } from '../../platform/persistence/sql.js';

/**
 * What owners did in their calendars and bookings have not followed yet, as the relay sees it. It waits for the end of a sync that is
 * under way: what is gone from one calendar may turn up in the next.
 */
export class DueFollowings implements Turns {
  constructor(private readonly sql: Sql) {}

  async takeDue(limit: number): Promise<Job[]> {
    const rows = await this.sql.query<{ id: string }>(
      `update mirrored_bookings set follow_rung_until = now() + ${RUNG_FOR}
       where id in (
         select m.id
         from mirrored_bookings m join calendars k on k.id = m.calendar_id join calendar_connections c on c.id = k.connection_id
         where m.follow_at <= now() and (m.follow_rung_until is null or m.follow_rung_until <= now())
           and not (c.under_way and c.busy_until > now())
         order by m.follow_at, m.id limit $1 for update of m skip locked)
       returning id`,
      [limit],
    );
    return rows.map(({ id }) => ({ name: 'follow-calendar', id }));
  }

  async giveBack(jobs: readonly Job[]): Promise<void> {
    await this.sql.query('update mirrored_bookings set follow_rung_until = null where id = any($1)', [
      jobs.map(({ id }) => id),
    ]);
  }
}
