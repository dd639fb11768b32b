import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What owners' calendars are to show of bookings, and what was last put there: one row for each booking and calendar. `wish` rises
 * with every change of what is wanted, so that an attempt that was overtaken does not count as the last. `next_attempt_at` says when the
 * calendar is asked next; null once it shows what is wanted, or is given up. Whoever rings or works for a row says so in
 * `busy_until` and `under_way`, and the `turn` keeps two attempts apart.
 */
export class MirroredBookings1790000000006 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table mirrored_bookings (
        id uuid primary key,
        booking_id uuid not null references bookings on delete cascade,
        calendar_id uuid not null references calendars on delete cascade,
        -- Wanted: the booking as its last event told, there or not.
        booking jsonb not null,
        is_wanted boolean not null,
        wish int not null default 1,
        -- On the way there.
        state text not null check (state in ('PENDING', 'MIRRORED', 'FAILED')),
        attempts int not null default 0,
        next_attempt_at timestamptz,
        busy_until timestamptz,
        under_way boolean not null default false,
        turn int not null default 0,
        tried_at timestamptz,
        last_error text,
        -- Whether an event may have been put of which nothing was recorded.
        may_be_there boolean not null default false,
        -- There: the event as it was last put, all null if there is none. The key is the id as calendar_events has it.
        remote_id text,
        remote_key text,
        etag text,
        placed_sequence int,
        placed_starts_at timestamptz,
        placed_ends_at timestamptz,
        meeting_link text,
        mirrored_at timestamptz,
        unique (booking_id, calendar_id)
      );
      create index mirrored_bookings_due on mirrored_bookings (calendar_id, next_attempt_at)
        where next_attempt_at is not null;
      create index mirrored_bookings_of_event on mirrored_bookings (calendar_id, remote_key) where remote_key is not null;
      create index mirrored_bookings_of_calendar on mirrored_bookings (calendar_id, state, is_wanted);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table mirrored_bookings');
  }
}
