import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts that owners open by signing in at their provider: the authorizations that are begun, the watches by which providers tell of
 * changes, and `has_news`, which makes a connection due at once. A sync that begins takes the news; what comes later stays.
 */
export class CalendarAccounts1790000000005 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table calendar_authorizations (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        provider text not null check (provider in ('GOOGLE', 'MICROSOFT')),
        choice json not null,
        state_hash bytea not null unique,
        verifier bytea, -- forgotten as soon as it is used
        expires_at timestamptz not null,
        connection_id uuid references calendar_connections on delete set null,
        fault text
      );
      create index calendar_authorizations_of_owner on calendar_authorizations (owner_id);
      create index calendar_authorizations_of_connection on calendar_authorizations (connection_id);
      create index calendar_authorizations_old on calendar_authorizations (expires_at);

      alter table calendar_connections add column has_news boolean not null default false;
      create index calendar_connections_with_news on calendar_connections (id) where has_news;
      -- Of other providers the name of an account does not tell one from another.
      create unique index calendar_connections_of_account on calendar_connections (owner_id, provider, account)
        where provider in ('GOOGLE', 'MICROSOFT');

      alter table calendars
        add column watch_handle text,
        add column watch_expires_at timestamptz,
        add column watch_due_at timestamptz,
        add check ((watch_handle is null) = (watch_expires_at is null));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      alter table calendars drop column watch_handle, drop column watch_expires_at, drop column watch_due_at;
      drop index calendar_connections_of_account;
      alter table calendar_connections drop column has_news;
      drop table calendar_authorizations;
    `);
  }
}
