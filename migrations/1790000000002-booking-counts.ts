import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many bookings each owner has in each status: what pages of bookings tell as their total, without counting. Kept by triggers in
 * the very transaction that changes bookings, so that the counts are exact whatever writes: a booking, a cancellation, the cascade
 * that follows a deleted owner, or an import of thousands in one statement.
 */
export class BookingCounts1790000000002 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table booking_counts (
        owner_id uuid not null references users on delete cascade,
        status text not null,
        total bigint not null,
        primary key (owner_id, status)
      ) with (fillfactor = 50); -- each booking changes a row here: with room on its page no index is touched

      -- Rows are always locked in the order of their key, so that transactions wait for one another and never in a circle.
      create function count_added_bookings() returns trigger language plpgsql as $$
        begin
          insert into booking_counts as kept (owner_id, status, total)
          select owner_id, status, count(*) from added group by owner_id, status order by owner_id, status
          on conflict (owner_id, status) do update set total = kept.total + excluded.total;
          return null;
        end $$;

      create function count_changed_bookings() returns trigger language plpgsql as $$
        begin
          insert into booking_counts as kept (owner_id, status, total)
          select owner_id, status, sum(one)
          from (select owner_id, status, -1 as one from before union all select owner_id, status, 1 from after) moves
          group by owner_id, status having sum(one) <> 0 order by owner_id, status
          on conflict (owner_id, status) do update set total = kept.total + excluded.total;
          return null;
        end $$;

      -- The owner may be gone already, and the counts with it: nothing is inserted here.
      create function count_removed_bookings() returns trigger language plpgsql as $$
        begin
          update booking_counts kept set total = kept.total - locked.removed
          from (
            select c.owner_id, c.status, r.removed
            from booking_counts c
            join (select owner_id, status, count(*) as removed from before group by owner_id, status) r
              using (owner_id, status)
            order by c.owner_id, c.status for no key update of c
          ) locked
          where kept.owner_id = locked.owner_id and kept.status = locked.status;
          return null;
        end $$;

      lock table bookings in share row exclusive mode;
      insert into booking_counts select owner_id, status, count(*) from bookings group by owner_id, status;
      create trigger booking_added after insert on bookings
        referencing new table as added for each statement execute function count_added_bookings();
      create trigger booking_changed after update on bookings
        referencing old table as before new table as after for each statement execute function count_changed_bookings();
      create trigger booking_removed after delete on bookings
        referencing old table as before for each statement execute function count_removed_bookings();
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      drop trigger booking_added on bookings;
      drop trigger booking_changed on bookings;
      drop trigger booking_removed on bookings;
      drop function count_added_bookings, count_changed_bookings, count_removed_bookings;
      drop table booking_counts;
    `);
  }
}
