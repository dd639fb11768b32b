import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever takes some of a host's time does so one after another, and what is held for another is refused by the database itself. */
export class Claims1790000000008 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create function lock_host(host uuid) returns void language sql volatile as
        $$ select pg_advisory_xact_lock(hashtextextended(host::text, 0)) $$;

      -- The look is a statement of its own, begun after the lock was ours: it sees every hold that was made before.
      create function claim_time_of_host(host uuid, stretch tstzrange, at timestamptz) returns void language plpgsql volatile as $$
      begin
        perform lock_host(host);
        if exists (select from holds h where h.owner_id = host and h.expires_at > at and h.blocked && stretch) then
          raise exclusion_violation using message = 'the time is held for another', constraint = 'held_for_another';
        end if;
      end $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function claim_time_of_host, lock_host');
  }
}
