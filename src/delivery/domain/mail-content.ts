import type { BookingEventData } from '../../kernel/domain-event.js';
import { isNotice, type BookingContent, type BookingMail, type MailContent, type Reader } from './mail.js';
import type { OwedEmail } from './owed-emails.js';

/** What an owed mail tells its reader of a booking as it is now. */
export function contentOf(
  { type, role, recipient }: Pick<OwedEmail, 'type' | 'role' | 'recipient'>,
  booking: BookingEventData,
  { name, email, timezone }: BookingMail['host'],
): BookingContent {
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

/** For how many seconds the news of a booking wait for the link of its video meeting; then they go without it. */
export const LONGEST_WAIT_FOR_LINK = 60;

/** What is kept of a mail, with the link that its booking has learnt since it was owed. Whoever is told that it is off needs none. */
export function withLearntLink(content: MailContent, meetingLink: string | null): MailContent {
  if (isNotice(content) || content.booking.status === 'CANCELLED') return content;
  return {
    ...content,
    booking: { ...content.booking, meetingLink: content.booking.meetingLink ?? meetingLink },
  };
}

/**
 * What tells a reader the link of a meeting whose news came without it. It is dated by when the booking learnt it, so that calendars
 * take it for later than what they have (RFC 5546, 2.1.5).
 */
export function linkContent(news: BookingContent, meetingLink: string, learntAt: string): BookingContent {
  const { previousStartTime: _start, previousEndTime: _end, ...booking } = news.booking;
  return { ...news, type: 'MEETING_LINK', booking: { ...booking, meetingLink, updatedAt: learntAt } };
}
