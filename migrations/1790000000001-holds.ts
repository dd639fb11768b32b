import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Slots held for an invitee who is still filling in the form. */
export class Holds1790000000001 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table holds (
        id uuid primary key,
        owner_id uuid not null references users on delete cascade,
        event_type_id uuid not null references event_types on delete cascade,
        starts_at timestamptz not null,
        blocked tstzrange not null,
        token text not null unique,
        expires_at timestamptz not null,
        check (not isempty(blocked))
      );
      create index holds_of_owner on holds (owner_id, expires_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop table holds');
  }
}
