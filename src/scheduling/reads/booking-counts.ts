import type { Sql } from '../../platform/persistence/sql.js';

/** A count that is not what there is. */
export interface WrongBookingCount {
  ownerId: string;
  status: string;
  kept: number;
  counted: number;
}

/** The counts of bookings that the database keeps in the transactions that change them, held against the bookings themselves. */
export class BookingCounts {
  constructor(private readonly sql: Sql) {}

  /** The counts that are wrong: none, unless somebody has switched triggers off. One snapshot, whatever is booked meanwhile. */
  wrong(): Promise<WrongBookingCount[]> {
    return this.sql.query(
      `select owner_id as "ownerId", status, coalesce(k.total, 0)::int as kept, coalesce(c.total, 0)::int as counted
       from booking_counts k full join (${COUNTED}) c using (owner_id, status)
       where coalesce(k.total, 0) <> coalesce(c.total, 0) order by owner_id, status`,
    );
  }

  /** Counts anew and returns what was wrong. Bookings wait meanwhile. */
  async recount(): Promise<WrongBookingCount[]> {
    const wrong = await this.wrong();
    // Statements of one text are one transaction.
    await this.sql.query(
      `lock table bookings in share mode;
       delete from booking_counts;
       insert into booking_counts (owner_id, status, total) ${COUNTED}`,
    );
    return wrong;
  }
}

const COUNTED = 'select owner_id, status, count(*) as total from bookings group by owner_id, status';
