import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Feeds by which owners show their bookings to calendars elsewhere. Of the secret in a feed's address only its SHA-256 is kept. */
export class CalendarFeeds1790000000007 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table calendar_feeds (
        owner_id uuid primary key references users on delete cascade,
        token_hash bytea not null unique,
        published_at timestamptz not null,
        last_read_at timestamptz
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table calendar_feeds');
  }
}
