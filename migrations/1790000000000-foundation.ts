import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Owners, keys, event types, bookings, contacts, the outbox and what it leads to. Runs on PostgreSQL 15 and newer. */
export class Foundation1790000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create extension if not exists btree_gist;
      create extension if not exists btree_gin;
      create extension if not exists pg_trgm;
      create extension if not exists unaccent;

      -- unaccent() depends on a dictionary that could be altered, so PostgreSQL calls it stable. Ours is not altered.
      create function searchable(text) returns text language sql immutable strict parallel safe
        return lower(public.unaccent('public.unaccent'::regdictionary, $1));

      create table users (
        id uuid primary key,
        email text not null unique,
        name text not null,
        username text not null unique,
        timezone text not null,
        plan text not null check (plan in ('FREE', 'PRO', 'BUSINESS')),
        plan_expires_at timestamptz,
        password_hash text,
        created_at timestamptz not null,
        updated_at timestamptz not null
      );

      create table api_keys (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        name text not null,
        prefix text not null,
        hash bytea not null unique,
        created_at timestamptz not null,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz
      );
      create index api_keys_of_owner on api_keys (owner_id, created_at);

      -- Processes keep keys proven lately in memory; this tells them at once that something about a key has changed.
      create function tell_key_owner_changed() returns trigger language plpgsql as $$
        begin perform pg_notify('key_owner_changed', ''); return null; end $$;
      create trigger key_changed after update of revoked_at, expires_at or delete on api_keys
        for each statement execute function tell_key_owner_changed();
      create trigger key_owner_changed after update or delete on users
        for each statement execute function tell_key_owner_changed();

      create table event_types (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        slug text not null,
        name text not null,
        description text,
        duration_minutes int not null,
        buffer_before int not null,
        buffer_after int not null,
        minimum_notice_minutes int not null,
        booking_window_days int not null,
        slot_interval_minutes int,
        daily_limit int,
        weekly_limit int,
        timezone text not null,
        availability json not null,
        overrides json not null,
        questions json not null,
        location text,
        price int,
        currency text,
        is_active boolean not null,
        position int not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (owner_id, slug)
      );
      create index event_types_in_order on event_types (owner_id, position, id);

      create table contacts (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        name text not null,
        email text not null,
        phone text,
        company text,
        notes text,
        source text not null check (source in ('API', 'BOOKING', 'DASHBOARD', 'IMPORT')),
        search text not null generated always as
          (searchable(name || ' ' || email || ' ' || coalesce(company, ''))) stored,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint contacts_email_unique unique (owner_id, email)
      );
      create index contacts_newest on contacts (owner_id, created_at, id);
      create index contacts_search on contacts using gin (owner_id, search gin_trgm_ops);

      create table bookings (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        event_type_id uuid not null references event_types,
        contact_id uuid references contacts on delete set null,
        status text not null check (status in ('PENDING', 'CONFIRMED', 'CANCELLED')),
        starts_at timestamptz not null,
        ends_at timestamptz not null,
        blocked tstzrange not null,
        event_type_name text not null,
        duration_minutes int not null,
        price int,
        currency text,
        invitee_name text not null,
        invitee_email text not null,
        invitee_timezone text not null,
        invitee_phone text,
        guests json not null,
        notes text,
        answers json not null,
        location text,
        meeting_link text,
        invitee_token text not null,
        sequence int not null,
        cancelled_at timestamptz,
        cancelled_by text check (cancelled_by in ('HOST', 'INVITEE', 'SYSTEM')),
        cancel_reason text,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check (ends_at > starts_at),
        check (not isempty(blocked)),
        check ((status = 'CANCELLED') = (cancelled_at is not null)),
        -- The last word on double booking: what one host has blocked never overlaps.
        constraint bookings_never_overlap exclude using gist (owner_id with =, blocked with &&)
          where (status in ('CONFIRMED', 'PENDING'))
      );
      create index bookings_newest on bookings (owner_id, starts_at, id);
      create index bookings_by_status on bookings (owner_id, status, starts_at, id);
      create index bookings_of_contact on bookings (contact_id, status, ends_at) where contact_id is not null;
      create index bookings_of_event_type on bookings (event_type_id, starts_at) where status in ('CONFIRMED', 'PENDING');

      -- Each change writes its events here in its own transaction. handled_at null: the work is still owed.
      create table outbox (
        id text primary key,
        position bigint generated always as identity,
        name text not null,
        owner_id uuid not null references users on delete cascade,
        subject_id uuid not null,
        data json not null,
        occurred_at timestamptz not null,
        attempts int not null default 0,
        next_attempt_at timestamptz not null default now(),
        last_error text,
        handled_at timestamptz
      );
      create index outbox_owed on outbox (next_attempt_at, position) where handled_at is null;
      create index outbox_handled on outbox (handled_at) where handled_at is not null;

      create table email_logs (
        id uuid primary key,
        booking_id uuid not null references bookings on delete cascade,
        event_id text not null,
        type text not null,
        recipient text not null,
        subject text not null,
        status text not null check (status in ('QUEUED', 'SENT', 'FAILED')),
        error text,
        attempts int not null default 0,
        created_at timestamptz not null,
        sent_at timestamptz,
        -- An event handled twice owes each of its mails once.
        unique (event_id, type, recipient)
      );
      create index email_logs_of_booking on email_logs (booking_id, created_at, id);

      create table idempotency_keys (
        scope text not null,
        key text not null,
        fingerprint bytea not null,
        body text not null,
        created_at timestamptz not null,
        primary key (scope, key)
      );
      create index idempotency_keys_oldest on idempotency_keys (created_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop table idempotency_keys, email_logs, outbox, bookings, contacts, event_types, api_keys, users;
      drop function tell_key_owner_changed, searchable;
    `);
  }
}
