import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Owners' calendars elsewhere and the busy time read from them. `next_sync_at` says when a connection is to be looked at next; whoever
 * rings or works for it says so in `busy_until` and `under_way`, and the `turn` keeps two syncs of one connection apart.
 */
export class Calendars1790000000004 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table calendar_connections (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        provider text not null check (provider in ('CALDAV', 'ICS', 'GOOGLE', 'MICROSOFT')),
        account text not null,
        credentials bytea not null,
        next_sync_at timestamptz,
        busy_until timestamptz,
        under_way boolean not null default false,
        turn int not null default 0,
        synced_at timestamptz,
        stale_at timestamptz not null,
        stale_told_at timestamptz,
        failures int not null,
        last_error text,
        access_lost boolean not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );
      -- From stale_at on nothing is offered; the index alone answers whether there is such a connection.
      create index calendar_connections_of_owner on calendar_connections (owner_id, stale_at);
      create index calendar_connections_due on calendar_connections (next_sync_at) where next_sync_at is not null;

      create table calendars (
        id uuid primary key,
        connection_id uuid not null references calendar_connections on delete cascade,
        owner_id uuid not null references users on delete cascade,
        remote_id text not null,
        name text not null,
        writable boolean not null,
        is_read boolean not null,
        is_written boolean not null,
        cursor text,
        expanded_at timestamptz,
        unique (connection_id, remote_id)
      );

      -- Of the events of calendars that are read: those that block time, and our own, which block none.
      create table calendar_events (
        calendar_id uuid not null references calendars on delete cascade,
        remote_id text not null,
        uid text,
        etag text,
        told_in_turn int not null,
        primary key (calendar_id, remote_id)
      );

      create table busy_times (
        calendar_id uuid not null,
        remote_id text not null,
        owner_id uuid not null,
        busy tstzrange not null check (not isempty(busy)),
        foreign key (calendar_id, remote_id) references calendar_events on delete cascade
      );
      create index busy_times_of_event on busy_times (calendar_id, remote_id);
      create index busy_times_of_owner on busy_times using gist (owner_id, busy);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table busy_times, calendar_events, calendars, calendar_connections');
  }
}
