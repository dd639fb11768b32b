import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What owners do to the events of their bookings, and whether bookings follow it. `judged` is the state of the event that was looked at
 * last since it was put: its version, or `gone`. While `follow_at` is set, `owners_change` waits for an answer; whoever rings for
 * it says so in `follow_rung_until`. `refusal` is what kept a booking from following.
 */
export class BothWays1790000000009 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table calendar_connections
        add on_change text not null default 'NOTHING' check (on_change in ('NOTHING', 'FOLLOW'));
      alter table calendars add followed_since timestamptz;
      alter table mirrored_bookings
        add judged text,
        add owners_change text check (owners_change in ('MOVED', 'UNFIT', 'DELETED', 'VANISHED')),
        add moved_to timestamptz,
        add follow_at timestamptz,
        add follow_rung_until timestamptz,
        add refusal text;
      create index mirrored_bookings_to_follow on mirrored_bookings (follow_at) where follow_at is not null;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table mirrored_bookings
        drop judged, drop owners_change, drop moved_to, drop follow_at, drop follow_rung_until, drop refusal;
      alter table calendars drop followed_since;
      alter table calendar_connections drop on_change;
    `);
  }
}
