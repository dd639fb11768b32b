import type { Instant } from '@js-joda/core';
import type { BookingEventData } from '../../kernel/domain-event.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { instantOf } from '../../platform/persistence/instant-column.js';
import type { Session } from '../../platform/persistence/session.js';
import { plannedReminders } from '../domain/reminders.js';
import { Reminders, type TakenReminders } from '../ports.js';

/**
 * Reminders in PostgreSQL. Whoever changes a booking's reminders holds the booking, so that plans made at once do not mix, and none is
 * made from what the booking no longer is.
 */
export class PostgresReminders extends Reminders {
  constructor(private readonly session: Session) {
    super();
  }

  async plan(bookingId: string, minutesBefore: readonly number[], at: Instant): Promise<void> {
    const [booking] = await this.session.prepared<{ status: string; starts_at: string }>(
      'booking to be reminded of',
      'select status, starts_at from bookings where id = $1 for no key update',
      [bookingId],
    );
    if (!booking) return;
    const { status, starts_at: start } = booking;
    const planned = plannedReminders({ status, start: instantOf(start) }, minutesBefore, at);
    this.session.write('forget reminders', 'delete from reminders where booking_id = $1', [bookingId]);
    if (planned.length === 0) return;
    this.session.write(
      'plan reminders',
      `insert into reminders (booking_id, minutes_before, due_at)
       select $1, minutes_before, due_at from unnest($2::int[], $3::timestamptz[]) as r (minutes_before, due_at)`,
      [
        bookingId,
        planned.map((reminder) => reminder.minutesBefore),
        planned.map(({ dueAt }) => formatInstant(dueAt)),
      ],
    );
  }

  async takeDue(bookingId: string): Promise<TakenReminders | null> {
    const [booking] = await this.session.query<BookingRow>(
      `select b.id, b.owner_id, b.status, b.sequence, b.event_type_id, b.event_type_name, t.slug as event_type_slug,
         b.duration_minutes, b.starts_at, b.ends_at, b.invitee_name, b.invitee_email, b.invitee_timezone, b.invitee_phone,
         b.guests, b.contact_id, b.location, b.meeting_link, b.notes, b.answers, b.price, b.currency, b.created_at, b.updated_at
       from bookings b join event_types t on t.id = b.event_type_id
       where b.id = $1 for no key update of b`,
      [bookingId],
    );
    if (!booking) return null;
    const due = await this.session.query<{ minutes_before: number }>(
      'delete from reminders where booking_id = $1 and due_at <= now() returning minutes_before',
      [bookingId],
    );
    if (due.length === 0) return null;
    return {
      ownerId: booking.owner_id,
      minutesBefore: due.map(({ minutes_before }) => minutes_before),
      booking: dataOf(booking),
    };
  }
}

interface BookingRow {
  id: string;
  owner_id: string;
  status: string;
  sequence: number;
  event_type_id: string;
  event_type_name: string;
  event_type_slug: string;
  duration_minutes: number;
  starts_at: string;
  ends_at: string;
  invitee_name: string;
  invitee_email: string;
  invitee_timezone: string;
  invitee_phone: string | null;
  guests: string[];
  contact_id: string | null;
  location: string | null;
  meeting_link: string | null;
  notes: string | null;
  answers: Record<string, unknown>;
  price: number | null;
  currency: string | null;
  created_at: string;
  updated_at: string;
}

function dataOf(row: BookingRow): BookingEventData {
  return {
    id: row.id,
    status: row.status,
    sequence: row.sequence,
    eventType: {
      id: row.event_type_id,
      name: row.event_type_name,
      slug: row.event_type_slug,
      durationMinutes: row.duration_minutes,
    },
    startTime: row.starts_at,
    endTime: row.ends_at,
    invitee: {
      name: row.invitee_name,
      email: row.invitee_email,
      timezone: row.invitee_timezone,
      phone: row.invitee_phone,
      guests: row.guests,
    },
    contactId: row.contact_id,
    location: row.location,
    meetingLink: row.meeting_link,
    notes: row.notes,
    answers: row.answers,
    price: row.price && row.currency ? { amount: row.price, currency: row.currency } : null,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
