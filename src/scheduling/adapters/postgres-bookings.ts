import type { Instant } from '@js-joda/core';
import { isId } from '../../kernel/ids.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { brokenConstraint, Overtaken } from '../../platform/persistence/database-errors.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Outbox } from '../../platform/persistence/outbox.js';
import type { Session } from '../../platform/persistence/session.js';
import type { Writer } from '../../platform/persistence/writes-at-once.js';
import { Booking, type Answers, type CancelledBy } from '../domain/booking.js';
import { SlotTaken } from '../domain/errors.js';
import { Bookings } from '../ports.js';

/** Bookings in PostgreSQL, whose exclusion constraint has the last word on double booking. */
export class PostgresBookings extends Bookings {
  constructor(
    private readonly session: Session,
    private readonly outbox: Outbox,
  ) {
    super();
  }

  async find(id: string, ownerId: string): Promise<Booking | null> {
    if (!isId(id)) return null;
    const [row] = await this.session.query<BookingRow & { event_type_slug: string }>(
      `select ${COLUMNS.map((column) => `b.${column}`).join(', ')}, t.slug as event_type_slug
       from bookings b join event_types t on t.id = b.event_type_id
       where b.id = $1 and b.owner_id = $2 for update of b`,
      [id, ownerId],
    );
    return row ? bookingOf(row, row.event_type_slug) : null;
  }

  save(booking: Booking): void {
    const isNew = booking.events.some(({ name }) => name === 'booking.created');
    const row = rowOf(booking);
    if (isNew) this.session.store(INSERT, [row]);
    else this.session.write('update booking', UPDATE, [JSON.stringify(row)], faultOfSave);
    this.outbox.append(booking.events);
  }
}

function faultOfSave(error: unknown): never {
  switch (brokenConstraint(error)) {
    case 'bookings_never_overlap':
      throw new SlotTaken();
    case 'bookings_contact_id_fkey': // removed since it was looked up
      throw new Overtaken();
    default:
      throw error;
  }
}

interface BookingRow {
  id: string;
  owner_id: string;
  event_type_id: string;
  contact_id: string | null;
  status: 'CONFIRMED' | 'CANCELLED';
  starts_at: string;
  ends_at: string;
  /** `[from,until)` */
  blocked: string;
  event_type_name: string;
  duration_minutes: number;
  price: number | null;
  currency: string | null;
  invitee_name: string;
  invitee_email: string;
  invitee_timezone: string;
  invitee_phone: string | null;
  guests: readonly string[];
  notes: string | null;
  answers: Answers;
  location: string | null;
  meeting_link: string | null;
  invitee_token: string;
  sequence: number;
  cancelled_at: string | null;
  cancelled_by: CancelledBy | null;
  cancel_reason: string | null;
  created_at: string;
  updated_at: string;
}

const COLUMNS: readonly (keyof BookingRow)[] = [
  'id',
  'owner_id',
  'event_type_id',
  'contact_id',
  'status',
  'starts_at',
  'ends_at',
  'blocked',
  'event_type_name',
  'duration_minutes',
  'price',
  'currency',
  'invitee_name',
  'invitee_email',
  'invitee_timezone',
  'invitee_phone',
  'guests',
  'notes',
  'answers',
  'location',
  'meeting_link',
  'invitee_token',
  'sequence',
  'cancelled_at',
  'cancelled_by',
  'cancel_reason',
  'created_at',
  'updated_at',
];

// The exclusion constraint refuses with an error, and whoever runs into another's booking that is not committed waits for it. Two
// that ran into each other would be a deadlock: that is what the lock of the host, taken before, keeps from happening.
const INSERT: Writer<BookingRow> = {
  name: 'insert bookings',
  text: `
    insert into bookings (${COLUMNS.join(', ')})
    select ${COLUMNS.join(', ')} from json_populate_recordset(null::bookings, $1)`,
  valuesOf: (rows) => [JSON.stringify(rows)],
  faultOf: faultOfSave,
};

const UPDATE = `
  update bookings b set (${COLUMNS.join(', ')}) = (select ${COLUMNS.map((column) => `r.${column}`).join(', ')})
  from json_populate_record(null::bookings, $1) r where b.id = r.id`;

function rowOf(booking: Booking): BookingRow {
  const { state } = booking;
  return {
    id: state.id,
    owner_id: state.ownerId,
    event_type_id: state.eventType.id,
    contact_id: state.contactId,
    status: booking.status,
    starts_at: formatInstant(state.time.start),
    ends_at: formatInstant(state.time.end),
    blocked: `[${formatInstant(state.blocked.start)},${formatInstant(state.blocked.end)})`,
    event_type_name: state.eventType.name,
    duration_minutes: state.eventType.durationMinutes,
    price: state.eventType.price?.amount ?? null,
    currency: state.eventType.price?.currency ?? null,
    invitee_name: state.invitee.name,
    invitee_email: state.invitee.email,
    invitee_timezone: state.invitee.timezone,
    invitee_phone: state.invitee.phone,
    guests: state.invitee.guests,
    notes: state.notes,
    answers: state.answers,
    location: state.location,
    meeting_link: state.meetingLink,
    invitee_token: state.inviteeToken,
    sequence: state.sequence,
    cancelled_at: state.cancellation && formatInstant(state.cancellation.at),
    cancelled_by: state.cancellation && state.cancellation.by,
    cancel_reason: state.cancellation && state.cancellation.reason,
    created_at: formatInstant(state.createdAt),
    updated_at: formatInstant(state.updatedAt),
  };
}

function bookingOf(row: BookingRow, eventTypeSlug: string): Booking {
  const [blockedFrom, blockedUntil] = row.blocked.slice(1, -1).replaceAll('"', '').split(',').map(rangeBound);
  return Booking.of({
    id: row.id,
    ownerId: row.owner_id,
    eventType: {
      id: row.event_type_id,
      name: row.event_type_name,
      slug: eventTypeSlug,
      durationMinutes: row.duration_minutes,
      price: row.price && row.currency ? { amount: row.price, currency: row.currency } : null,
    },
    contactId: row.contact_id,
    time: { start: instantOf(row.starts_at), end: instantOf(row.ends_at) },
    blocked: { start: blockedFrom!, end: blockedUntil! },
    invitee: {
      name: row.invitee_name,
      email: row.invitee_email,
      timezone: row.invitee_timezone,
      phone: row.invitee_phone,
      guests: row.guests,
    },
    notes: row.notes,
    answers: row.answers,
    location: row.location,
    meetingLink: row.meeting_link,
    inviteeToken: row.invitee_token,
    sequence: row.sequence,
    cancellation: row.cancelled_at
      ? { at: instantOf(row.cancelled_at), by: row.cancelled_by!, reason: row.cancel_reason }
      : null,
    createdAt: instantOf(row.created_at),
    updatedAt: instantOf(row.updated_at),
  });
}

/** One end of a range as PostgreSQL writes it in UTC, `2026-02-15 10:00:00+00`. */
function rangeBound(text: string): Instant {
  return instantOf(text.replace(' ', 'T').replace('+00', 'Z'));
}
