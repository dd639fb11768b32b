import { formatInstant } from '../../kernel/instant-text.js';
import type { Interval } from '../../kernel/interval.js';
import type { Sql } from '../../platform/persistence/sql.js';

/** The most bookings that a feed tells of. */
const MOST_BOOKINGS = 2_000;

/** What its owner may know of a published feed; its address is not kept. */
export interface FeedStateView {
  publishedAt: string;
  /** To the minute; null if it was never read. */
  lastReadAt: string | null;
}

/** What a feed tells. */
export interface FeedView {
  ownerName: string;
  ownerEmail: string;
  /** By start time. */
  bookings: FeedBookingView[];
}

export interface FeedBookingView {
  id: string;
  isCancelled: boolean;
  /** How often it was moved. */
  sequence: number;
  startTime: string;
  endTime: string;
  eventTypeName: string;
  inviteeName: string;
  inviteeEmail: string;
  inviteePhone: string | null;
  guests: string[];
  notes: string | null;
  location: string | null;
  meetingLink: string | null;
  cancelReason: string | null;
  createdAt: string;
  updatedAt: string;
}

/** Feeds of bookings, straight from SQL. */
export class FeedReads {
  constructor(private readonly sql: Sql) {}

  /** Null if the owner publishes none. */
  async state(ownerId: string): Promise<FeedStateView | null> {
    const [state] = await this.sql.query<FeedStateView>(
      `select published_at as "publishedAt", last_read_at as "lastReadAt" from calendar_feeds where owner_id = $1`,
      [ownerId],
    );
    return state ?? null;
  }

  /**
   * The owner's bookings that start within a stretch of time, at most 2,000 of them, those with the latest start. A cancelled one stays
   * for as long after its cancellation as the stretch reaches back, so that subscribers drop it.
   */
  async feed(ownerId: string, { start, end }: Interval): Promise<FeedView> {
    const [owner] = await this.sql.query<{ name: string; email: string }>(
      'select name, email from users where id = $1',
      [ownerId],
    );
    const latestFirst = await this.sql.query<FeedBookingView>(
      `select id, status = 'CANCELLED' as "isCancelled", sequence, starts_at as "startTime", ends_at as "endTime",
         event_type_name as "eventTypeName", invitee_name as "inviteeName", invitee_email as "inviteeEmail",
         invitee_phone as "inviteePhone", guests, notes, location, meeting_link as "meetingLink",
         cancel_reason as "cancelReason", created_at as "createdAt", updated_at as "updatedAt"
       from bookings
       where owner_id = $1 and starts_at >= $2 and starts_at < $3
         and (status = 'CONFIRMED' or status = 'CANCELLED' and cancelled_at >= $2)
       order by starts_at desc, id desc limit ${MOST_BOOKINGS}`,
      [ownerId, formatInstant(start), formatInstant(end)],
    );
    return {
      ownerName: owner?.name ?? '',
      ownerEmail: owner?.email ?? '',
      bookings: latestFirst.toReversed(),
    };
  }
}
