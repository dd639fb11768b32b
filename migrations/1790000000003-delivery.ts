import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the world is told and how far that has come: events as they were published, webhook endpoints with their deliveries, mails
 * with their attempts, reminders. Of whatever is to be done, `next_attempt_at` says when; whoever rings or works for it says so in
 * `busy_until` and `under_way`, and the `turn` keeps one who was too slow from having the last word.
 */
export class Delivery1790000000003 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- The body is text: to the byte what is signed. An owner's events get their positions one transaction at a time, so that a
      -- reader who has seen one position will never be shown a smaller one.
      create table published_events (
        id text primary key,
        position bigint generated always as identity,
        owner_id uuid not null references users on delete cascade,
        name text not null,
        event_type_id uuid,
        body text not null,
        is_test boolean not null,
        published_at timestamptz not null
      );
      create index published_events_feed on published_events (owner_id, position) where not is_test;
      create index published_events_oldest on published_events (published_at);

      create table webhook_endpoints (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        url text not null,
        events text[] not null,
        event_type_id uuid references event_types on delete cascade,
        secret text not null,
        previous_secret text,
        previous_secret_until timestamptz,
        state text not null check (state in ('ENABLED', 'DISABLED')),
        disabled_at timestamptz,
        disabled_reason text check (disabled_reason in ('OWNER', 'GONE', 'FAILING')),
        failing_since timestamptz,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        check ((state = 'DISABLED') = (disabled_at is not null and disabled_reason is not null))
      );
      create index webhook_endpoints_of_owner on webhook_endpoints (owner_id, created_at, id);

      create table webhook_deliveries (
        id uuid primary key,
        event_id text not null references published_events on delete cascade,
        endpoint_id uuid not null references webhook_endpoints on delete cascade,
        status text not null check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
        attempts int not null default 0,
        next_attempt_at timestamptz not null,
        busy_until timestamptz,
        under_way boolean not null default false,
        turn int not null default 0,
        last_error text,
        created_at timestamptz not null,
        finished_at timestamptz,
        unique (event_id, endpoint_id)
      ) with (fillfactor = 80);
      create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at) where status = 'PENDING';
      create index webhook_deliveries_busy on webhook_deliveries (endpoint_id, busy_until)
        where status = 'PENDING' and busy_until is not null;
      create index webhook_deliveries_newest on webhook_deliveries (endpoint_id, created_at, id);

      create table webhook_attempts (
        id bigint generated always as identity primary key,
        delivery_id uuid not null references webhook_deliveries on delete cascade,
        started_at timestamptz not null,
        took_ms int not null,
        status_code int,
        response text,
        error text
      );
      create index webhook_attempts_of_delivery on webhook_attempts (delivery_id, id);

      -- Owners take turns, and of each the oldest events come first.
      create index outbox_owed_of_owner on outbox (owner_id, position) where handled_at is null;

      -- Mails need not be about a booking; what they tell is kept as it was when they were owed.
      alter table email_logs
        alter column booking_id drop not null,
        add column owner_id uuid references users on delete cascade,
        add column content json,
        add column next_attempt_at timestamptz not null default now(),
        add column busy_until timestamptz,
        add column under_way boolean not null default false,
        add column turn int not null default 0;
      update email_logs l set owner_id = b.owner_id from bookings b where b.id = l.booking_id;
      -- Nothing sent these when they were news.
      update email_logs set status = 'FAILED', error = 'Mail could not be sent yet when this was owed' where status = 'QUEUED';
      alter table email_logs
        alter column owner_id set not null,
        alter column next_attempt_at drop default,
        add check (status <> 'QUEUED' or content is not null);
      -- When to look at a mail next; so what has been rung for is not read over again with each look.
      create index email_logs_due on email_logs (coalesce(busy_until, next_attempt_at), id) where status = 'QUEUED';
      create index email_logs_failed on email_logs (id) where status = 'FAILED';

      alter table users add column reminder_minutes int[] not null default '{1440,60}';
      create table reminders (
        booking_id uuid not null references bookings on delete cascade,
        minutes_before int not null,
        due_at timestamptz not null,
        busy_until timestamptz,
        primary key (booking_id, minutes_before)
      );
      create index reminders_due on reminders (coalesce(busy_until, due_at));
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop index outbox_owed_of_owner;
      drop table reminders, webhook_attempts, webhook_deliveries, webhook_endpoints, published_events;
      alter table users drop column reminder_minutes;
      delete from email_logs where booking_id is null;
      drop index email_logs_due, email_logs_failed;
      alter table email_logs
        alter column booking_id set not null,
        drop column owner_id, drop column content, drop column next_attempt_at,
        drop column busy_until, drop column under_way, drop column turn;
    `);
  }
}
