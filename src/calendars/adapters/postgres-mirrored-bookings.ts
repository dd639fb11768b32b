import type { BookingEventData } from '../../kernel/domain-event.js';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Session } from '../../platform/persistence/session.js';
import type { CalendarProvider } from '../domain/connection.js';
import type { CalendarOfBooking } from '../domain/mirrored-event.js';
import { MirroredBookings, type ClaimedMirroring, type MirroringOutcome } from '../ports.js';
import { CALL_MS } from './call-limits.js';
import { MIRRORINGS_CHANNEL } from './due-mirrorings.js';
import { storable } from './storable.js';

/** Half a minute longer than any one call to a calendar takes. */
const CLAIMED_FOR = `interval '${CALL_MS / 1_000 + 30} seconds'`;

export class PostgresMirroredBookings extends MirroredBookings {
  constructor(private readonly session: Session) {
    super();
  }

  async add(ownerId: string, booking: BookingEventData): Promise<void> {
    this.tellOf(
      // A calendar that is being disconnected is waited for, and then is none.
      this.session.prepared(
        'mirror new booking',
        `insert into mirrored_bookings (id, booking_id, calendar_id, booking, is_wanted, state, next_attempt_at)
         select gen_random_uuid(), $2, k.id, $3, true, 'PENDING', now()
         from (select id from calendars where owner_id = $1 and is_written for key share) k
         on conflict (booking_id, calendar_id) do nothing returning id`,
        [ownerId, booking.id, JSON.stringify(booking)],
      ),
    );
  }

  async change(booking: BookingEventData, { isWanted }: { readonly isWanted: boolean }): Promise<void> {
    this.tellOf(
      this.session.prepared(
        'mirror changed booking',
        `update mirrored_bookings
         set booking = $2, is_wanted = $3, wish = wish + 1, state = 'PENDING', attempts = 0, next_attempt_at = now(),
           last_error = null, ${UNANSWERED}
         where booking_id = $1 returning id`,
        [booking.id, JSON.stringify(booking), isWanted],
      ),
    );
  }

  async calendarsOf(bookingId: string): Promise<CalendarOfBooking[]> {
    return this.session.prepared<CalendarOfBooking>(
      'calendars of booking',
      `select c.provider, m.meeting_link as "meetingLink"
       from mirrored_bookings m join calendars k on k.id = m.calendar_id join calendar_connections c on c.id = k.connection_id
       where m.booking_id = $1`,
      [bookingId],
    );
  }

  async claim(id: string): Promise<ClaimedMirroring | null> {
    if (!isId(id)) return null;
    const [row] = await this.session.prepared<ClaimedRow>(
      'claim mirrored booking',
      `update mirrored_bookings m
       set under_way = true, turn = m.turn + 1, busy_until = now() + ${CLAIMED_FOR}, tried_at = now(),
         may_be_there = m.may_be_there or m.is_wanted
       from calendars k join calendar_connections c on c.id = k.connection_id
       where m.id = $1 and k.id = m.calendar_id and m.next_attempt_at <= now()
         and not (m.under_way and m.busy_until > now())
       returning m.id, m.booking, m.is_wanted, m.wish, m.turn, m.attempts, m.last_error, m.may_be_there,
         m.remote_id, m.etag, m.meeting_link,
         k.owner_id, k.remote_id as calendar_id, k.connection_id, c.provider`,
      [id],
    );
    return row ? claimOf(row) : null;
  }

  async record({ id, turn, wish }: ClaimedMirroring, outcome: MirroringOutcome): Promise<boolean> {
    const { change, parameters } = changeBy(outcome);
    const [recorded] = await this.session.query<{ is_done: boolean }>(
      `update mirrored_bookings
       set under_way = false, busy_until = null, ${change}
       where id = $1 and turn = $2 and under_way returning wish = $3 as is_done`,
      [id, turn, wish, ...parameters],
    );
    if (recorded && !recorded.is_done) this.session.tell(MIRRORINGS_CHANNEL);
    return recorded !== undefined;
  }

  async retry(connectionId: string): Promise<number> {
    const retried = await this.session.query(
      `update mirrored_bookings m set next_attempt_at = now(), attempts = 0
       from calendars k
       where k.connection_id = $1 and m.calendar_id = k.id and m.state in ('PENDING', 'FAILED')
         and m.last_error is not null and (m.booking ->> 'endTime')::timestamptz > now()
       returning m.id`,
      [connectionId],
    );
    if (retried.length > 0) this.session.tell(MIRRORINGS_CHANNEL);
    return retried.length;
  }

  private tellOf(wanted: Promise<unknown[]>): void {
    this.session.follow(
      wanted.then(({ length }) => {
        if (length > 0) this.session.tell(MIRRORINGS_CHANNEL);
      }),
    );
  }
}

/** Of what the owner did to its event before nothing is owed any more, nor told. */
const UNANSWERED = 'owners_change = null, moved_to = null, follow_at = null, refusal = null';

/** What is wanted stands, unless something else has been wanted since. */
const DONE = `
  state = case wish when $3 then 'MIRRORED' else state end,
  next_attempt_at = case wish when $3 then null else next_attempt_at end,
  attempts = 0, last_error = null, mirrored_at = now()`;

/** What an outcome changes, as SQL whose parameters come after the claim's three: id, turn and wish. */
function changeBy(outcome: MirroringOutcome): { change: string; parameters: unknown[] } {
  switch (outcome.kind) {
    case 'placed': {
      const { placed, event } = outcome;
      return {
        change: `${DONE}, may_be_there = false, remote_id = $4, remote_key = $5, etag = $6, placed_sequence = $7,
          placed_starts_at = $8, placed_ends_at = $9, judged = null, meeting_link = coalesce($10, meeting_link)`,
        parameters: [
          ...[placed.remoteId, storable(placed.remoteId), placed.etag && storable(placed.etag)],
          ...[event.sequence, formatInstant(event.time.start), formatInstant(event.time.end)],
          placed.meetingLink,
        ],
      };
    }
    case 'removed':
      return {
        change: `${DONE}, may_be_there = false, remote_id = null, remote_key = null, etag = null, placed_sequence = null,
          placed_starts_at = null, placed_ends_at = null, meeting_link = null`,
        parameters: [],
      };
    case 'failed':
      return {
        change: `state = case wish when $3 then $4 else state end,
          next_attempt_at = case wish when $3 then now() + make_interval(secs => $6) else next_attempt_at end,
          attempts = case wish when $3 then attempts + 1 else attempts end, last_error = $5`,
        parameters: [outcome.state, outcome.reason, outcome.afterSeconds],
      };
  }
}

interface ClaimedRow {
  id: string;
  booking: BookingEventData;
  is_wanted: boolean;
  wish: number;
  turn: number;
  attempts: number;
  last_error: string | null;
  may_be_there: boolean;
  remote_id: string | null;
  etag: string | null;
  meeting_link: string | null;
  owner_id: string;
  calendar_id: string;
  connection_id: string;
  provider: CalendarProvider;
}

function claimOf(row: ClaimedRow): ClaimedMirroring {
  const { remote_id: remoteId, etag, meeting_link: meetingLink } = row;
  return {
    id: row.id,
    ownerId: row.owner_id,
    booking: row.booking,
    isWanted: row.is_wanted,
    wish: row.wish,
    connectionId: row.connection_id,
    provider: row.provider,
    calendarId: row.calendar_id,
    placed: remoteId === null ? null : { remoteId, etag, meetingLink },
    mayBeThere: row.may_be_there,
    attempts: row.attempts,
    lastError: row.last_error,
    turn: row.turn,
  };
}
