import { Instant } from '@js-joda/core';
import type { BookingEvent, BookingEventData } from '../../src/kernel/domain-event.js';
import type { BookingMail, EmailType, Mail, ReaderRole } from '../../src/delivery/domain/mail.js';
import { aBooking, anEventType } from './event-types.js';

/** When Ada's half hour with Ann in Berlin begins: 10:00 in London. */
export const START = '2026-03-02T10:00:00Z';

const host = { name: 'Ann Host', email: 'ann@example.com', timezone: 'Europe/Berlin' };

const readers: Readonly<Record<ReaderRole, BookingMail['reader']>> = {
  invitee: { role: 'invitee', email: 'ada@example.com', name: 'Ada Lovelace', timezone: 'Europe/London' },
  guest: { role: 'guest', email: 'charles@example.com', name: null, timezone: 'Europe/London' },
  owner: { role: 'owner', email: 'ann@example.com', name: 'Ann Host', timezone: 'Europe/Berlin' },
};

const token = 'f3a9c1d27b6e4f58a0c4d1b2e3f40516';

export const links = {
  cancel: `https://linktime.example.com/bookings/cancel?token=${token}`,
  reschedule: `https://linktime.example.com/bookings/reschedule?token=${token}`,
};

/** The booking as it is when a mail of that type is owed for it. */
export function bookingFor(type: EmailType): BookingEventData {
  const eventType = anEventType('ann', {
    name: 'Lesson',
    location: 'https://meet.example.com/ann',
    price: 4_500,
    currency: 'EUR',
  });
  const booking = aBooking(eventType, START);
  if (type.startsWith('RESCHEDULE')) {
    booking.reschedule(
      eventType,
      Instant.parse('2026-03-31T22:30:00Z'),
      Instant.parse('2026-02-02T08:00:00Z'),
    );
  } else if (type.startsWith('CANCELLATION')) {
    booking.cancel('Ill in bed.\nI am sorry!', 'HOST', Instant.parse('2026-02-03T08:00:00Z'));
  }
  const { data } = booking.events.at(-1) as BookingEvent;
  return data;
}

/** A mail about Ada's booking, with other facts where they are given. */
export function bookingMail(
  type: EmailType,
  role: ReaderRole = 'invitee',
  facts: Partial<Omit<BookingMail, 'booking'>> & { booking?: Partial<BookingEventData> } = {},
): BookingMail {
  return {
    type,
    reader: readers[role],
    host,
    links: role === 'invitee' ? links : null,
    ...facts,
    booking: { ...bookingFor(type), ...facts.booking },
  };
}

export const webhookDisabled: Mail = {
  type: 'WEBHOOK_DISABLED',
  reader: readers.owner,
  endpoint: {
    id: '01982f4e-9c1b-7d3a-8e55-3f1c2b7a9d10',
    url: 'https://hooks.example.com/linktime?tenant=42',
  },
  since: '2026-02-25T23:10:00.000Z',
  lastError: 'Answered 503 Service Unavailable',
};

export const calendarStale: Mail = {
  type: 'CALENDAR_STALE',
  reader: readers.owner,
  connection: { id: '01982f4e-9c1b-7d3a-8e55-3f1c2b7a9d11', account: 'ann at cloud.example.com' },
  since: '2026-02-25T23:10:00.000Z',
  lastError: 'The server does not accept the username and password',
};

/** One of each kind. */
export const mails: Readonly<Record<string, Mail>> = {
  'confirmation to the invitee': bookingMail('BOOKING_CONFIRMATION'),
  'confirmation to a guest': bookingMail('BOOKING_CONFIRMATION', 'guest'),
  'news of a booking': bookingMail('BOOKING_NOTIFICATION', 'owner'),
  'new time to the invitee': bookingMail('RESCHEDULE_CONFIRMATION'),
  'news of a new time': bookingMail('RESCHEDULE_NOTIFICATION', 'owner'),
  'cancellation to the invitee': bookingMail('CANCELLATION_CONFIRMATION'),
  'news of a cancellation': bookingMail('CANCELLATION_NOTIFICATION', 'owner'),
  'link of a meeting': bookingMail('MEETING_LINK'),
  reminder: bookingMail('REMINDER'),
  'webhook endpoint disabled': webhookDisabled,
  'calendar that cannot be read': calendarStale,
};
