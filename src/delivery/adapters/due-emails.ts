import type { Job } from '../../kernel/job-queue.js';
import { RUNG_FOR, type Turns } from '../../platform/persistence/relay.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** Where relays listen for news of mails to be sent. */
export const EMAILS_CHANNEL = 'emails';

/** Says in SQL that something owed to the same reader about the same booking before the mail of that alias is still to be sent. */
export function hasElder(alias: string): string {
  return `exists (
    select from email_logs elder
    where elder.booking_id = ${alias}.booking_id and elder.recipient = ${alias}.recipient and elder.status = 'QUEUED'
      and (elder.created_at, elder.id) < (${alias}.created_at, ${alias}.id))`;
}

/** How many were rung for that nobody has claimed yet, in SQL. */
const WAITING = `
  select count(*) from email_logs
  where status = 'QUEUED' and not under_way
    and coalesce(busy_until, next_attempt_at) between now() and now() + ${RUNG_FOR} and busy_until > now()`;

/** The mails that are due, as the relay sees them. About a hundred at most wait at a time for somebody to hear the ring. */
export class DueEmails implements Turns {
  constructor(private readonly sql: Sql) {}

  async takeDue(limit: number): Promise<Job[]> {
    const rows = await this.sql.query<{ id: string }>(
      `with taken as (
         update email_logs set busy_until = now() + ${RUNG_FOR}, under_way = false
         where id in (
           select id from email_logs l
           where status = 'QUEUED' and coalesce(busy_until, next_attempt_at) <= now() and not ${hasElder('l')}
           order by coalesce(busy_until, next_attempt_at), id limit least($1, greatest(0, 100 - (${WAITING})))
           for update skip locked)
         returning id, next_attempt_at)
       select id from taken order by next_attempt_at, id`,
      [limit],
    );
    return rows.map(({ id }) => ({ name: 'send-email', id }));
  }

  async giveBack(jobs: readonly Job[]): Promise<void> {
    await this.sql.query(
      `update email_logs set busy_until = null where id = any($1) and status = 'QUEUED' and not under_way`,
      [jobs.map(({ id }) => id)],
    );
  }
}
