import type { BookingEvent, BookingEventData, DomainEvent } from '../../kernel/domain-event.js';
import { oneLine } from './mail-text.js';
import type { EmailType, ReaderRole } from './mail.js';
import { english } from './wording-english.js';
import type { Wording } from './wording.js';

/** An e-mail that an event owes somebody. */
export interface OwedEmail {
  readonly type: EmailType;
  readonly recipient: string;
  readonly role: ReaderRole;
  readonly subject: string;
}

/** The e-mails an event owes: to the invitee and the guests what they agreed to or lost, to the owner the news of it. */
export function owedEmails(
  event: DomainEvent,
  host: { readonly name: string; readonly email: string },
  wording: Wording = english,
): OwedEmail[] {
  switch (event.name) {
    case 'booking.created':
      return bookingEmails(event, host, wording, 'BOOKING_CONFIRMATION', 'BOOKING_NOTIFICATION');
    case 'booking.rescheduled':
      return bookingEmails(event, host, wording, 'RESCHEDULE_CONFIRMATION', 'RESCHEDULE_NOTIFICATION');
    case 'booking.cancelled':
      return bookingEmails(event, host, wording, 'CANCELLATION_CONFIRMATION', 'CANCELLATION_NOTIFICATION');
    case 'payment.received':
    case 'contact.created':
      return [];
  }
}

/** Who comes, by invitation: the invitee first, then the guests, each address once. */
export function invited({ invitee }: BookingEventData): { role: 'invitee' | 'guest'; email: string }[] {
  const guests = [...new Set(invitee.guests)].filter((email) => email !== invitee.email);
  return [
    { role: 'invitee', email: invitee.email },
    ...guests.map((email) => ({ role: 'guest' as const, email })),
  ];
}

/** The subject of a mail about a booking: one line, whatever people call themselves. */
export function bookingSubject(
  type: EmailType,
  booking: BookingEventData,
  host: { readonly name: string },
  wording: Wording = english,
): string {
  const names = { what: booking.eventType.name, host: host.name, invitee: booking.invitee.name };
  return oneLine(wording.bookings[type].subject(names));
}

/** The subject of the mail that says a webhook endpoint is disabled. */
export function webhookDisabledSubject(
  endpoint: { readonly url: string },
  wording: Wording = english,
): string {
  return oneLine(wording.webhookDisabled.subject(new URL(endpoint.url).host));
}

/** The subject of the mail that says a calendar cannot be read. */
export function calendarStaleSubject(
  connection: { readonly account: string },
  wording: Wording = english,
): string {
  return oneLine(wording.calendarStale.subject(connection.account));
}

function bookingEmails(
  { data }: BookingEvent,
  host: { readonly name: string; readonly email: string },
  wording: Wording,
  toInvited: EmailType,
  toOwner: EmailType,
): OwedEmail[] {
  const email = (type: EmailType, role: ReaderRole, recipient: string): OwedEmail => ({
    type,
    recipient,
    role,
    subject: bookingSubject(type, data, host, wording),
  });
  return [
    ...invited(data).map(({ role, email: address }) => email(toInvited, role, address)),
    email(toOwner, 'owner', host.email),
  ];
}
