import type { BookingEvent, DomainEvent } from '../../kernel/domain-event.js';

export type EmailType =
  | 'BOOKING_CONFIRMATION'
  | 'BOOKING_NOTIFICATION'
  | 'RESCHEDULE_CONFIRMATION'
  | 'RESCHEDULE_NOTIFICATION'
  | 'CANCELLATION_CONFIRMATION'
  | 'CANCELLATION_NOTIFICATION';

/** An e-mail that an event owes somebody. */
export interface OwedEmail {
  readonly type: EmailType;
  readonly recipient: string;
  readonly subject: string;
}

/** The e-mails an event owes: to the invitee and the guests what they agreed to or lost, to the owner the news of it. */
export function owedEmails(event: DomainEvent, ownerEmail: string): OwedEmail[] {
  switch (event.name) {
    case 'booking.created':
      return bookingEmails(event, ownerEmail, {
        invitee: ['BOOKING_CONFIRMATION', 'Confirmed'],
        owner: ['BOOKING_NOTIFICATION', 'New booking'],
      });
    case 'booking.rescheduled':
      return bookingEmails(event, ownerEmail, {
        invitee: ['RESCHEDULE_CONFIRMATION', 'Moved'],
        owner: ['RESCHEDULE_NOTIFICATION', 'Moved'],
      });
    case 'booking.cancelled':
      return bookingEmails(event, ownerEmail, {
        invitee: ['CANCELLATION_CONFIRMATION', 'Cancelled'],
        owner: ['CANCELLATION_NOTIFICATION', 'Cancelled'],
      });
    case 'contact.created':
      return [];
  }
}

function bookingEmails(
  { data }: BookingEvent,
  ownerEmail: string,
  kinds: { invitee: [EmailType, string]; owner: [EmailType, string] },
): OwedEmail[] {
  const [inviteeType, inviteeVerb] = kinds.invitee;
  const [ownerType, ownerVerb] = kinds.owner;
  const invited = [...new Set([data.invitee.email, ...data.invitee.guests])];
  return [
    ...invited.map((recipient) => ({
      type: inviteeType,
      recipient,
      subject: `${inviteeVerb}: ${data.eventType.name}`,
    })),
    {
      type: ownerType,
      recipient: ownerEmail,
      subject: `${ownerVerb}: ${data.eventType.name} with ${data.invitee.name}`,
    },
  ];
}
