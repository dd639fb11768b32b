import type { UnitOfWork } from '../../kernel/unit-of-work.js';
import type { Job } from '../../kernel/job-queue.js';
import { takeInTurns } from '../../platform/persistence/fair-turns.js';
import { RUNG_FOR, type Turns } from '../../platform/persistence/relay.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** Where relays listen for news of what calendars are to show. */
export const MIRRORINGS_CHANNEL = 'mirrored_bookings';

/**
 * Bookings that calendars do not show yet, as the relay sees them. Calendars take turns, and of each of them at most four bookings are
 * rung for or under way at a time, one where the last attempt at any of them failed: no owner waits for the provider of another.
 */
export class DueMirrorings implements Turns {
  constructor(
    private readonly session: Session,
    private readonly unitOfWork: UnitOfWork,
    private readonly sql: Sql,
  ) {}

  async takeDue(limit: number): Promise<Job[]> {
    const ids = await takeInTurns(this.session, this.unitOfWork, 'due mirrored bookings', TAKE_DUE, limit);
    return ids.map((id) => ({ name: 'mirror-booking', id }));
  }

  async giveBack(jobs: readonly Job[]): Promise<void> {
    await this.sql.query(
      'update mirrored_bookings set busy_until = null where id = any($1) and not under_way',
      [jobs.map(({ id }) => id)],
    );
  }
}

/** How many more of the calendar `owed` may be rung for. */
const ROOM = `
  (case when exists (
     select from mirrored_bookings f
     where f.calendar_id = owed.calendar_id and f.next_attempt_at is not null and f.last_error is not null)
   then 1 else 4 end
   - (select count(*) from mirrored_bookings b
      where b.calendar_id = owed.calendar_id and b.next_attempt_at is not null and b.busy_until > now()))`;

// The first step goes along the index from calendar to calendar: the cost grows with how many are owed anything.
const TAKE_DUE = `
  with recursive owed as (
    (select calendar_id, next_attempt_at from mirrored_bookings
     where next_attempt_at is not null order by calendar_id, next_attempt_at limit 1)
    union all
    select next.calendar_id, next.next_attempt_at
    from owed cross join lateral (
      select m.calendar_id, m.next_attempt_at from mirrored_bookings m
      where m.next_attempt_at is not null and m.calendar_id > owed.calendar_id
      order by m.calendar_id, m.next_attempt_at limit 1) next
  ), chosen as (
    select first.id, first.place, first.next_attempt_at
    from owed cross join lateral (
      select m.id, m.next_attempt_at, row_number() over (order by m.next_attempt_at, m.id) as place
      from mirrored_bookings m
      where m.calendar_id = owed.calendar_id and m.next_attempt_at <= now()
        and (m.busy_until is null or m.busy_until <= now())
      order by m.next_attempt_at, m.id limit greatest(0, ${ROOM})) first
    where owed.next_attempt_at <= now()
    order by first.place, first.next_attempt_at limit $1
  )
  update mirrored_bookings m set busy_until = now() + ${RUNG_FOR}, under_way = false
  from chosen where m.id = chosen.id and (m.busy_until is null or m.busy_until <= now())
  returning m.id, chosen.place::int, extract(epoch from m.next_attempt_at)::float8 as due`;
