import type { Job } from '../../kernel/job-queue.js';
import { RUNG_FOR, type Turns } from '../../platform/persistence/relay.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** The bookings with reminders that are due, as the relay sees them. */
export class DueReminders implements Turns {
  constructor(private readonly sql: Sql) {}

  async takeDue(limit: number): Promise<Job[]> {
    const rows = await this.sql.query<{ id: string }>(
      `with taken as (
         update reminders r set busy_until = now() + ${RUNG_FOR}
         from (
           select booking_id, minutes_before from reminders
           where coalesce(busy_until, due_at) <= now()
           order by coalesce(busy_until, due_at) limit $1 for update skip locked) due
         where r.booking_id = due.booking_id and r.minutes_before = due.minutes_before
         returning r.booking_id, r.due_at)
       select booking_id as id from taken group by booking_id order by min(due_at)`,
      [limit],
    );
    return rows.map(({ id }) => ({ name: 'remind', id }));
  }

  async giveBack(jobs: readonly Job[]): Promise<void> {
    await this.sql.query('update reminders set busy_until = null where booking_id = any($1)', [
      jobs.map(({ id }) => id),
    ]);
  }
}
