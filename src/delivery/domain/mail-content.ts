import type { BookingEventData } from '../../kernel/domain-event.js';
import type { BookingMail, MailContent, Reader } from './mail.js';
import type { OwedEmail } from './owed-emails.js';

/** What an owed mail tells its reader of a booking as it is now. */
export function contentOf(
  { type, role, recipient }: Pick<OwedEmail, 'type' | 'role' | 'recipient'>,
  booking: BookingEventData,
  { name, email, timezone }: BookingMail['host'],
): MailContent {
  const readers: Record<Reader['role'], Omit<Reader, 'role' | 'email'>> = {
    invitee: { name: booking.invitee.name, timezone: booking.invitee.timezone },
    guest: { name: null, timezone: booking.invitee.timezone }, // where guests are, nobody has asked
    owner: { name, timezone },
  };
  return {
    type,
    reader: { role, email: recipient, ...readers[role] },
    booking,
    host: { name, email, timezone },
  };
}
