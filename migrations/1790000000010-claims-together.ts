import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Time of several hosts is claimed at once: bookings that are stored together pay for one look. `claim_time_of_host` stays, for processes
 * of the version before, which call it until they have been replaced.
 */
export class ClaimsTogether1790000000010 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- Locks are taken in one order, whoever takes them: nobody ever waits in a circle. The look is a statement of its own, begun after
      -- they were ours: it sees every hold that was made before.
      create function claim_times_of_hosts(claims json) returns void language plpgsql volatile as $$
      begin
        perform lock_host(host)
        from (select distinct host from json_to_recordset(claims) as claim(host uuid) order by host) hosts;
        if exists (
          select from json_to_recordset(claims) as claim(host uuid, stretch tstzrange, at timestamptz)
          join holds h on h.owner_id = claim.host and h.expires_at > claim.at and h.blocked && claim.stretch
        ) then
          raise exclusion_violation using message = 'the time is held for another', constraint = 'held_for_another';
        end if;
      end $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop function claim_times_of_hosts');
  }
}
